// One request against the perimeter of the folder, as `apply` would attach it.

import type { PerimeterRequest } from '../policy/judge.ts';
import { questionOf } from '../policy/question.ts';
import type { Asked } from './asked-request.ts';
import type { PolicySeen, Said } from './explanation.ts';
import { type KnownPerimeter, type Online, type PerimeterSay, perimeterSay } from './perimeter-say.ts';
import { statementsSeen } from './policies-seen.ts';

/** What a set of policies says, and how each of them meets the request. */
export interface Against {
  say(request: PerimeterRequest): Promise<Said>;
  readonly policies: readonly PolicySeen[];
  readonly notes: readonly string[];
}

/** SCP and bucket policy; those that have no say in this request are there with the reason. */
export async function againstFolder(perimeter: KnownPerimeter, online: Online, { request, bucket }: Asked): Promise<Against> {
  const say = perimeterSay(perimeter);
  const { policyName } = online.input.choices;
  const document = say.bucketPolicy(request.resource);
  return {
    say: async (other) => say.judge(other),
    policies: [
      {
        policyType: 'scp',
        name: `SCP ${policyName}`,
        aside: await scpAside(say, perimeter, request),
        statements: statementsSeen(request, say.scp),
        lacksAllow: false,
      },
      {
        policyType: 'resource',
        name: `the policy of bucket ${bucket.name}`,
        aside: document === null ? `the perimeter puts a bucket policy on ${perimeter.testBucket ?? 'the test bucket'} alone` : null,
        statements: document === null ? [] : statementsSeen(request, document),
        lacksAllow: false,
      },
    ],
    notes: ['Identity policies and whatever else stands are taken to allow it.'],
  };
}

async function scpAside(say: PerimeterSay, { targets }: KnownPerimeter, request: PerimeterRequest): Promise<string | null> {
  const unbound = whyUnbound(request);
  if (unbound !== null) return unbound;
  const account = questionOf(request).asker.accountId ?? '';
  const reached = await say.reaches(request);
  if (reached === null) return `whether account ${account} is under ${targets.join(', ')} is not known`;
  return reached ? null : `account ${account} is not under ${targets.join(', ')}, to which it would be attached`;
}

/** Why no SCP binds the principal, as a clause; null where SCPs may (K11). */
export function whyUnbound(request: PerimeterRequest): string | null {
  const { asker, boundByScp } = questionOf(request);
  if (boundByScp) return null;
  if (asker.kind === 'anonymous') return 'SCPs do not bind anonymous requests';
  if (asker.kind === 'service') return 'SCPs do not bind service principals';
  return asker.serviceLinked ? 'SCPs do not bind service-linked roles' : `SCPs do not bind the management account ${asker.accountId}`;
}
