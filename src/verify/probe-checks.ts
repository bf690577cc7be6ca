// S3 itself is asked, from here and as this caller: a GET of a key that does not exist tells whether it is refused, and writes
// nothing (K8). What it answers is held against what the perimeter says of this caller.
import { isAwsError, reasonOf } from '../aws/aws-error.ts';
import type { AwsContext } from '../aws/context.ts';
import { type DeniedMessage, readDeniedMessage } from '../aws/denied-message.ts';
import { probeWithTime, type TimedAnswer } from '../aws/probe.ts';
import type { Bucket } from '../aws/types.ts';
import { parsePolicy, withoutOurs } from '../policy/document.ts';
import type { PerimeterInput } from '../steps/landscape.ts';
import { operator, perimeterSay, sayOf, type Verdict } from '../steps/network-grid/verdict.ts';
import { unknownWay, type Way } from '../steps/network-grid/way.ts';
import { type Check, type Found, fails, holds, untold } from './check.ts';

/** Asked so often, on connections of their own: front ends may disagree for a while (D21). */
const times = 3;
const absentKey = 'quilt-perimeter-probe/verify/absent';

/** Live probes of the test bucket, and of one bucket that only the SCP protects, where there is one. */
export async function probeChecks(input: PerimeterInput, ctx: AwsContext): Promise<readonly Check[]> {
  const { buckets, survey } = input.landscape;
  const { test } = buckets;
  const isHere = ({ region }: Bucket): boolean => region.known && region.value === survey.quilt.region;
  const other = buckets.inScope.find((bucket) => bucket.name !== test.name && isHere(bucket));
  const probed = [
    { id: 'bucket-policy/probe', step: 'bucket-policy' as const, bucket: test },
    ...(other === undefined ? [] : [{ id: 'scp/probe', step: 'scp' as const, bucket: other }]),
  ];
  return Promise.all(
    probed.map(
      async ({ id, step, bucket }): Promise<Check> => ({
        id,
        step,
        summary: `S3 answers this caller on bucket ${bucket.name} as the perimeter says`,
        subjects: [bucket.name, survey.quilt.arn],
        ...(await askedOf(bucket, input, ctx)),
      }),
    ),
  );
}

async function askedOf(bucket: Bucket, input: PerimeterInput, ctx: AwsContext): Promise<Found> {
  const { quilt } = input.landscape.survey;
  const object = { bucket: bucket.name, owner: quilt.accountId, key: absentKey };
  const answers: TimedAnswer[] = [];
  try {
    for (let asked = 0; asked < times; asked++) answers.push(await probeWithTime(object, ctx));
  } catch (error) {
    if (!isAwsError(error, 'NoSuchBucket', 'PermanentRedirect', 'AuthorizationHeaderMalformed')) throw error;
    return untold(`GET ${bucket.name}/${absentKey} could not be made: ${reasonOf(error)}`);
  }
  const refused = answers.filter(({ answer }) => answer === 'denied');
  const asked = `${times} times GET ${bucket.name}/${absentKey} as ${quilt.arn}`;
  if (refused.length > 0 && refused.length < times)
    return untold(`${asked}: ${refused.length} refused, the others not; a policy may still be taking effect`);
  const said = perimeterSay(input)(wayOf(input), operator(input), bucket).verdict;
  return refused.length === 0 ? answered(asked, said, input) : refusedFound(asked, refused[0]?.refusal ?? '', said, bucket, input);
}

/** The way that this caller comes, as far as it said so. */
const wayOf = ({ choices: { operatorIp } }: PerimeterInput): Way =>
  operatorIp === null ? unknownWay('--operator-ip says it') : { via: 'address', address: operatorIp, planned: false };

const here = ({ choices }: PerimeterInput): string => choices.operatorIp ?? 'this caller';

const answered = (asked: string, said: Verdict, input: PerimeterInput): Found =>
  said === 'denied'
    ? fails(`${asked}: not refused, although the perimeter denies ${here(input)}`)
    : holds(`${asked}: not refused${said === 'passes' ? `, and the perimeter lets ${here(input)} pass` : ''}`);

function refusedFound(asked: string, words: string, said: Verdict, bucket: Bucket, input: PerimeterInput): Found {
  const told = `${asked}: refused: ${words}`;
  const message = readDeniedMessage(words);
  // An absent key is refused to whom nothing allows to list the bucket, perimeter or not (K8).
  if (message?.explicit === false) return untold(`${told}; the probe needs s3:GetObject and s3:ListBucket on ${bucket.name}`);
  if (said === 'denied') return holds(`${told}; the perimeter denies ${here(input)}, as it must`);
  if (said === 'passes') return fails(`${told}; the perimeter lets ${here(input)} pass`);
  return mayBePerimeter(message, bucket, input)
    ? untold(`${told}; whether the perimeter must refuse you depends on your address as S3 sees it: say it with --operator-ip`)
    : fails(`${told}; it is not the perimeter that refuses`);
}

/** By the policy that S3 names; of the test bucket's policy, whether what others wrote into it denies this caller whatever its network. */
function mayBePerimeter(message: DeniedMessage | null, bucket: Bucket, input: PerimeterInput): boolean {
  const { organization } = input.landscape;
  const scp = organization.known ? (organization.value.policy?.policy ?? null) : null;
  if (message?.kind === 'scp') return message.policyArn === null || scp === null || message.policyArn === scp.arn;
  if (message?.kind !== 'resource' || bucket.name !== input.choices.testBucket) return message === null || message.kind === null;
  const parsed = bucket.policy.known && bucket.policy.value !== null ? parsePolicy(bucket.policy.value) : null;
  if (parsed?.ok !== true) return true;
  const others = { ...parsed.document, Statement: withoutOurs(parsed.document) };
  return sayOf(input, { scp: null, bucket: others })(wayOf(input), operator(input), bucket).verdict !== 'denied';
}
