// What judges requests, paths and promises, as screens show it.
import type { AssessedPath, Assessment } from '../../../src/access/assess.ts';
import type { Explanation } from '../../../src/commands/explanation.ts';
import { finding } from '../../../src/findings.ts';
import type { NetworkReport, ReportedCell } from '../../../src/steps/network-grid/report.ts';
import type { Check, Verification } from '../../../src/verify/check.ts';
import { place, wide } from './company.ts';

const clause = { index: 0, sid: 'QuiltPerimeterNetwork', operator: 'StringNotEqualsIfExists', key: 'aws:SourceVpc' } as const;

export const explanation: Explanation = {
  against: 'folder',
  request: {
    principal: 'arn:aws:iam::444455556666:role/quilt/Reader',
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::quilt-genomics/数据/🧬.bam',
    context: {},
    unknown: [],
  },
  network: 'public address 198.51.100.7',
  said: { verdict: 'denied', deniedBy: [], dependsOn: [] },
  why: 'QuiltPerimeterNetwork of SCP QuiltDataPerimeter denies it: the request comes from no trusted VPC.',
  policies: [
    {
      policyType: 'scp',
      name: 'SCP QuiltDataPerimeter',
      aside: null,
      lacksAllow: false,
      statements: [
        {
          index: 0,
          sid: 'QuiltPerimeterNetwork',
          matches: 'holds',
          clauses: [
            { ...clause, values: ['vpc-0576232877c460d3a'], truth: 'holds', seen: 'absent' },
            { ...clause, operator: 'Null', key: `aws:PrincipalTag/${wide.unit}`, values: ['true'], truth: 'unknown', seen: 'unknown' },
          ],
        },
      ],
    },
    {
      policyType: 'resource',
      name: 'policy of bucket quilt-genomics',
      aside: 'it is not part of the perimeter',
      lacksAllow: false,
      statements: [],
    },
  ],
  ways: [
    {
      kind: 'tag',
      summary: 'tag the role with NetworkRestrictedExempt, whatever its value',
      command: 'aws iam tag-role --role-name Reader --tags Key=NetworkRestrictedExempt,Value=true',
    },
  ],
  notes: ['The exempt tag is looked at as IAM tells it now.'],
};

const path = (given: Partial<AssessedPath>): AssessedPath => ({
  principal: 'arn:aws:iam::444455556666:role/quilt/Reader',
  network: { kind: 'ip', value: '198.51.100.7' },
  viaService: null,
  bucket: 'quilt-genomics',
  actions: ['s3:GetObject', 's3:ListBucket'],
  events: 1021,
  firstSeen: '2026-05-01T12:00:00Z',
  lastSeen: '2026-05-30T12:00:00Z',
  verdict: 'newly-denied',
  why: ['the request comes from no trusted network'],
  remedies: [{ kind: 'cover', what: 'trust 198.51.100.7', command: '--trusted-cidr 198.51.100.7/32', opens: null }],
  ...given,
});

/** With so many paths that are newly denied for a reason each. */
export const assessment = (denied: number): Assessment => ({
  source: { kind: 'files', hash: 'h' },
  files: 12,
  events: 1_204_331,
  considered: 40_000,
  skipped: {},
  alreadyDenied: 3,
  errors: [],
  from: '2026-05-01T12:00:00Z',
  to: '2026-05-30T12:00:00Z',
  days: [],
  cost: null,
  paths: [
    ...Array.from({ length: denied }, (_, index) =>
      path({ principal: `arn:aws:iam::444455556666:role/${index === 0 ? '数据-reader' : `reader-${index}`}`, events: 9000 - index }),
    ),
    path({ verdict: 'unknown', why: ['the tags of this principal are not known'], remedies: [], events: 7 }),
    path({ verdict: 'passes', why: [], remedies: [], events: 30_000 }),
  ],
  coverage: [finding('QP601', { detail: 'quilt-genomics: no reads are logged', subjects: ['quilt-genomics'] })],
});

const cell = (verdict: ReportedCell['verdict'], way: string, remedies: readonly string[] = []): ReportedCell => ({
  region: 'us-east-1',
  buckets: ['quilt-genomics', 'quilt-raw-data'],
  verdict,
  ways: [{ verdict, way, planned: false, context: {}, unknown: [] }],
  remedies,
});

/** From the operator, a subnet that is denied, and so many that pass. */
export const network = (passing: number): NetworkReport => ({
  rows: [
    {
      from: { kind: 'subnet', ids: ['subnet-0'], names: [wide.subnet], vpcs: ['vpc-0576232877c460d3a'] },
      family: 'ipv4',
      to: [cell('denied', 'igw-0fc814b54967dd9b0, each client’s own public address', ['put rtb-087bbfe54c4f29e91 on the S3 endpoint'])],
    },
    {
      from: { kind: 'operator', ids: ['198.51.100.7'], names: [], vpcs: [] },
      family: 'ipv4',
      to: [cell('unknown', 'which address S3 sees is not known')],
    },
    ...Array.from({ length: passing }, (_, index) => ({
      from: { kind: 'subnet' as const, ids: [`subnet-${index + 1}`], names: [`private-${index + 1}`], vpcs: ['vpc-0576232877c460d3a'] },
      family: 'ipv4' as const,
      to: [cell('passes', `S3 gateway endpoint vpce-${index + 1}`)],
    })),
  ],
  places: passing + 2,
  denied: 1,
  untold: 1,
  buckets: 2,
  binds: true,
});

const check = (given: Partial<Check>): Check => ({
  id: 'endpoints/api',
  step: 'endpoints',
  summary: 'the interface endpoint for API Gateway is available in vpc-0576232877c460d3a, with private DNS',
  state: 'ok',
  evidence: 'vpce-0f313d0872c07c16d is available in 3 subnets, private DNS is on',
  subjects: ['vpce-0f313d0872c07c16d'],
  ...given,
});

export const verification: Verification = {
  place,
  at: '2026-11-24T00:05:32.424Z',
  checks: [
    check({}),
    check({
      id: 'endpoints/s3-route',
      summary: `subnet ${wide.subnet} reaches S3 through the gateway endpoint`,
      state: 'failed',
      evidence: 'rtb-1 has no route to pl-63a5400a',
    }),
    check({
      id: 'scp/in-force',
      step: 'scp',
      summary: 'the SCP is in force for account 444455556666',
      state: 'unknown',
      evidence: 'it cannot be read: organizations:ListPolicies: access denied',
    }),
  ],
};
