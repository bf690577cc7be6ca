// The AWS CLI against `quilt-perimeter sandbox`: a client that we did not write, with parsers of its own.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucketStatements, type PerimeterSpec, scpDocument } from '../../src/policy/perimeter.ts';
import { type Bench, type Served, serveProgram, setUpBench } from './aws-cli.ts';
import { isOnPath } from './moto.ts';

const present = isOnPath('aws');
if (!present) console.warn('aws is not on the PATH: the AWS CLI is not tried');

let bench: Bench;
let served: Served;
/** The same company, but its operator stands outside every trusted range. */
let outside: Served;

const minutes = (count: number): number => count * 60_000;

describe.skipIf(!present)('the AWS CLI', () => {
  beforeAll(async () => {
    bench = setUpBench();
    [served, outside] = await Promise.all([serveProgram(bench, 'greenfield'), serveProgram(bench, 'locked-out')]);
  });
  afterAll(async () => {
    await Promise.all([served?.interrupt(), outside?.interrupt()]);
    bench?.remove();
  });

  test('lists VPCs, endpoints, stacks, buckets, roots and policies', async () => {
    const { vpc, stack, testBucket } = served.hints;
    const zones = ['route53', 'list-hosted-zones-by-vpc', '--vpc-id', vpc, '--vpc-region', 'us-east-1'];
    const quota = ['service-quotas', 'get-service-quota', '--service-code', 'vpc', '--quota-code', 'L-1B52E74A'];
    const list = (identity: string, ...args: string[]) => served.json(identity, ...args);
    expect(await list('operator', 'ec2', 'describe-vpcs')).toMatchObject({ Vpcs: expect.arrayContaining([has({ VpcId: vpc })]) });
    expect(await list('operator', 'ec2', 'describe-vpc-endpoints', '--filters', `Name=vpc-id,Values=${vpc}`)).toEqual({ VpcEndpoints: [] });
    expect(await list('operator', 'cloudformation', 'describe-stacks')).toMatchObject({ Stacks: [{ StackName: stack }] });
    expect(await list('operator', 's3api', 'list-buckets')).toMatchObject({ Buckets: expect.arrayContaining([has({ Name: testBucket })]) });
    expect(await list('management', 'organizations', 'list-roots')).toMatchObject({ Roots: [{ Name: 'Root', PolicyTypes: [] }] });
    expect(await list('management', 'organizations', 'list-policies', '--filter', 'SERVICE_CONTROL_POLICY')).toMatchObject({
      Policies: [{ Id: 'p-FullAWSAccess', AwsManaged: true }],
    });
    expect(await list('operator', 'sts', 'get-caller-identity')).toMatchObject({ Account: served.hints.target });
    expect(await list('operator', 'iam', 'list-roles')).toMatchObject({ Roles: expect.arrayContaining([has({ RoleName: 'BreakGlass' })]) });
    expect(await list('operator', ...quota)).toMatchObject({ Quota: { Value: 20 } });
    expect(await list('operator', ...zones)).toMatchObject({ HostedZoneSummaries: [] });
  });

  test('creates an endpoint once for a client token, and deletes it', async () => {
    const { vpc } = served.hints;
    const create = ['ec2', 'create-vpc-endpoint', '--vpc-id', vpc, '--client-token', 'cli-1', '--service-name'];
    const made = await served.json('operator', ...create, 'com.amazonaws.us-east-1.s3');
    const id = String(at(made, 'VpcEndpoint', 'VpcEndpointId'));
    expect(id).toMatch(/^vpce-[0-9a-f]{17}$/);
    expect(await served.json('operator', ...create, 'com.amazonaws.us-east-1.s3')).toMatchObject({ VpcEndpoint: { VpcEndpointId: id } });
    const other = await served.aws('operator', [...create, 'com.amazonaws.us-east-1.dynamodb']);
    expect(other.err).toContain('(IdempotentParameterMismatch)');
    await served.advance(minutes(1));
    const describe = ['ec2', 'describe-vpc-endpoints', '--vpc-endpoint-ids', id];
    expect(await served.json('operator', ...describe)).toMatchObject({ VpcEndpoints: [{ State: 'available' }] });
    const remove = (...ids: string[]) => served.json('operator', 'ec2', 'delete-vpc-endpoints', '--vpc-endpoint-ids', ...ids);
    expect(await remove(id, 'vpce-00000000000000000')).toMatchObject({
      Unsuccessful: [{ ResourceId: 'vpce-00000000000000000', Error: { Code: 'InvalidVpcEndpoint.NotFound' } }],
    });
    await served.advance(minutes(10));
    expect((await served.aws('operator', describe)).err).toContain('(InvalidVpcEndpointId.NotFound)');
  });

  test('puts and gets objects and bucket policies', async () => {
    const { testBucket: bucket } = served.hints;
    const file = join(bench.dir, 'in.txt');
    const copy = join(bench.dir, 'out.txt');
    writeFileSync(file, 'hello from the CLI');
    await served.json('operator', 's3api', 'put-object', '--bucket', bucket, '--key', 'a b/ü.txt', '--body', file);
    await served.json('operator', 's3api', 'get-object', '--bucket', bucket, '--key', 'a b/ü.txt', copy);
    expect(readFileSync(copy, 'utf8')).toBe('hello from the CLI');
    const part = ['s3api', 'get-object', '--bucket', bucket, '--key', 'a b/ü.txt', '--range', 'bytes=6-8', copy];
    expect(await served.json('operator', ...part)).toMatchObject({ ContentRange: 'bytes 6-8/18' });
    expect(readFileSync(copy, 'utf8')).toBe('fro');
    expect((await served.aws('operator', ['s3', 'cp', file, `s3://${bucket}/copied`])).code).toBe(0);
    expect((await served.aws('operator', ['s3', 'ls', `s3://${bucket}/`])).out).toContain('copied');
    expect((await served.aws('operator', ['s3', 'rm', `s3://${bucket}/copied`])).code).toBe(0);
    expect(await served.json('operator', 's3api', 'get-bucket-location', '--bucket', bucket)).toEqual({ LocationConstraint: null });

    const deny = { Sid: 'Own', Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/secret/*` };
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [deny] });
    await served.json('operator', 's3api', 'put-bucket-policy', '--bucket', bucket, '--policy', document);
    expect(await served.json('operator', 's3api', 'get-bucket-policy', '--bucket', bucket)).toEqual({ Policy: document });
    await served.json('operator', 's3api', 'delete-bucket-policy', '--bucket', bucket);
    expect((await served.aws('operator', ['s3api', 'get-bucket-policy', '--bucket', bucket])).err).toContain('(NoSuchBucketPolicy)');
    expect((await served.aws('operator', ['s3api', 'delete-object', '--bucket', bucket, '--key', 'a b/ü.txt'])).code).toBe(0);
  });

  test.each([
    ['operator', 'ec2 describe-vpcs --vpc-ids vpc-00000000000000000', 'InvalidVpcID.NotFound'],
    ['operator', 'ec2 describe-vpcs --vpc-ids vpc-quilt', 'InvalidVpcID.Malformed'],
    ['operator', 'ec2 describe-route-tables --route-table-ids rtb-00000000000000000', 'InvalidRouteTableID.NotFound'],
    ['operator', 'ec2 describe-nat-gateways --nat-gateway-ids nat-00000000000000000', 'NatGatewayNotFound'],
    ['operator', 'ec2 describe-vpc-endpoints --vpc-endpoint-ids vpce-00000000000000000', 'InvalidVpcEndpointId.NotFound'],
    ['operator', 'ec2 release-address --allocation-id eipalloc-00000000000000000', 'InvalidAllocationID.NotFound'],
    ['operator', 'ec2 allocate-address --dry-run', 'DryRunOperation'],
    ['operator', 'ec2 describe-instances', 'NotImplemented'],
    ['operator', 's3api get-bucket-policy --bucket no-such-bucket-anywhere', 'NoSuchBucket'],
    ['operator', 's3api head-object --bucket no-such-bucket-anywhere --key k', '404'],
    ['operator', 'cloudformation describe-stacks --stack-name nope', 'ValidationError'],
    ['operator', 'cloudformation describe-change-set --stack-name quilt-prod --change-set-name nope', 'ChangeSetNotFound'],
    ['operator', 'iam get-role --role-name Nobody', 'NoSuchEntity'],
    ['operator', 'organizations list-roots', 'AccessDeniedException'],
    ['outsider', 'organizations describe-organization', 'AWSOrganizationsNotInUseException'],
    ['management', 'organizations describe-policy --policy-id p-00000000', 'PolicyNotFoundException'],
    ['management', 'organizations attach-policy --policy-id p-FullAWSAccess --target-id 123456789012', 'TargetNotFoundException'],
    ['management', 'organizations detach-policy --policy-id p-FullAWSAccess --target-id 12345', 'InvalidInputException'],
  ])('as %s, `%s` is refused with %s', async (identity, args, code) => {
    const { code: exit, err } = await served.aws(identity, args.split(' '));
    expect([exit === 0, err]).toEqual([false, expect.stringContaining(`(${code})`)]);
  });

  describe('under a perimeter on the test bucket', () => {
    const listing = (from: Served, identity: string) => from.aws(identity, ['s3api', 'list-objects-v2', '--bucket', from.hints.testBucket]);
    const put = async (to: Served, statements: readonly unknown[]) => {
      const policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
      await to.json('breakGlass', 's3api', 'put-bucket-policy', '--bucket', to.hints.testBucket, '--policy', policy);
      await to.advance(minutes(10));
    };

    test('who stands outside is refused, whoever stands inside or is exempt is not', async () => {
      const { testBucket } = served.hints;
      const resource = [`arn:aws:s3:::${testBucket}`, `arn:aws:s3:::${testBucket}/*`];
      const invitation = { Effect: 'Allow', Principal: { AWS: '999988887777' }, Action: 's3:ListBucket', Resource: resource[0] };
      await put(served, [invitation]);
      expect((await listing(served, 'outsider')).code).toBe(0);
      await put(served, [invitation, ...bucketStatements(await specOf(served), testBucket)]);
      const refused = await listing(served, 'outsider');
      expect([refused.code === 0, refused.err]).toEqual([false, expect.stringMatching(/\(AccessDenied\).*: Access Denied\s*$/)]);
      for (const identity of ['operator', 'vpnUser', 'breakGlass']) expect((await listing(served, identity)).err, identity).toBe('');
    });

    test('who has shut itself out is told by what, and let in again by who is exempt', async () => {
      const { testBucket } = outside.hints;
      expect((await listing(outside, 'operator')).err).toBe('');
      await put(outside, bucketStatements(await specOf(outside), testBucket));
      expect((await listing(outside, 'operator')).err).toContain('with an explicit deny in a resource-based policy');
      const remove = ['s3api', 'delete-bucket-policy', '--bucket', testBucket];
      expect((await outside.aws('operator', remove)).err).toContain('(AccessDenied)');
      expect((await outside.aws('breakGlass', remove)).err).toBe('');
      await outside.advance(minutes(10));
      expect((await listing(outside, 'operator')).err).toBe('');
    });

    test('an SCP refuses its members outside by name, and nobody else', async () => {
      const content = JSON.stringify(scpDocument(await specOf(outside)));
      const organizations = (...args: string[]) => outside.json('management', 'organizations', ...args);
      const roots = await organizations('list-roots');
      const root = String(at(roots, 'Roots', '0', 'Id'));
      await organizations('enable-policy-type', '--root-id', root, '--policy-type', 'SERVICE_CONTROL_POLICY');
      await outside.advance(minutes(2));
      const naming = ['--name', 'perimeter', '--description', 'tried by the CLI', '--type', 'SERVICE_CONTROL_POLICY'];
      const made = await organizations('create-policy', ...naming, '--content', content);
      const policyId = String(at(made, 'Policy', 'PolicySummary', 'Id'));
      const attachment = ['--policy-id', policyId, '--target-id', outside.hints.target];
      await organizations('attach-policy', ...attachment);
      await outside.advance(minutes(10));
      const refused = await listing(outside, 'operator');
      expect(refused.err).toContain('with an explicit deny in a service control policy: arn:aws:organizations::');
      expect(refused.err).toContain(policyId);
      for (const identity of ['vpnUser', 'breakGlass']) expect((await listing(outside, identity)).err, identity).toBe('');
      const inUse = await outside.aws('management', ['organizations', 'delete-policy', '--policy-id', policyId]);
      expect(inUse.err).toContain('(PolicyInUseException)');
      await organizations('detach-policy', ...attachment);
      await outside.advance(minutes(10));
      expect((await listing(outside, 'operator')).err).toBe('');
    });
  });

  test('neither it nor the program reads or writes ~/.aws', async () => {
    const args = ['sts', 'get-caller-identity'];
    const trapped = await served.aws('operator', args, { AWS_CONFIG_FILE: undefined, AWS_SHARED_CREDENTIALS_FILE: undefined });
    expect([trapped.code === 0, trapped.err]).toEqual([false, expect.stringContaining('Unable to parse config file')]);
    expect((await served.aws('operator', args)).err).toBe('');
    expect(readdirSync(join(bench.home, '.aws')).sort()).toEqual(['config', 'credentials']);
    expect(readdirSync(bench.home)).toEqual(['.aws']);
  });

  test('what it did is kept in the folder that the command was given, and the command ends when it is interrupted', async () => {
    const dir = join(served.dir, '.quilt-perimeter', 'sandbox');
    const calls = readFileSync(join(dir, 'calls.jsonl'), 'utf8').trim().split('\n');
    expect(calls.length).toBeGreaterThan(40);
    expect(statSync(join(dir, 'world.json')).mode & 0o777).toBe(0o600);
    expect(await served.interrupt()).toBe(130);
  });
});

const has = (part: object): unknown => expect.objectContaining(part);

/** What stands at the end of a path through an answer of the CLI. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, name) => (isRecord(found) ? found[name] : undefined), value);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

async function specOf({ hints, json }: Served): Promise<PerimeterSpec> {
  const organization = await json('operator', 'organizations', 'describe-organization');
  const trustedVpcs = [...hints.trustedVpcs, hints.vpc].map((id) => ({
    id,
    arn: `arn:aws:ec2:${hints.region}:${hints.target}:vpc/${id}`,
  }));
  return {
    partition: 'aws',
    buckets: ['quilt*'],
    trustedVpcs,
    vpcKey: 'id',
    trustedCidrs: hints.trustedCidrs,
    exemptTag: 'NetworkRestrictedExempt',
    resourceAccounts: [],
    accessPoints: false,
    protectExemptTag: null,
    organizationId: String(at(organization, 'Organization', 'Id')),
    expires: null,
  };
}
