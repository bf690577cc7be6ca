// Ways back tried for real, while S3 enforces what they lead back from: roles are assumed now and ask S3 for the sentinel, the
// organization's side takes a root session. What cannot be tried stays claimed, with the reason.
import { findBucketPolicy } from '../aws/bucket-policy.ts';
import type { Session } from '../aws/context.ts';
import { type ProbeAnswer, probeObject } from '../aws/probe.ts';
import { readOrUnknown } from '../aws/refused.ts';
import { readRoleGrants } from '../aws/role.ts';
import { assumeRole, assumeRoot, hasRootSessions } from '../aws/session.ts';
import type { Verdict, WayBack } from '../engine/types.ts';
import type { StepContext } from './context.ts';
import type { Probe } from './probing.ts';
import { type RoleQuestion, whyForbidden } from './role-permissions.ts';
import { notTried } from './ways-back.ts';

/** The verdict with these ways back beside those that it has. */
export const adding = (verdict: Verdict, ways: readonly WayBack[]): Verdict => ({ ...verdict, ways: [...(verdict.ways ?? []), ...ways] });

/** What a verdict says of the ways of this kind: exercised where it passed, else claimed for the verdict's reason. */
export const told = (verdict: Verdict, ways: readonly WayBack[], kind: WayBack['kind'], how: string): readonly WayBack[] =>
  ways
    .filter((way) => way.kind === kind)
    .map((way) => (verdict.passed ? { ...way, state: 'exercised', how } : { ...way, state: 'claimed', how: verdict.detail }));

/**
 * Tries the exempt roles: each is assumed now, by the organization's credentials and else by the operator's own, and asks S3 for
 * the probe's keys.
 * @param controlIs what the control answers as long as what they are to pass is in force
 */
export async function exerciseRoles(
  ways: readonly WayBack[],
  probe: Probe,
  controlIs: ProbeAnswer,
  ctx: StepContext,
): Promise<readonly WayBack[]> {
  const found: WayBack[] = [];
  for (const way of ways) {
    if (way.kind === 'exempt-role' && way.how === notTried) found.push(await exerciseRole(way, probe, controlIs, ctx));
  }
  return found;
}

async function exerciseRole(way: WayBack, probe: Probe, controlIs: ProbeAnswer, ctx: StepContext): Promise<WayBack> {
  const claimed = (how: string): WayBack => ({ ...way, state: 'claimed', how });
  const question = await questionOf(way, probe, ctx);
  if ('unread' in question) return claimed(question.unread);
  const forbidden = whyForbidden(question);
  if (forbidden !== null) return claimed(forbidden);

  const byOrganization = await assumeRole(way.principal, 'organization', ctx);
  const session = byOrganization.known ? byOrganization : await assumeRole(way.principal, 'quilt', ctx);
  if (!session.known) return claimed(`neither the organization's side nor you may assume it: ${session.why}`);
  const [by, credentials] = byOrganization.known ? ["the organization's side", ctx.aws.bases.organization] : ['you', ctx.aws.bases.quilt];
  const how = `assumed now by ${by}`;
  switch (await readAs(session.value, probe, controlIs, ctx)) {
    case 'passes':
      return { ...way, credentials, state: 'exercised', how: `${how}; S3 let it pass, and its policies allow ${way.call}` };
    case 'refused':
      return { ...claimed(`${how}, but S3 refused it the sentinel`), credentials };
    default:
      return { ...claimed(`${how}, but S3 was not seen to enforce the probe for it`), credentials };
  }
}

const tries = 5;
const pauseSeconds = 2;

/** Whether S3 lets the session pass, told by one triple; front ends that lag behind are asked again. */
async function readAs(
  session: Session,
  probe: Probe,
  controlIs: ProbeAnswer,
  ctx: StepContext,
): Promise<'passes' | 'refused' | 'not-in-force'> {
  const as = { ...ctx, aws: { ...ctx.aws, freshS3: () => ctx.aws.s3As(session) } };
  const ask = (object: 'control' | 'sentinel') => probeObject({ bucket: probe.bucket, owner: probe.owner, key: probe[object] }, as);
  for (let tried = 1; ; tried += 1) {
    const before = await ask('control');
    const sentinel = await ask('sentinel');
    if (sentinel === 'denied') return 'refused';
    if (before === controlIs && (await ask('control')) === controlIs) return 'passes';
    if (tried === tries) return 'not-in-force';
    await ctx.clock.sleep(pauseSeconds * 1000, ctx.signal);
  }
}

async function questionOf(way: WayBack, probe: Probe, ctx: StepContext): Promise<RoleQuestion | { readonly unread: string }> {
  const [name = ''] = way.principal.split('/').slice(-1);
  const place = { name: probe.bucket, owner: probe.owner, region: ctx.aws.region };
  const read = await readOrUnknown('iam:GetRolePolicy', async () => ({
    grants: await readRoleGrants(name, ctx),
    bucketPolicy: await findBucketPolicy(place, ctx),
  }));
  if (!read.known) return { unread: `what it may do cannot be told: ${read.action}: ${read.why}` };
  return { way, bucket: probe.bucket, owner: probe.owner, region: ctx.aws.region, ...read.value };
}

/** Tries the organization's only way back from a bucket policy: a root session of the account, which reads that policy (K3, K10). */
export async function exerciseRoot(ways: readonly WayBack[], probe: Probe, ctx: StepContext): Promise<readonly WayBack[]> {
  const [way] = ways.filter(({ kind }) => kind === 'root-access');
  if (way === undefined) return [];
  const claimed = (how: string): readonly WayBack[] => [{ ...way, state: 'claimed', how }];
  const enabled = await hasRootSessions(ctx);
  if (!enabled.known) return claimed(`whether root access is centralized cannot be told: ${enabled.action}: ${enabled.why}`);
  if (!enabled.value) return claimed('root access is not centralized in this organization');
  const session = await assumeRoot(probe.owner, way.principal.split(':')[1] ?? 'aws', ctx);
  if (!session.known) return claimed(`sts:AssumeRoot was refused: ${session.why}`);
  const s3 = ctx.aws.s3As(session.value);
  try {
    const as = { ...ctx, aws: { ...ctx.aws, s3, s3In: () => s3 } };
    const read = await readOrUnknown('s3:GetBucketPolicy', () =>
      findBucketPolicy({ name: probe.bucket, owner: probe.owner, region: ctx.aws.region }, as),
    );
    if (!read.known) return claimed(`AssumeRoot was made, but S3 refused that session the bucket's policy: ${read.why}`);
    return [{ ...way, state: 'exercised', how: "AssumeRoot was made now, and S3 gave that session the bucket's policy" }];
  } finally {
    s3.destroy();
  }
}
