// Who runs this, who carries the exempt tag, and what the stack's roles may do.
import pLimit from 'p-limit';
import type { AwsContext } from '../aws/context.ts';
import { readOrUnknown } from '../aws/refused.ts';
import { listRoles, readRolePolicies, readRoleTags, readUserTags } from '../aws/role.ts';
import type { Tags } from '../aws/types.ts';
import { type Known, known } from '../ports.ts';
import type { OperatorSeen, StackSeen, Survey } from './landscape.ts';
import { roleNameOf } from './perimeter-spec.ts';

/** Reads the operator's tags, the account's roles and the policies of the stack's roles. */
export async function readOperator(survey: Survey, { resources }: StackSeen, ctx: AwsContext): Promise<OperatorSeen> {
  const [tags, roles, stackRolePolicies] = await Promise.all([
    readOperatorTags(survey.quilt.arn, ctx),
    readOrUnknown('iam:ListRoles', () => listRoles(ctx)),
    resources.known
      ? readPolicies(
          resources.value.filter(({ type }) => type === 'AWS::IAM::Role').map(({ physicalId }) => physicalId),
          ctx,
        )
      : Promise.resolve(resources),
  ]);
  return { tags, roles, stackRolePolicies };
}

function readOperatorTags(arn: string, ctx: AwsContext): Promise<Known<Tags>> {
  const role = roleNameOf(arn);
  if (role !== null) return readOrUnknown('iam:ListRoleTags', () => readRoleTags(role, ctx));
  const user = /:user\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  if (user !== undefined) return readOrUnknown('iam:ListUserTags', () => readUserTags(user, ctx));
  return Promise.resolve(known({}));
}

function readPolicies(roles: readonly string[], ctx: AwsContext): Promise<OperatorSeen['stackRolePolicies']> {
  const limit = pLimit(8);
  return readOrUnknown('iam:GetRolePolicy', async () =>
    (await Promise.all(roles.map((role) => limit(() => readRolePolicies(role, ctx))))).flat(),
  );
}
