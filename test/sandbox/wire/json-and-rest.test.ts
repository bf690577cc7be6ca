import { CreatePolicyCommand, DescribeAccountCommand, ListRootsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { ListHostedZonesByVPCCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetPublicAccessBlockCommand, PutPublicAccessBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '../../../src/sandbox/server.ts';
import { AwsError } from '../../../src/sandbox/types.ts';
import { overHttp, stub } from './stub.ts';

const wire = stub({
  organizations: {
    ListRoots: () => ({ Roots: [{ Id: 'r-abcd', PolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'PENDING_ENABLE' }] }] }),
    DescribeAccount: () => ({ Account: { Id: '111122223333', JoinedTimestamp: new Date(1_767_323_045_678) } }),
    CreatePolicy: (input: { Content: string }) => {
      if (input.Content.length > 10_240) {
        throw new AwsError('ConstraintViolationException', 'You have exceeded the allowed size', 400, {
          Reason: 'POLICY_CONTENT_LIMIT_EXCEEDED',
        });
      }
      return { Policy: { PolicySummary: { Id: 'p-1' }, Content: input.Content } };
    },
  },
  servicequotas: {
    GetServiceQuota: (input: { QuotaCode: string }) => {
      if (input.QuotaCode === 'L-none') throw new AwsError('NoSuchResourceException', 'The request failed', 400);
      return { Quota: { QuotaCode: input.QuotaCode, Value: 20, Adjustable: true } };
    },
  },
  route53: {
    ListHostedZonesByVPC: (input: { VPCId: string }) => {
      if (input.VPCId === 'vpc-2') throw new AwsError('InvalidVPCId', 'The VPC is not there', 400);
      return { HostedZoneSummaries: [{ HostedZoneId: 'Z1', Name: 'a.example.', Owner: { OwningAccount: '111122223333' } }], MaxItems: 100 };
    },
  },
  s3control: {
    GetPublicAccessBlock: (input: { AccountId: string }) => {
      if (input.AccountId === '999988887777') {
        throw new AwsError('NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found', 404);
      }
      return { PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: false } };
    },
    PutPublicAccessBlock: () => undefined,
  },
});

let server: RunningServer;
beforeAll(async () => {
  server = await wire.listen();
});
afterAll(() => server.close());

describe.each(['in process', 'over HTTP'])('%s', (way) => {
  const config = () => (way === 'in process' ? wire.inProcess : overHttp(server.url));

  test('Organizations speaks JSON with epoch times, text as it is and fields of errors', async () => {
    const organizations = new OrganizationsClient(config());
    expect((await organizations.send(new ListRootsCommand({}))).Roots?.[0]?.PolicyTypes?.[0]?.Status).toBe('PENDING_ENABLE');
    const { Account } = await organizations.send(new DescribeAccountCommand({ AccountId: '111122223333' }));
    expect(Account?.JoinedTimestamp?.getTime()).toBe(1_767_323_045_678);
    const policy = {
      Content: '{"é":1}',
      Name: 'n',
      Description: 'd',
      Type: 'SERVICE_CONTROL_POLICY' as const,
      Tags: [{ Key: 'a', Value: 'b' }],
    };
    expect((await organizations.send(new CreatePolicyCommand(policy))).Policy?.Content).toBe('{"é":1}');
    expect(wire.last()).toEqual(policy);
    const large = organizations.send(new CreatePolicyCommand({ ...policy, Content: 'x'.repeat(10_241) }));
    await expect(large).rejects.toMatchObject({ name: 'ConstraintViolationException', Reason: 'POLICY_CONTENT_LIMIT_EXCEEDED' });
  });

  test('Service Quotas answers values and errors', async () => {
    const quotas = new ServiceQuotasClient(config());
    const { Quota } = await quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'vpc', QuotaCode: 'L-1' }));
    expect(Quota).toMatchObject({ QuotaCode: 'L-1', Value: 20, Adjustable: true });
    const none = quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'vpc', QuotaCode: 'L-none' }));
    await expect(none).rejects.toMatchObject({ name: 'NoSuchResourceException' });
  });

  test('Route 53 answers by path and query', async () => {
    const route53 = new Route53Client(config());
    const zones = await route53.send(new ListHostedZonesByVPCCommand({ VPCId: 'vpc-1', VPCRegion: 'us-east-1', MaxItems: 10 }));
    expect(wire.last()).toEqual({ VPCId: 'vpc-1', VPCRegion: 'us-east-1', MaxItems: 10 });
    expect(zones.HostedZoneSummaries?.[0]).toMatchObject({ HostedZoneId: 'Z1', Name: 'a.example.' });
    const wrong = route53.send(new ListHostedZonesByVPCCommand({ VPCId: 'vpc-2', VPCRegion: 'us-east-1' }));
    await expect(wrong).rejects.toMatchObject({ name: 'InvalidVPCId', $metadata: { httpStatusCode: 400 } });
  });

  test('S3 Control is told from S3, which it is signed as', async () => {
    // Its endpoint rules put the account before the host, which an address does not take.
    const endpoint = way === 'in process' ? {} : { endpointProvider: () => ({ url: new URL(server.url) }) };
    const control = new S3ControlClient({ ...config(), ...endpoint });
    const { PublicAccessBlockConfiguration } = await control.send(new GetPublicAccessBlockCommand({ AccountId: '111122223333' }));
    expect(wire.last()).toEqual({ AccountId: '111122223333' });
    expect(PublicAccessBlockConfiguration).toEqual({ BlockPublicPolicy: true, RestrictPublicBuckets: false });
    const block = { AccountId: '111122223333', PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: false } };
    await control.send(new PutPublicAccessBlockCommand(block));
    expect(wire.last()).toEqual(block);
    const none = control.send(new GetPublicAccessBlockCommand({ AccountId: '999988887777' }));
    await expect(none).rejects.toMatchObject({ name: 'NoSuchPublicAccessBlockConfiguration', $metadata: { httpStatusCode: 404 } });
  });
});
