// Service control policies: found by name, told to be ours by the mark in their description, made, changed, attached and
// removed. Organizations takes no client token for any of it (D9). A write under way is never aborted.
import {
  AttachPolicyCommand,
  CreatePolicyCommand,
  DeletePolicyCommand,
  DescribePolicyCommand,
  DetachPolicyCommand,
  EnablePolicyTypeCommand,
  ListPoliciesCommand,
  ListPoliciesForTargetCommand,
  ListTagsForResourceCommand,
  ListTargetsForPolicyCommand,
  type PolicySummary,
  UpdatePolicyCommand,
} from '@aws-sdk/client-organizations';
import { failed } from '../errors.ts';
import { isAwsError } from './aws-error.ts';
import type { AwsContext } from './context.ts';
import { allByNextToken } from './next-token.ts';
import { readRoot } from './organization.ts';
import { told } from './told.ts';
import type { OrganizationPolicy, OrganizationTarget, Tags } from './types.ts';
import { waitUntil } from './wait.ts';

const Filter = 'SERVICE_CONTROL_POLICY' as const;

/** All SCPs of the organization. */
export async function listPolicies(ctx: AwsContext): Promise<readonly OrganizationPolicy[]> {
  const policies = await allByNextToken(
    'ListPolicies',
    (token) => ctx.aws.organizations.send(new ListPoliciesCommand({ Filter, ...token }), { abortSignal: ctx.signal }),
    (page) => page.Policies,
    ctx,
  );
  return policies.map(policyOf);
}

/** The SCPs attached to this target itself; inherited ones are not among them (D17). */
export async function listPoliciesOf(targetId: string, ctx: AwsContext): Promise<readonly OrganizationPolicy[]> {
  const policies = await allByNextToken(
    'ListPoliciesForTarget',
    (token) =>
      ctx.aws.organizations.send(new ListPoliciesForTargetCommand({ TargetId: targetId, Filter, ...token }), {
        abortSignal: ctx.signal,
      }),
    (page) => page.Policies,
    ctx,
  );
  return policies.map(policyOf);
}

/** The SCP and its content, undefined where there is none of this id. */
export async function findPolicy(
  id: string,
  ctx: AwsContext,
): Promise<{ readonly policy: OrganizationPolicy; readonly content: string } | undefined> {
  try {
    const { Policy } = await ctx.aws.organizations.send(new DescribePolicyCommand({ PolicyId: id }), { abortSignal: ctx.signal });
    const summary = told(Policy?.PolicySummary, 'DescribePolicy', 'PolicySummary');
    return { policy: policyOf(summary), content: told(Policy?.Content, 'DescribePolicy', 'Content') };
  } catch (error) {
    if (isAwsError(error, 'PolicyNotFoundException')) return undefined;
    throw error;
  }
}

/** The root, units and accounts that this SCP is attached to; none where the SCP is gone. */
export async function listTargetsOf(policyId: string, ctx: AwsContext): Promise<readonly OrganizationTarget[]> {
  try {
    const targets = await allByNextToken(
      'ListTargetsForPolicy',
      (token) =>
        ctx.aws.organizations.send(new ListTargetsForPolicyCommand({ PolicyId: policyId, ...token }), {
          abortSignal: ctx.signal,
        }),
      (page) => page.Targets,
      ctx,
    );
    return targets.map(({ TargetId, Arn, Name, Type }): OrganizationTarget => {
      const id = told(TargetId, 'ListTargetsForPolicy', 'TargetId');
      const type = Type === 'ROOT' || Type === 'ORGANIZATIONAL_UNIT' ? Type : 'ACCOUNT';
      return { id, arn: Arn ?? '', name: Name ?? id, type };
    });
  } catch (error) {
    if (isAwsError(error, 'PolicyNotFoundException')) return [];
    throw error;
  }
}

/** The SCP's tags. */
export async function readPolicyTags(policyId: string, ctx: AwsContext): Promise<Tags> {
  const tags = await allByNextToken(
    'ListTagsForResource',
    (token) =>
      ctx.aws.organizations.send(new ListTagsForResourceCommand({ ResourceId: policyId, ...token }), {
        abortSignal: ctx.signal,
      }),
    (page) => page.Tags,
    ctx,
  );
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

/**
 * The SCP of this name and description (our mark), made where there is none, and its id. Its content is left as it is found:
 * a policy that stands is changed by `updatePolicy` only. Throws where the name is taken by a policy without the mark (D9).
 */
export async function ensurePolicy(
  wanted: { readonly name: string; readonly description: string; readonly content: string },
  ctx: AwsContext,
): Promise<string> {
  const standing = await findMarked(wanted, ctx);
  if (standing) return standing.id;
  try {
    const { Policy } = await ctx.aws.organizations.send(
      new CreatePolicyCommand({ Name: wanted.name, Description: wanted.description, Content: wanted.content, Type: Filter }),
    );
    if (Policy?.PolicySummary?.Id) return Policy.PolicySummary.Id;
    throw failed(
      'policy-without-id',
      `creating SCP (${wanted.name}): Organizations answered without its id`,
      'run again: it is found by its name',
    );
  } catch (error) {
    if (!isAwsError(error, 'DuplicatePolicyException')) throw error;
    const made = await findMarked(wanted, ctx);
    if (made) return made.id;
    throw nameTaken(wanted.name, error);
  }
}

async function findMarked(
  wanted: { readonly name: string; readonly description: string },
  ctx: AwsContext,
): Promise<OrganizationPolicy | undefined> {
  const standing = (await listPolicies(ctx)).find((policy) => policy.name === wanted.name);
  if (standing && standing.description !== wanted.description) throw nameTaken(wanted.name);
  return standing;
}

const nameTaken = (name: string, cause?: unknown) =>
  failed(
    'policy-name-taken',
    `creating SCP (${name}): a policy of that name exists that this tool did not make for this place`,
    'choose another name with --policy-name',
    cause,
  );

/** Replaces the SCP's content. */
export async function updatePolicy(id: string, content: string, ctx: AwsContext): Promise<void> {
  await ctx.aws.organizations.send(new UpdatePolicyCommand({ PolicyId: id, Content: content }));
}

/** Attaches the SCP to a root, unit or account; attached already is success (D10). */
export async function ensureAttached(policyId: string, targetId: string, ctx: AwsContext): Promise<void> {
  try {
    await ctx.aws.organizations.send(new AttachPolicyCommand({ PolicyId: policyId, TargetId: targetId }));
  } catch (error) {
    if (!isAwsError(error, 'DuplicatePolicyAttachmentException')) throw error;
  }
}

/** Detaches the SCP from a target; not attached, or the SCP or target gone, is success. */
export async function ensureDetached(policyId: string, targetId: string, ctx: AwsContext): Promise<void> {
  try {
    await ctx.aws.organizations.send(new DetachPolicyCommand({ PolicyId: policyId, TargetId: targetId }));
  } catch (error) {
    if (!isAwsError(error, 'PolicyNotAttachedException', 'PolicyNotFoundException', 'TargetNotFoundException')) throw error;
  }
}

/** Deletes the SCP; gone is success. Organizations refuses with PolicyInUseException while it is attached anywhere (K17). */
export async function removePolicy(id: string, ctx: AwsContext): Promise<void> {
  try {
    await ctx.aws.organizations.send(new DeletePolicyCommand({ PolicyId: id }));
  } catch (error) {
    if (!isAwsError(error, 'PolicyNotFoundException')) throw error;
  }
}

/** Asks for the policy type on the root; enabled already is success. Enabling goes on in the background (D6). */
export async function enablePolicyType(rootId: string, ctx: AwsContext): Promise<void> {
  try {
    await ctx.aws.organizations.send(new EnablePolicyTypeCommand({ RootId: rootId, PolicyType: Filter }));
  } catch (error) {
    if (!isAwsError(error, 'PolicyTypeAlreadyEnabledException')) throw error;
  }
}

/** `ENABLED`, `PENDING_ENABLE`, `PENDING_DISABLE`, or `none` where the root does not list the type. */
export async function readPolicyTypeStatus(ctx: AwsContext): Promise<string> {
  return (await readRoot(ctx)).policyTypes[Filter] ?? 'none';
}

/**
 * Waits until the policy type is enabled on the root, at most 15 minutes; `waited` is told the seconds so far. Throws
 * PerimeterError `TIMEOUT` where it is not by then, with what to do: enabling goes on in the background (D6).
 */
export async function waitPolicyTypeEnabled(ctx: AwsContext, waited: (seconds: number) => void): Promise<void> {
  await waitUntil(
    {
      what: `waiting for policy type (${Filter}) to be enabled`,
      timeoutSeconds: 15 * 60,
      everySeconds: 5,
      waited,
      remedy:
        'look at its Status with aws organizations list-roots: once it is ENABLED, run again to go on; if it stays PENDING_ENABLE for hours, open a case with AWS Support',
    },
    async () => ((await readPolicyTypeStatus(ctx)) === 'ENABLED' ? true : undefined),
    ctx,
  );
}

const policyOf = ({ Id, Arn, Name, Description, AwsManaged }: PolicySummary): OrganizationPolicy => ({
  id: told(Id, 'ListPolicies', 'Id'),
  arn: Arn ?? '',
  name: told(Name, 'ListPolicies', 'Name'),
  description: Description ?? '',
  awsManaged: AwsManaged ?? false,
});
