// Which S3 data events trails log: read from the sandbox's CloudTrail, and worked out from selectors.
import { describe, expect, test } from 'vitest';
import { type LoggedData, loggedBy } from '../../src/aws/event-selectors.ts';
import { dataEventsFor, readTrails, type Trail } from '../../src/aws/trail.ts';
import { known, unknown } from '../../src/ports.ts';
import { newTrail } from '../../src/sandbox/cloudtrail/state.ts';
import { startSandbox } from '../support/sandbox.ts';

const all: LoggedData = { reads: 'all', writes: 'all' };
const none: LoggedData = { reads: 'none', writes: 'none' };

describe('basic selectors', () => {
  test.each<[string[], string | undefined, LoggedData]>([
    [['arn:aws:s3'], 'All', all],
    [['arn:aws:s3:::'], undefined, all],
    [['arn:aws:s3:::quilt-a/'], 'All', all],
    [['arn:aws:s3:::quilt-a/'], 'ReadOnly', { reads: 'all', writes: 'none' }],
    [['arn:aws:s3:::quilt-a/'], 'WriteOnly', { reads: 'none', writes: 'all' }],
    [['arn:aws:s3:::quilt-a/raw/'], 'All', { reads: 'some', writes: 'some' }],
    [['arn:aws:s3:::quilt-ab/', 'arn:aws:s3:::other/'], 'All', none],
    [['arn:aws-cn:s3'], 'All', none],
    [[], 'All', none],
  ])('with values %j and %s', (Values, ReadWriteType, logged) => {
    const selector = { ReadWriteType: asType(ReadWriteType), DataResources: [{ Type: 'AWS::S3::Object', Values }] };
    expect(loggedBy({ basic: [selector], advanced: [] }, 'quilt-a', 'aws')).toEqual(logged);
  });

  test('of Lambda functions log nothing of S3', () => {
    const basic = [{ DataResources: [{ Type: 'AWS::Lambda::Function', Values: ['arn:aws:lambda'] }] }];
    expect(loggedBy({ basic, advanced: [] }, 'quilt-a', 'aws')).toEqual(none);
  });

  test('add up: one for reads and one for writes log both', () => {
    const DataResources = [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] }];
    const basic = [
      { ReadWriteType: 'ReadOnly' as const, DataResources },
      { ReadWriteType: 'WriteOnly' as const, DataResources },
    ];
    expect(loggedBy({ basic, advanced: [] }, 'quilt-a', 'aws')).toEqual(all);
  });
});

const asType = (text: string | undefined): 'All' | 'ReadOnly' | 'WriteOnly' | undefined =>
  text === 'All' || text === 'ReadOnly' || text === 'WriteOnly' ? text : undefined;

describe('advanced selectors', () => {
  const data = [
    { Field: 'eventCategory', Equals: ['Data'] },
    { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
  ];
  const some: LoggedData = { reads: 'some', writes: 'some' };

  test.each<[string, { Field: string; [operator: string]: string | string[] }[], LoggedData]>([
    ['all of S3', [], all],
    ['reads alone', [{ Field: 'readOnly', Equals: ['true'] }], { reads: 'all', writes: 'none' }],
    ['the bucket', [{ Field: 'resources.ARN', StartsWith: ['arn:aws:s3:::quilt-a/'] }], all],
    ['a folder of the bucket', [{ Field: 'resources.ARN', StartsWith: ['arn:aws:s3:::quilt-a/x/'] }], some],
    ['another bucket', [{ Field: 'resources.ARN', StartsWith: ['arn:aws:s3:::quilt-b/'] }], none],
    ['all but the bucket', [{ Field: 'resources.ARN', NotStartsWith: ['arn:aws:s3:::quilt-b/', 'arn:aws:s3:::quilt-a/'] }], none],
    ['all but a folder of it', [{ Field: 'resources.ARN', NotStartsWith: ['arn:aws:s3:::quilt-a/logs/'] }], some],
    ['all but another one', [{ Field: 'resources.ARN', NotStartsWith: ['arn:aws:s3:::quilt-b/'] }], all],
    ['all but one object', [{ Field: 'resources.ARN', NotEquals: ['arn:aws:s3:::quilt-a/x'] }], some],
    ['one suffix', [{ Field: 'resources.ARN', EndsWith: ['.json'] }], some],
    ['one kind of call', [{ Field: 'eventName', Equals: ['GetObject'] }], some],
    ['another service', [{ Field: 'eventSource', Equals: ['lambda.amazonaws.com'] }], none],
  ])('of %s', (_, more, logged) => {
    expect(loggedBy({ basic: [], advanced: [{ FieldSelectors: [...data, ...more] }] }, 'quilt-a', 'aws')).toEqual(logged);
  });

  test('of management events log nothing of objects', () => {
    const advanced = [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] }];
    expect(loggedBy({ basic: [], advanced }, 'quilt-a', 'aws')).toEqual(none);
  });
});

describe('the trails of an account', () => {
  const accountId = '444455556666';
  const trail = { accountId, homeRegion: 'us-east-1', bucket: 'company-trail' };

  test('are read with what they log, the organization’s among them', async () => {
    const { context } = await startSandbox({
      mutate: (world) => {
        const organization = world.organizations.organization;
        world.cloudTrail = {
          trails: [
            newTrail({ ...trail, name: 'own', dataEvents: true }),
            newTrail({ ...trail, name: 'off', logging: false }),
            newTrail({ ...trail, name: 'company', accountId: '111122223333', prefix: 'logs', organizationId: organization?.id ?? null }),
            newTrail({ ...trail, name: 'stranger', accountId: '999988887777' }),
            newTrail({ ...trail, name: 'far', homeRegion: 'eu-west-1', multiRegion: false }),
          ],
        };
      },
    });
    const trails = await readTrails(context);
    if (!trails.known) throw new Error('trails could not be read');
    expect(trails.value.map(({ name, ofOrganization, prefix, logging }) => ({ name, ofOrganization, prefix, logging }))).toEqual([
      { name: 'own', ofOrganization: false, prefix: null, logging: known(true) },
      { name: 'off', ofOrganization: false, prefix: null, logging: known(false) },
      { name: 'company', ofOrganization: true, prefix: 'logs', logging: known(true) },
    ]);
    const bucket = { name: 'quilt-a', region: 'us-east-1', partition: 'aws' };
    expect(dataEventsFor(bucket, trails)).toEqual({ state: 'whole', trails: ['own'], why: [] });
  });

  test('that may not be read are unknown, never none', async () => {
    const sandbox = await startSandbox({
      mutate: (world) => {
        world.cloudTrail = { trails: [newTrail({ ...trail, name: 'own', dataEvents: true })] };
        const key = world.identities.operator ?? '';
        world.iam.deniedActions[key] = ['cloudtrail:GetEventSelectors'];
      },
    });
    const bucket = { name: 'quilt-a', region: 'us-east-1', partition: 'aws' };
    expect(dataEventsFor(bucket, await readTrails(sandbox.context))).toMatchObject({
      state: 'unknown',
      why: ['selectors of trail own cannot be read (cloudtrail:GetEventSelectors)'],
    });
  });
});

describe('whether a bucket’s calls are logged', () => {
  const bucket = { name: 'quilt-a', region: 'us-east-1', partition: 'aws' };
  const selectors = (Values: string[], ReadWriteType: 'All' | 'ReadOnly' = 'All') =>
    known({ basic: [{ ReadWriteType, DataResources: [{ Type: 'AWS::S3::Object', Values }] }], advanced: [] });
  const trail = (of: Partial<Trail>): Trail => ({
    name: 't',
    arn: 'arn:aws:cloudtrail:us-east-1:444455556666:trail/t',
    homeRegion: 'us-east-1',
    multiRegion: true,
    ofOrganization: false,
    bucket: 'company-trail',
    prefix: null,
    logging: known(true),
    selectors: selectors(['arn:aws:s3']),
    ...of,
  });
  const state = (trails: Partial<Trail>[], of = bucket as { name: string; region: string | null; partition: string }) =>
    dataEventsFor(of, known(trails.map(trail)));

  test.each<[string, Partial<Trail>[], string]>([
    ['there is no trail', [], 'none'],
    ['a trail of all Regions logs all of S3', [{}], 'whole'],
    ['the trail is not logging', [{ logging: known(false) }], 'none'],
    ['the trail is of another Region', [{ multiRegion: false, homeRegion: 'eu-west-1' }], 'none'],
    ['it logs reads alone', [{ selectors: selectors(['arn:aws:s3'], 'ReadOnly') }], 'part'],
    ['it logs one folder', [{ selectors: selectors(['arn:aws:s3:::quilt-a/x']) }], 'part'],
    ['whether it is logging cannot be read', [{ logging: unknown('cloudtrail:GetTrailStatus', 'no') }], 'unknown'],
    ['another trail that can be read logs it whole', [{ selectors: unknown('cloudtrail:GetEventSelectors', 'no') }, {}], 'whole'],
  ])('where %s', (_, trails, expected) => {
    expect(state(trails).state).toBe(expected);
  });

  test('says which part is missing', () => {
    expect(state([{ selectors: selectors(['arn:aws:s3'], 'ReadOnly') }])).toEqual({
      state: 'part',
      trails: ['t'],
      why: ['no writes are logged'],
    });
  });

  test('is unknown where the bucket’s Region is not known and the trail is of one', () => {
    expect(state([{ multiRegion: false }], { ...bucket, region: null }).state).toBe('unknown');
  });

  test('is unknown where trails cannot be listed', () => {
    expect(dataEventsFor(bucket, unknown('cloudtrail:DescribeTrails', 'no'))).toMatchObject({ state: 'unknown' });
  });
});
