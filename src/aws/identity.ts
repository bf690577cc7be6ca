// Who the credentials of each side are: the first thing that every run says.
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { failed } from '../errors.ts';
import { type Known, known, unknown } from '../ports.ts';
import { isAwsError } from './aws-error.ts';
import type { AwsContext } from './context.ts';
import { explainError } from './explain-error.ts';
import { readOrUnknown } from './refused.ts';
import type { Identity } from './types.ts';

/** Both sides: the Quilt account, and the management account or delegated administrator. */
export interface Identities {
  readonly quilt: Identity;
  /** Unknown only where a policy forbids GetCallerIdentity. */
  readonly organizationSide: Known<Identity>;
}

/**
 * Who you are on both sides (GetCallerIdentity). The partition comes from the ARN (K14).
 * @throws PerimeterError CREDENTIALS (exit 1) where either side's credentials are missing or expired.
 */
export async function identify(ctx: AwsContext): Promise<Identities> {
  const { aws } = ctx;
  const [quilt, organizationSide] = await Promise.all([
    callerOf(aws.sts, aws.region, originOf(aws, 'quilt'), 'identifying the Quilt account'),
    organizationCaller(ctx),
  ]);
  return { quilt: { ...quilt, roleArn: await roleArnOf(quilt.arn, ctx) }, organizationSide };
}

async function organizationCaller(ctx: AwsContext): Promise<Known<Identity>> {
  const { aws } = ctx;
  try {
    return known(await callerOf(aws.organizationSts, aws.region, originOf(aws, 'organization'), "identifying the organization's side"));
  } catch (error) {
    const explained = explainError(error);
    if (explained.code !== 'ACCESS_DENIED') throw explained;
    return unknown('sts:GetCallerIdentity', explained.summary);
  }
}

type Origin = Pick<Identity, 'source' | 'base'>;

const originOf = ({ sources, bases }: AwsContext['aws'], side: 'quilt' | 'organization'): Origin => ({
  source: sources[side],
  base: bases[side],
});

async function callerOf(sts: STSClient, region: string, origin: Origin, doing: string): Promise<Identity> {
  try {
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    const partition = Arn?.split(':')[1];
    if (Account === undefined || Arn === undefined || partition === undefined) {
      throw failed('AWS', `${doing}: GetCallerIdentity answered without an account or ARN`, 'check AWS_ENDPOINT_URL');
    }
    return { accountId: Account, arn: Arn, roleArn: null, partition, region, ...origin };
  } catch (error) {
    throw explainError(error, doing);
  }
}

// A session's ARN lacks the role's path, which aws:PrincipalArn has (E15); IAM tells it where it may be asked.
async function roleArnOf(arn: string, ctx: AwsContext): Promise<string | null> {
  const name = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  if (name === undefined) return null;
  const role = await readOrUnknown('iam:GetRole', () => findRoleArn(name, ctx));
  return role.known ? role.value : null;
}

async function findRoleArn(name: string, ctx: AwsContext): Promise<string | null> {
  try {
    return (await ctx.aws.iam.send(new GetRoleCommand({ RoleName: name }))).Role?.Arn ?? null;
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntityException', 'NoSuchEntity')) return null;
    throw error;
  }
}
