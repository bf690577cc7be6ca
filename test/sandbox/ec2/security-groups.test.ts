import { describe, expect, test } from 'vitest';
import { createNetworkInterface, deleteNetworkInterface } from '../../../src/sandbox/ec2/network-interfaces.ts';
import {
  authorizeSecurityGroupEgress,
  authorizeSecurityGroupIngress,
  describeSecurityGroupRules,
  revokeSecurityGroupIngress,
} from '../../../src/sandbox/ec2/security-group-rules.ts';
import { createSecurityGroup, deleteSecurityGroup, describeSecurityGroups } from '../../../src/sandbox/ec2/security-groups.ts';
import { given, network, newBench, refusal } from './bench.ts';

function setUp() {
  const bench = newBench();
  const net = network(bench);
  const make = (GroupName: string) =>
    given(bench.run(createSecurityGroup, { VpcId: net.vpcId, GroupName, Description: 'endpoint of Quilt' }).GroupId);
  const https = (...cidrs: string[]) => [
    { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: cidrs.map((CidrIp) => ({ CidrIp, Description: 'clients' })) },
  ];
  return { bench, net, make, https };
}

describe('security groups', () => {
  test('a name is taken once per VPC', () => {
    const { net, make } = setUp();
    make('api');
    expect(refusal(() => make('api'))).toBe(`InvalidGroup.Duplicate: The security group 'api' already exists for VPC '${net.vpcId}'`);
    expect(refusal(() => make('sg-api'))).toMatch(/^InvalidParameterValue/);
    expect(refusal(() => make('default'))).toMatch(/^InvalidParameterValue: Cannot use reserved/);
  });

  test('a new one lets everything out and nothing in; rules of one port range are shown together', () => {
    const { bench, make, https } = setUp();
    const GroupId = make('api');
    bench.run(authorizeSecurityGroupIngress, { GroupId, IpPermissions: https('10.0.0.0/16', '10.9.0.1/16') });
    const [group] = bench.run(describeSecurityGroups, { GroupIds: [GroupId] }).SecurityGroups ?? [];
    expect(group?.IpPermissions).toEqual([
      {
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        IpRanges: [
          { CidrIp: '10.0.0.0/16', Description: 'clients' },
          { CidrIp: '10.9.0.0/16', Description: 'clients' },
        ],
        Ipv6Ranges: [],
        PrefixListIds: [],
        UserIdGroupPairs: [],
      },
    ]);
    expect(group?.IpPermissionsEgress).toMatchObject([{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]);
    const rules = bench.run(describeSecurityGroupRules, { Filters: [{ Name: 'group-id', Values: [GroupId] }] }).SecurityGroupRules;
    expect(rules?.map((r) => [r.IsEgress, r.CidrIpv4])).toEqual([
      [true, '0.0.0.0/0'],
      [false, '10.0.0.0/16'],
      [false, '10.9.0.0/16'],
    ]);
  });

  test('a rule that stands already is refused, and nothing of that request takes effect', () => {
    const { bench, make, https } = setUp();
    const GroupId = make('api');
    bench.run(authorizeSecurityGroupIngress, { GroupId, IpPermissions: https('10.0.0.0/16') });
    expect(refusal(() => bench.run(authorizeSecurityGroupIngress, { GroupId, IpPermissions: https('10.7.0.0/16', '10.0.0.0/16') }))).toBe(
      'InvalidPermission.Duplicate: the specified rule "peer: 10.0.0.0/16, TCP, from port: 443, to port: 443, ALLOW" already exists',
    );
    expect(bench.world.ec2.securityGroups[GroupId]?.rules).toHaveLength(2);
    expect(refusal(() => bench.run(authorizeSecurityGroupIngress, { GroupId, IpPermissions: https('10.0.0.0') }))).toMatch(
      /^InvalidParameterValue: CIDR block 10.0.0.0 is malformed/,
    );
  });

  test('rules are revoked by what they say or by id, and the quota holds', () => {
    const { bench, make, https } = setUp();
    const GroupId = make('api');
    const made = bench.run(authorizeSecurityGroupIngress, { GroupId, IpPermissions: https('10.0.0.0/16', '10.1.0.0/16') });
    bench.run(revokeSecurityGroupIngress, { GroupId, IpPermissions: https('10.0.0.0/16') });
    bench.run(revokeSecurityGroupIngress, { GroupId, SecurityGroupRuleIds: [given(made.SecurityGroupRules[1]?.SecurityGroupRuleId)] });
    expect(refusal(() => bench.run(revokeSecurityGroupIngress, { GroupId, IpPermissions: https('10.0.0.0/16') }))).toMatch(
      /^InvalidPermission.NotFound/,
    );
    bench.world.quotas.applied['111122223333/us-east-1/vpc/L-0EA8095F'] = 1;
    bench.run(authorizeSecurityGroupIngress, { GroupId, IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.0.0.0/16' });
    expect(refusal(() => bench.run(authorizeSecurityGroupIngress, { GroupId, IpPermissions: https('10.1.0.0/16') }))).toMatch(
      /^RulesPerSecurityGroupLimitExceeded/,
    );
  });

  test('one in use by an interface or named by another group is kept', () => {
    const { bench, net, make } = setUp();
    const [GroupId, other] = [make('api'), make('clients')];
    const eni = bench.run(createNetworkInterface, { SubnetId: net.privateSubnets[0], Groups: [GroupId] }).NetworkInterface;
    expect(refusal(() => bench.run(deleteSecurityGroup, { GroupId }))).toMatch(/^DependencyViolation/);
    bench.run(deleteNetworkInterface, { NetworkInterfaceId: eni?.NetworkInterfaceId });
    bench.run(authorizeSecurityGroupEgress, {
      GroupId: other,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId }] }],
    });
    expect(refusal(() => bench.run(deleteSecurityGroup, { GroupId }))).toMatch(/^DependencyViolation/);
    bench.run(deleteSecurityGroup, { GroupId: other });
    bench.run(deleteSecurityGroup, { GroupId });
    expect(refusal(() => bench.run(deleteSecurityGroup, { GroupId }))).toBe(
      `InvalidGroup.NotFound: The security group '${GroupId}' does not exist`,
    );
    const defaultGroup = given(bench.world.ec2.vpcs[net.vpcId]?.defaultSecurityGroupId);
    expect(refusal(() => bench.run(deleteSecurityGroup, { GroupId: defaultGroup }))).toMatch(/^CannotDelete/);
  });
});
