// Sessions that STS hands out: of a role, and of a member account's root user. They show that a way back can be gone, and are
// forgotten at once.
import { ListOrganizationsFeaturesCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, AssumeRootCommand, type Credentials } from '@aws-sdk/client-sts';
import { failed } from '../errors.ts';
import { type Known, known, unknown } from '../ports.ts';
import { isAwsError } from './aws-error.ts';
import type { AwsContext, Session } from './context.ts';
import { errorMessage, errorName, isRefused, readOrUnknown } from './refused.ts';

/**
 * A session of the role, by the organization's credentials or by those of the Quilt account.
 * @returns unknown where STS refuses it, with its reason; every other error is thrown
 */
export function assumeRole(roleArn: string, side: 'quilt' | 'organization', ctx: AwsContext): Promise<Known<Session>> {
  const sts = side === 'organization' ? ctx.aws.organizationSts : ctx.aws.sts;
  return readOrUnknown('sts:AssumeRole', async () => {
    const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'quilt-perimeter', DurationSeconds: 900 });
    return sessionOf(roleArn, (await sts.send(command, { abortSignal: ctx.signal })).Credentials);
  });
}

/**
 * A session of the account's root user that may unlock bucket policies, by the organization's credentials (C3, J7). Only the
 * Regional endpoints of STS answer this, which the SDK uses.
 * @returns unknown where STS refuses it, with its reason; every other error is thrown
 */
export function assumeRoot(accountId: string, partition: string, ctx: AwsContext): Promise<Known<Session>> {
  return readOrUnknown('sts:AssumeRoot', async () => {
    const command = new AssumeRootCommand({
      TargetPrincipal: accountId,
      TaskPolicyArn: { arn: `arn:${partition}:iam::aws:policy/root-task/S3UnlockBucketPolicy` },
      DurationSeconds: 900,
    });
    const { Credentials } = await ctx.aws.organizationSts.send(command, { abortSignal: ctx.signal });
    return sessionOf(`arn:${partition}:iam::${accountId}:root`, Credentials);
  });
}

// What IAM answers where centralized root access cannot be: it is off then, and that is known.
const rootAccessIsOff = [
  'ServiceAccessNotEnabledException',
  'OrganizationNotFoundException',
  'OrganizationNotInAllFeaturesModeException',
] as const;

/**
 * Whether the organization may take privileged root sessions of its member accounts (RootSessions among its features of IAM).
 * Unknown where these credentials may not ask: only the management account's and a delegated administrator's may.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html
 */
export async function hasRootSessions(ctx: AwsContext): Promise<Known<boolean>> {
  try {
    const { EnabledFeatures = [] } = await ctx.aws.organizationIam.send(new ListOrganizationsFeaturesCommand({}), {
      abortSignal: ctx.signal,
    });
    return known(EnabledFeatures.includes('RootSessions'));
  } catch (error) {
    if (isAwsError(error, ...rootAccessIsOff)) return known(false);
    // Look-alikes of AWS have no such operation.
    const isUnanswered = isAwsError(error, 'AccountNotManagementOrDelegatedAdministratorException', 'NotImplemented', 'InvalidAction');
    if (!isRefused(error) && !isUnanswered) throw error;
    return unknown('iam:ListOrganizationsFeatures', errorMessage(error) || errorName(error));
  }
}

function sessionOf(principal: string, given: Credentials | undefined): Session {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = given ?? {};
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) {
    throw failed('AWS', `assuming ${principal}: STS answered without credentials`, 'check AWS_ENDPOINT_URL');
  }
  return { principal, credentials: { accessKeyId, secretAccessKey, sessionToken } };
}
