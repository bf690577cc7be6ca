// Whether anything shows that Quilt reaches its buckets under the perimeter.
import { type Finding, finding } from '../../findings.ts';
import type { PerimeterInput, ReplayedPath } from '../landscape.ts';

/**
 * QP413: nothing shows that Quilt reaches the test bucket under its policy. A replay of this run does where it has calls of the
 * stack's own roles to buckets in scope, and every one of them passes.
 */
export function unseenByQuilt(input: PerimeterInput): readonly Finding[] {
  const missing = whatIsMissing(input);
  if (missing === null) return [];
  const { testBucket } = input.choices;
  return [
    finding('QP413', {
      detail: missing,
      subjects: [testBucket],
      remedy: `look in the catalog whether Quilt reads and writes ${testBucket}, then confirm by typing its name, pass --accept QP413, or give a trail with calls of the stack's roles with --assess`,
    }),
  ];
}

function whatIsMissing({ choices, landscape, replay }: PerimeterInput): string | null {
  const nothing = `nothing shows that Quilt reaches bucket ${choices.testBucket} under its policy`;
  if (replay === null) return nothing;
  const { resources } = landscape.stack;
  if (!resources.known) return `${nothing}: the stack's roles are not known (${resources.action}: ${resources.why})`;
  const { partition, accountId } = landscape.survey.quilt;
  const names = new Set(resources.value.filter(({ type }) => type === 'AWS::IAM::Role').map(({ physicalId }) => physicalId));
  const account = `arn:${partition}:iam::${accountId}:role/`;
  const own = replay.filter(({ principal }) => principal.startsWith(account) && names.has(lastOf(principal)));
  if (own.length === 0) return `${nothing}: the trail that was assessed has no call of the stack's roles to a bucket in scope`;
  const open = own.filter(({ verdict }) => verdict !== 'passes');
  return open.length === 0 ? null : `${nothing}: ${open.map(inWords).join('; ')}`;
}

const inWords = ({ principal, bucket, verdict }: ReplayedPath): string =>
  `${lastOf(principal)} of the stack ${verdict === 'newly-denied' ? 'would be denied' : 'may be denied'} on ${bucket}`;

const lastOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
