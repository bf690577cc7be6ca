import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundled, type Ended, newFolder, run } from './program.ts';

const account = '444455556666';
const choices = [
  '--sandbox',
  '--sandbox-speed',
  '240',
  '--test-bucket',
  `quilt-perimeter-test-${account}`,
  '--trusted-cidr',
  '198.51.100.0/24',
];
const scientist = `arn:aws:sts::${account}:assumed-role/DataScientist/ana`;
let cli = '';
let applied = '';
let scpArn = '';

beforeAll(async () => {
  cli = bundled();
  applied = newFolder();
  const ended = await run(cli, ['apply', '--yes', '--until', 'scp', '--accept', 'QP413,QP310', ...choices], applied);
  expect(ended).toMatchObject({ code: 0 });
  const world = JSON.parse(readFileSync(join(applied, '.quilt-perimeter/sandbox/world.json'), 'utf8')) as {
    readonly organizations: {
      readonly organization: { readonly id: string; readonly policies: { readonly [id: string]: { readonly name: string } } };
    };
  };
  const { id, policies } = world.organizations.organization;
  const policy = Object.entries(policies).find(([, { name }]) => name === 'QuiltDataPerimeter')?.[0] ?? '';
  scpArn = `arn:aws:organizations::111122223333:policy/${id}/service_control_policy/${policy}`;
});

const explain = (args: readonly string[], folder = applied): Promise<Ended> => run(cli, ['explain', ...args, ...choices], folder);
const words = (text: string): string => text.replaceAll(/\s+/g, ' ');
const refusal = (reason: string, bucket = `quilt-genomics-${account}`): string =>
  `An error occurred (AccessDenied) when calling the GetObject operation: User: ${scientist} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::${bucket}/x y" ${reason}`;

describe('one request', () => {
  test('is exit 0 and a picture for people, denied or not', async () => {
    const denied = await explain(['--from', '203.0.113.50', '--to', `quilt-genomics-${account}/x`]);
    expect(denied).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Denied: s3:GetObject\n/) });
    expect(denied.stdout).not.toContain('\u001b');
    const passes = await explain(['--from', '198.51.100.10', '--to', `quilt-genomics-${account}/x`, '--live']);
    expect(passes).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Passes: s3:GetObject\n/) });
  });

  test('is one document for programs', async () => {
    const { code, stdout } = await explain(['--json', '--from', '203.0.113.50', '--to', `quilt-genomics-${account}/x`, '--tag', 'a=b,c=d']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      against: 'folder',
      request: {
        action: 's3:GetObject',
        context: { 'aws:SourceIp': '203.0.113.50', 'aws:PrincipalTag/a': 'b', 'aws:PrincipalTag/c': 'd' },
      },
      said: { verdict: 'denied', deniedBy: [{ policyType: 'scp', sid: 'QuiltPerimeterNetwork' }], dependsOn: [] },
      policies: [{ policyType: 'scp', aside: null, statements: [{ matches: 'holds' }] }, { policyType: 'resource' }],
      ways: [{ kind: 'move' }, { kind: 'address' }, { kind: 'trust-cidr' }, { kind: 'tag' }],
    });
  });
});

describe("AWS's message", () => {
  test('names our SCP: it is found, and the network is asked for', async () => {
    const { code, stdout } = await explain(['--error', refusal(`with an explicit deny in a service control policy: ${scpArn}`)]);
    expect(code).toBe(0);
    expect(words(stdout)).toContain('The message names SCP QuiltDataPerimeter');
    expect(words(stdout)).toContain('this tool made it, for this place.');
    expect(words(stdout)).toContain('--from VPC, SUBNET or ADDRESS says where the request came from');
    expect(words(stdout)).toContain(`to arn:aws:s3:::quilt-genomics-${account}/x y`);
  });

  test('with the network said, the statement is shown that denies', async () => {
    const message = refusal(`with an explicit deny in a service control policy: ${scpArn}`);
    const { stdout } = await explain(['--json', '--error', message, '--from', '203.0.113.50']);
    expect(JSON.parse(stdout)).toMatchObject({
      message: { principal: scientist, kind: 'scp', policyArn: scpArn },
      named: { ours: true },
      against: 'live',
      said: { verdict: 'denied' },
    });
    const elsewhere = await explain(['--error', message, '--from', '198.51.100.10']);
    expect(words(elsewhere.stdout)).toContain('As things are now it would pass');
  });

  test.each([
    [
      `with an explicit deny in a service control policy: arn:aws:organizations::111122223333:policy/o-306c4e32b8/service_control_policy/p-zzzzzzzz`,
      'which is there no more',
    ],
    [
      'with an explicit deny in a service control policy: arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess',
      'it is not one of this tool',
    ],
    ['with an explicit deny in a service control policy', 'an SCP but not which'],
    ['with an explicit deny in a resource-based policy', "none of its statements is this tool's"],
    ['because no identity-based policy allows the s3:GetObject action', 'The perimeter allows nothing, so it has no part in that'],
    ['with an explicit deny', 'does not say which policy it was'],
  ])('%s', async (reason, told) => {
    const { code, stdout } = await explain(['--error', refusal(reason)]);
    expect({ code, text: words(stdout) }).toEqual({ code: 0, text: expect.stringContaining(told) });
  });

  test('our bucket policy is known by its statements', async () => {
    const { stdout } = await explain([
      '--error',
      refusal('with an explicit deny in a resource-based policy', `quilt-perimeter-test-${account}`),
    ]);
    expect(words(stdout)).toContain("it holds this tool's statements");
  });

  test('where it names nothing, the flags say it', async () => {
    const message = 'An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied';
    const silent = await explain(['--error', message]);
    expect(silent).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--to BUCKET/KEY') });
    const { code, stdout } = await explain(['--json', '--error', message, '--to', `quilt-genomics-${account}`]);
    expect({ code, document: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 0,
      document: { request: { action: 's3:ListBucket' } },
    });
  });
});

describe('bad input is exit 2 and leaves nothing behind', () => {
  test.each([
    [[], 'nothing says what the request is for'],
    [['--to', 'quilt-a', '--requests', '-'], '--requests and --to do not go together'],
    [['--error', 'x', '--requests', '-'], '--error and --requests do not go together'],
    [['--error', 'x', '--live'], '--error and --live do not go together'],
    [['--error', 'hello'], 'reading --error (hello): it is no message of a refusal'],
    [
      [
        '--error',
        'User: arn:aws:iam::111122223333:user/a is not authorized to perform: ec2:RunInstances on resource: * with an explicit deny',
      ],
      'another service than S3',
    ],
    [['--to', 'quilt-a', '--from', '10.0.0.1'], 'S3 never sees it'],
  ])('%j', async (args, message) => {
    const folder = newFolder();
    const { code, stdout, stderr } = await explain(args, folder);
    expect({ code, stdout, stderr: words(stderr) }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect(readdirSync(folder).filter((name) => name !== '.quilt-perimeter')).toEqual([]);
  });
});

test('help and requests with policies of their own load no SDK', () => {
  const folder = join(cli, '..');
  const loaded = new Set<string>();
  const load = (name: string): void => {
    if (loaded.has(name)) return;
    loaded.add(name);
    for (const [, next = ''] of readFileSync(join(folder, name), 'utf8').matchAll(
      /(?:^|[;}])\s*(?:import|export)[^;'"()]*['"]\.\/([^'"]+)['"]/gm,
    ))
      load(next);
  };
  const chunks = readdirSync(folder).filter((name) => /^(cli|execute-.*|explain-[\w-]{8}|explain-requests-.*)\.js$/.test(name));
  for (const name of chunks) load(name);
  expect(chunks.some((name) => name.startsWith('explain-requests-'))).toBe(true);
  const heavy = [...loaded].filter((name) => /smithy|AWS4-HMAC/i.test(readFileSync(join(folder, name), 'utf8')));
  expect(heavy).toEqual([]);
  load(readdirSync(folder).find((name) => name.startsWith('clients-')) ?? '');
  expect([...loaded].some((name) => /smithy|AWS4-HMAC/i.test(readFileSync(join(folder, name), 'utf8')))).toBe(true);
});
