import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeSubnets } from '../../../src/sandbox/ec2/subnets.ts';
import { createTags, deleteTags, describeTags } from '../../../src/sandbox/ec2/tags.ts';
import { createVpc, describeVpcAttribute, describeVpcs, modifyVpcAttribute } from '../../../src/sandbox/ec2/vpcs.ts';
import { describeAvailabilityZones, describeRegions } from '../../../src/sandbox/ec2/zones.ts';
import { type Bench, given, network, newBench, otherAccount, refusal } from './bench.ts';

const named = (Name: string, team = 'data') => [
  {
    ResourceType: 'vpc' as const,
    Tags: [
      { Key: 'Name', Value: Name },
      { Key: 'team', Value: team },
    ],
  },
];

function withVpcs(count: number): { bench: Bench; ids: string[] } {
  const bench = newBench();
  bench.world.quotas.applied['111122223333/us-east-1/vpc/L-F678F1CE'] = 1000;
  const ids = Array.from({ length: count }, (_, i) =>
    given(
      bench.run(createVpc, { CidrBlock: '10.0.0.0/16', TagSpecifications: named(`vpc-${i}`, i % 7 === 0 ? 'quilt' : 'data') }).Vpc?.VpcId,
    ),
  );
  return { bench, ids };
}

function allPages(bench: Bench, MaxResults: number, Filters?: { Name: string; Values: string[] }[]) {
  const pages: string[][] = [];
  let NextToken: string | undefined;
  do {
    const answer = bench.run(describeVpcs, { MaxResults, NextToken, Filters });
    pages.push((answer.Vpcs ?? []).map((vpc) => given(vpc.VpcId)));
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return pages;
}

describe('pages', () => {
  test('all pages together are all resources, each once', () => {
    const { bench, ids } = withVpcs(23);
    const pages = allPages(bench, 5);
    expect(pages.map((p) => p.length)).toEqual([5, 5, 5, 5, 3]);
    expect(pages.flat().sort()).toEqual([...ids].sort());
  });

  test('a filter with MaxResults leaves short and empty pages that carry a token', () => {
    const { bench, ids } = withVpcs(23);
    const pages = allPages(bench, 5, [{ Name: 'tag:Name', Values: ['vpc-22'] }]);
    expect(pages).toEqual([[], [], [], [], [ids[22]]]);
  });

  test('a token survives what is made and removed between two pages', () => {
    const { bench, ids } = withVpcs(10);
    const first = bench.run(describeVpcs, { MaxResults: 5 });
    delete bench.world.ec2.vpcs[given(first.Vpcs?.[4]?.VpcId)];
    const second = bench.run(describeVpcs, { MaxResults: 5, NextToken: first.NextToken });
    expect([...(first.Vpcs ?? []), ...(second.Vpcs ?? [])].map((v) => v.VpcId).sort()).toEqual([...ids].sort());
  });

  test('MaxResults out of range and foreign tokens are refused', () => {
    const { bench } = withVpcs(1);
    expect(refusal(() => bench.run(describeVpcs, { MaxResults: 4 }))).toMatch(
      /^InvalidParameterValue: Value \( 4 \) for parameter maxResults/,
    );
    expect(refusal(() => bench.run(describeVpcs, { MaxResults: 1001 }))).toMatch(/^InvalidParameterValue/);
    expect(refusal(() => bench.run(describeVpcs, { NextToken: 'bm9uc2Vuc2U' }))).toMatch(/^InvalidPaginationToken/);
  });
});

describe('filters', () => {
  test('values are ored, filters are anded, * and ? are wildcards', () => {
    const { bench, ids } = withVpcs(15);
    const find = (...Filters: { Name: string; Values: string[] }[]) =>
      (bench.run(describeVpcs, { Filters }).Vpcs ?? []).map((v) => v.VpcId);
    expect(find({ Name: 'tag:Name', Values: ['vpc-1', 'vpc-3'] })).toEqual([ids[1], ids[3]]);
    expect(find({ Name: 'tag:Name', Values: ['vpc-1?'] })).toEqual(ids.slice(10));
    expect(find({ Name: 'tag:Name', Values: ['*-1?'] }, { Name: 'tag:team', Values: ['quilt'] })).toEqual([ids[14]]);
    expect(find({ Name: 'tag-key', Values: ['team'] })).toHaveLength(15);
    expect(find({ Name: 'tag:name', Values: ['*'] })).toEqual([]);
    expect(find({ Name: 'vpc-id', Values: [given(ids[2])] })).toEqual([ids[2]]);
  });

  test('a filter that AWS does not know is refused', () => {
    const { bench } = withVpcs(1);
    expect(refusal(() => bench.run(describeVpcs, { Filters: [{ Name: 'colour', Values: ['red'] }] }))).toBe(
      "InvalidParameterValue: The filter 'colour' is invalid",
    );
  });

  test('a value without wildcards matches itself and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40 }), fc.string({ minLength: 1, maxLength: 40 }), (value, other) => {
        const bench = newBench();
        const id = given(bench.run(createVpc, { CidrBlock: '10.0.0.0/16' }).Vpc?.VpcId);
        const vpc = bench.world.ec2.vpcs[id];
        if (vpc) vpc.tags = { key: value };
        const escaped = (text: string) => text.replace(/[\\*?]/g, '\\$&');
        const matches = (text: string) =>
          (bench.run(describeVpcs, { Filters: [{ Name: 'tag:key', Values: [escaped(text)] }] }).Vpcs ?? []).length === 1;
        expect(matches(value)).toBe(true);
        expect(matches(other)).toBe(other === value);
      }),
    );
  });
});

describe('ids', () => {
  test('unknown and malformed ids have their own codes', () => {
    const bench = newBench();
    expect(refusal(() => bench.run(describeVpcs, { VpcIds: ['vpc-0123456789abcdef0'] }))).toBe(
      "InvalidVpcID.NotFound: The vpc ID 'vpc-0123456789abcdef0' does not exist",
    );
    expect(refusal(() => bench.run(describeVpcs, { VpcIds: ['vpc-xyz'] }))).toMatch(/^InvalidVpcID.Malformed/);
    expect(refusal(() => bench.run(describeSubnets, { SubnetIds: ['subnet-12345678'] }))).toMatch(/^InvalidSubnetID.NotFound/);
  });

  test('another account and another Region see nothing of it', () => {
    const { bench, ids } = withVpcs(1);
    expect(bench.run(describeVpcs, {}, { account: otherAccount }).Vpcs).toEqual([]);
    expect(refusal(() => bench.run(describeVpcs, { VpcIds: ids }, { region: 'us-west-2' }))).toMatch(/^InvalidVpcID.NotFound/);
  });

  test('a participant sees a shared subnet and its VPC, and may not change them', () => {
    const bench = newBench();
    const net = network(bench);
    const subnet = bench.world.ec2.subnets[given(net.privateSubnets[0])];
    subnet?.sharedWith.push(otherAccount);
    const as = { account: otherAccount };
    expect(bench.run(describeVpcs, {}, as).Vpcs?.map((v) => [v.VpcId, v.OwnerId])).toEqual([[net.vpcId, '111122223333']]);
    expect(bench.run(describeSubnets, {}, as).Subnets?.map((s) => s.SubnetId)).toEqual([net.privateSubnets[0]]);
    expect(refusal(() => bench.run(modifyVpcAttribute, { VpcId: net.vpcId, EnableDnsSupport: { Value: false } }, as))).toMatch(
      /^OperationNotPermitted/,
    );
  });

  test('DryRun never takes effect', () => {
    const bench = newBench();
    expect(refusal(() => bench.run(createVpc, { CidrBlock: '10.0.0.0/16', DryRun: true }))).toBe(
      'DryRunOperation: Request would have succeeded, but DryRun flag is set.',
    );
    expect(bench.world.ec2.vpcs).toEqual({});
  });
});

describe('reads that lag behind writes', () => {
  test('a new VPC does not show for a moment, its id is unknown meanwhile, and it shows within five seconds', () => {
    const bench = newBench();
    bench.chance = 0.9;
    const id = given(bench.run(createVpc, { CidrBlock: '10.0.0.0/16' }).Vpc?.VpcId);
    expect(bench.run(describeVpcs, {}).Vpcs).toEqual([]);
    expect(refusal(() => bench.run(describeVpcs, { VpcIds: [id] }))).toMatch(/^InvalidVpcID.NotFound/);
    bench.pass(5);
    expect(bench.run(describeVpcs, { VpcIds: [id] }).Vpcs).toHaveLength(1);
  });

  test('changed attributes and tags show as they were for a moment', () => {
    const bench = newBench();
    const id = given(bench.run(createVpc, { CidrBlock: '10.0.0.0/16' }).Vpc?.VpcId);
    bench.chance = 0.9;
    bench.run(createTags, { Resources: [id], Tags: [{ Key: 'a', Value: '1' }] });
    bench.run(modifyVpcAttribute, { VpcId: id, EnableDnsHostnames: { Value: true } });
    const hostnames = () => bench.run(describeVpcAttribute, { VpcId: id, Attribute: 'enableDnsHostnames' }).EnableDnsHostnames?.Value;
    expect([hostnames(), bench.run(describeTags, {}).Tags]).toEqual([false, []]);
    bench.pass(5);
    expect([hostnames(), bench.run(describeTags, {}).Tags?.map((t) => t.Value)]).toEqual([true, ['1']]);
  });

  test('however often a thing is changed, what is shown is never older than five seconds', () => {
    const bench = newBench();
    const id = given(bench.run(createVpc, { CidrBlock: '10.0.0.0/16' }).Vpc?.VpcId);
    bench.chance = 0.99;
    for (let second = 0; second < 30; second += 1) {
      bench.run(createTags, { Resources: [id], Tags: [{ Key: 'second', Value: String(second) }] });
      const shown = bench.run(describeVpcs, {}).Vpcs?.[0]?.Tags?.[0]?.Value ?? '-1';
      expect(second - Number(shown)).toBeLessThanOrEqual(5);
      bench.pass(1);
    }
  });

  test('reading leaves the world as it is', () => {
    const bench = newBench();
    bench.chance = 0.9;
    network(bench);
    const before = JSON.stringify(bench.world);
    bench.pass(100);
    bench.run(describeVpcs, {});
    bench.run(describeSubnets, {});
    bench.run(describeTags, {});
    expect(JSON.stringify(bench.world)).toBe(before);
  });
});

describe('tags', () => {
  test('a creation refuses tags for another type of resource', () => {
    const bench = newBench();
    expect(
      refusal(() =>
        bench.run(createVpc, {
          CidrBlock: '10.0.0.0/16',
          TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'a', Value: 'b' }] }],
        }),
      ),
    ).toBe("InvalidParameterValue: 'subnet' is not a valid taggable resource type for this operation.");
    expect(bench.world.ec2.vpcs).toEqual({});
  });

  test('CreateTags overwrites, DeleteTags with a value removes only that value', () => {
    const { bench, ids } = withVpcs(1);
    const Resources = [given(ids[0])];
    bench.run(createTags, { Resources, Tags: [{ Key: 'Name', Value: 'new' }] });
    bench.run(deleteTags, { Resources, Tags: [{ Key: 'team', Value: 'other' }, { Key: 'Name' }] });
    expect(bench.run(describeTags, { Filters: [{ Name: 'resource-id', Values: Resources }] }).Tags).toEqual([
      { ResourceId: ids[0], ResourceType: 'vpc', Key: 'team', Value: 'quilt' },
    ]);
  });

  test('nothing is tagged where one of the ids leads nowhere, and aws: keys are reserved', () => {
    const { bench, ids } = withVpcs(1);
    const Resources = [given(ids[0]), 'vpc-0123456789abcdef0'];
    expect(refusal(() => bench.run(createTags, { Resources, Tags: [{ Key: 'x', Value: 'y' }] }))).toMatch(/^InvalidVpcID.NotFound/);
    expect(bench.world.ec2.vpcs[given(ids[0])]?.tags).not.toHaveProperty('x');
    expect(refusal(() => bench.run(createTags, { Resources: ids, Tags: [{ Key: 'aws:x', Value: 'y' }] }))).toMatch(
      /^InvalidParameterValue/,
    );
  });
});

test('zones and Regions are those of AWS', () => {
  const bench = newBench();
  const zones = bench.run(describeAvailabilityZones, { Filters: [{ Name: 'zone-name', Values: ['us-east-1a'] }] }).AvailabilityZones;
  expect(zones?.map((z) => [z.ZoneName, z.ZoneId])).toEqual([['us-east-1a', 'use1-az1']]);
  expect(refusal(() => bench.run(describeRegions, { RegionNames: ['mars-1'] }))).toMatch(/^InvalidParameterValue/);
});
