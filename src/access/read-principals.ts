// Tags and trust policies of the principals in a trail, as IAM tells them today.
import pLimit from 'p-limit';
import type { AwsContext } from '../aws/context.ts';
import { readOrUnknown } from '../aws/refused.ts';
import { findRoleFacts, readUserTags } from '../aws/role.ts';
import { type Finding, unknownFinding } from '../findings.ts';
import type { Known } from '../ports.ts';
import { scopeOf } from './scope.ts';
import { trustedServices } from './trusted-services.ts';
import type { TrailReading } from './types.ts';
import { whoOf } from './who.ts';
import type { AssessWorld, PrincipalFacts } from './world.ts';

interface Principals {
  readonly facts: ReadonlyMap<string, PrincipalFacts>;
  readonly findings: readonly Finding[];
}

/** Roles and users of the Quilt account that the trail shows at buckets in scope, eight at a time. */
export async function readPrincipals(
  { spec, testBucket }: Pick<AssessWorld, 'spec' | 'testBucket'>,
  accountId: string,
  reading: Pick<TrailReading, 'counts'>,
  ctx: AwsContext,
): Promise<Principals> {
  const isInScope = scopeOf(spec, testBucket);
  const arns = new Set(
    reading.counts.flatMap(({ path }) => {
      if (path.bucket === null || !isInScope(path.bucket)) return [];
      const { identity, accountId: owner } = whoOf(path, spec.partition);
      return identity !== null && owner === accountId ? [identity] : [];
    }),
  );
  const limit = pLimit(8);
  const answers = await Promise.all([...arns].map((arn) => limit(async () => ({ arn, answer: await readFacts(arn, ctx) }))));
  const refused = answers.flatMap(({ arn, answer }) => (answer.known ? [] : [{ arn, ...answer }]));
  const facts = answers.flatMap(({ arn, answer }): readonly (readonly [string, PrincipalFacts])[] =>
    answer.known && answer.value !== null ? [[arn, answer.value]] : [],
  );
  const [first] = refused;
  return {
    facts: new Map(facts),
    findings:
      first === undefined
        ? []
        : [
            unknownFinding(
              'QP603',
              first.action,
              first.why,
              refused.map(({ arn }) => arn),
            ),
          ],
  };
}

function readFacts(arn: string, ctx: AwsContext): Promise<Known<PrincipalFacts | null>> {
  const user = /:user\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  if (user !== undefined) {
    return readOrUnknown('iam:ListUserTags', async () => ({ tags: await readUserTags(user, ctx), trustedServices: null }));
  }
  const role = /:assumed-role\/([^/]+)/.exec(arn)?.[1] ?? /:role\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  if (role === undefined) return Promise.resolve({ known: true, value: null });
  return readOrUnknown('iam:GetRole', async () => {
    const found = await findRoleFacts(role, ctx);
    return found === undefined ? null : { tags: found.tags, trustedServices: trustedServices(found.trust) };
  });
}
