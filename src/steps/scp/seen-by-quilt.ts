// Whether anything shows that Quilt reaches its buckets under the perimeter.
import { type Finding, finding } from '../../findings.ts';
import { canariesSay } from '../canary-runs.ts';
import type { PerimeterInput, ReplayedPath } from '../landscape.ts';

/**
 * QP413: nothing shows that Quilt reaches the test bucket under its policy. A replay of this run does where it has calls of the
 * stack's own roles to buckets in scope, and every one of them passes; so do Quilt's canaries that ran since the policy stands.
 * What speaks against it outweighs what speaks for it.
 */
export function unseenByQuilt(input: PerimeterInput): readonly Finding[] {
  const told = [byReplay(input), byCanaries(input)];
  const against = told.flatMap(({ says, why }) => (says === 'fails' ? why : []));
  if (against.length === 0 && told.some(({ says }) => says === 'works')) return [];
  const { testBucket } = input.choices;
  const why = against.length > 0 ? against : told.flatMap((each) => each.why);
  const nothing = `nothing shows that Quilt reaches bucket ${testBucket} under its policy`;
  return [
    finding('QP413', {
      detail: why.length === 0 ? nothing : `${nothing}: ${why.join('; ')}`,
      subjects: [testBucket],
      remedy: `look in the catalog whether Quilt reads and writes ${testBucket}, then confirm by typing its name, pass --accept QP413, wait for runs of Quilt's canaries with --wait 1h, or give a trail with calls of the stack's roles with --assess`,
    }),
  ];
}

interface Told {
  readonly says: 'works' | 'fails' | 'nothing';
  readonly why: readonly string[];
}

const nothingTold: Told = { says: 'nothing', why: [] };

function byCanaries({ choices, canaries }: PerimeterInput): Told {
  if (canaries === null) return nothingTold;
  if (!canaries.known) return { says: 'nothing', why: [`the canaries' runs are not known (${canaries.action}: ${canaries.why})`] };
  const verdict = canariesSay(canaries.value, [choices.vpc, ...choices.trustedVpcs]);
  switch (verdict.says) {
    case 'works':
      return { says: 'works', why: [] };
    case 'fails':
      return { says: 'fails', why: verdict.against };
    case 'nothing':
      return { says: 'nothing', why: verdict.missing };
    default:
      return verdict satisfies never;
  }
}

function byReplay({ landscape, replay }: PerimeterInput): Told {
  if (replay === null) return nothingTold;
  const { resources } = landscape.stack;
  if (!resources.known) return { says: 'nothing', why: [`the stack's roles are not known (${resources.action}: ${resources.why})`] };
  const { partition, accountId } = landscape.survey.quilt;
  const names = new Set(resources.value.filter(({ type }) => type === 'AWS::IAM::Role').map(({ physicalId }) => physicalId));
  const account = `arn:${partition}:iam::${accountId}:role/`;
  const own = replay.filter(({ principal }) => principal.startsWith(account) && names.has(lastOf(principal)));
  if (own.length === 0)
    return { says: 'nothing', why: ["the trail that was assessed has no call of the stack's roles to a bucket in scope"] };
  const open = own.filter(({ verdict }) => verdict !== 'passes');
  if (open.length === 0) return { says: 'works', why: [] };
  return { says: open.some(({ verdict }) => verdict === 'newly-denied') ? 'fails' : 'nothing', why: open.map(inWords) };
}

const inWords = ({ principal, bucket, verdict }: ReplayedPath): string =>
  `${lastOf(principal)} of the stack ${verdict === 'newly-denied' ? 'would be denied' : 'may be denied'} on ${bucket}`;

const lastOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
