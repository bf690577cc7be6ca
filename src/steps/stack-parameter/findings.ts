// What speaks against updating the stack, told from the landscape and, where it stands, from the change set.
import type { ChangeSet } from '../../aws/change-set.ts';
import { ownerOf } from '../../aws/tags.ts';
import { type Finding, finding, unknownFinding } from '../../findings.ts';
import type { PerimeterInput } from '../landscape.ts';
import { ourChangeSets } from './change-set.ts';
import { customFunctionsOutside } from './custom-resources.ts';
import { beyondTheParameter } from './follows.ts';
import { wayOut } from './halfway.ts';
import { forbidsUpdate } from './stack-policy.ts';

/** The update that is about to be made. */
export interface Intent {
  readonly standing: ChangeSet | null;
  readonly parameter: string;
}

/** All findings of the step; without an intent, those that hold once the parameter is set, too. */
export function stackFindings(input: PerimeterInput, intent: Intent | null): readonly Finding[] {
  const always = [...outsideFunctions(input), ...terraform(input)];
  if (intent === null) return always;
  return [
    ...notUpdatable(input),
    ...(intent.standing === null ? [] : doesMore(intent.standing, intent.parameter)),
    ...otherChangeSets(input),
    ...notHere(input, intent.standing),
    ...languageExtensions(input),
    ...always,
  ];
}

/** QP501: private endpoints are not enabled for the stack (G18). */
export const noParameter = ({ choices, landscape }: PerimeterInput): Finding =>
  finding('QP501', {
    detail: `the template of stack ${landscape.stack.stack.name} has no parameter ${choices.parameter ?? 'ApiGatewayVPCEndpointId or ApiGatewayVPCEndpoint'}`,
    subjects: [landscape.stack.stack.name],
    remedy: 'ask your Quilt account manager to enable private endpoints for the stack; --parameter names a parameter of another name',
  });

const updatable = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE'];

/** Whether a stack of this status can be updated (G10): no update is under way, and none was left half-done. */
export const isUpdatable = (status: string): boolean => updatable.includes(status);

/** QP502: the stack's status does not allow an update (G10). */
export function notUpdatable({ landscape }: PerimeterInput): readonly Finding[] {
  const { stack } = landscape.stack;
  if (isUpdatable(stack.status)) return [];
  const { region } = landscape.survey.quilt;
  const command = wayOut(stack.status);
  const remedies: { readonly [status: string]: string } = {
    ROLLBACK_COMPLETE: 'its creation failed: delete the stack and create it anew',
    ROLLBACK_FAILED: 'its creation failed: delete the stack and create it anew',
    CREATE_FAILED: 'its creation failed: delete the stack and create it anew',
    REVIEW_IN_PROGRESS: 'execute or delete the change set that would create it',
  };
  return [
    finding('QP502', {
      detail: `stack ${stack.name} is in ${stack.status}`,
      subjects: [stack.name],
      remedy:
        (command === null ? remedies[stack.status] : `${command} --stack-name ${stack.name} --region ${region}`) ??
        (stack.status.endsWith('_IN_PROGRESS') ? 'wait until that is over, then run again' : 'bring it into UPDATE_COMPLETE'),
    }),
  ];
}

/** QP503: custom resources whose functions run outside any VPC. */
export function outsideFunctions({ landscape }: PerimeterInput): readonly Finding[] {
  const { template, stack } = landscape.stack;
  if (!template.known) return [unknownFinding('QP503', template.action, template.why, [stack.name])];
  const { outside, untold } = customFunctionsOutside(template.value);
  return [
    ...(outside.length === 0
      ? []
      : [
          finding('QP503', {
            detail: outside
              .map(({ resource, fn }) => `custom resource ${resource} calls function ${fn}, which has no VpcConfig`)
              .join('; '),
            subjects: [...new Set(outside.map(({ fn }) => fn))],
            remedy: 'give these functions a VpcConfig in the trusted VPC',
          }),
        ]),
    ...(untold.length === 0
      ? []
      : [unknownFinding('QP503', 'lambda:GetFunction', 'the functions behind these custom resources are not in the template', untold)]),
  ];
}

/** QP504: the change set does more than set the parameter. */
function doesMore(set: ChangeSet, parameter: string): readonly Finding[] {
  const beyond = beyondTheParameter(set.changes, parameter);
  if (beyond.length === 0) return [];
  return [
    finding('QP504', {
      detail: `change set ${set.name}: ${beyond.join('; ')}`,
      subjects: [set.name],
      remedy: 'ask your Quilt account manager whether that is meant; --accept QP504 goes on with it',
    }),
  ];
}

/** QP505: Terraform would set the parameter back (G17). */
export function terraform({ choices, landscape }: PerimeterInput): readonly Finding[] {
  const { stack } = landscape.stack;
  const owner = ownerOf(stack.tags);
  if (owner?.tool !== 'Terraform') return [];
  return [
    finding('QP505', {
      detail: `stack ${stack.name} carries ${owner.evidence}`,
      subjects: [stack.name],
      remedy: `set it there too: parameters = { ${choices.parameter ?? 'ApiGatewayVPCEndpoint'} = "vpce-…" } of the aws_cloudformation_stack`,
    }),
  ];
}

/** QP506: executing ours deletes the stack's other change sets (G8). */
export function otherChangeSets({ landscape }: PerimeterInput): readonly Finding[] {
  const { changeSets, stack } = landscape.stack;
  if (!changeSets.known) return [unknownFinding('QP506', changeSets.action, changeSets.why, [stack.name])];
  const waiting = changeSets.value.filter(
    ({ name, status, executionStatus }) =>
      !name.startsWith(ourChangeSets) && (executionStatus === 'AVAILABLE' || /^CREATE_(PENDING|IN_PROGRESS)$/.test(status)),
  );
  if (waiting.length === 0) return [];
  const names = waiting.map(({ name }) => name);
  return [
    finding('QP506', {
      detail: `stack ${stack.name} has change sets ${names.join(', ')}`,
      subjects: names,
      remedy: `execute or note them first: aws cloudformation describe-change-set --stack-name ${stack.name} --change-set-name ${names[0]}`,
    }),
  ];
}

/** QP507: the update has to be made somewhere else, or is forbidden (G8, G13). */
export function notHere({ landscape }: PerimeterInput, standing: ChangeSet | null): readonly Finding[] {
  const { stack, stackPolicy } = landscape.stack;
  const root = stack.rootId ?? stack.parentId;
  const product = Object.keys(stack.tags).find((key) => key.startsWith('aws:servicecatalog:'));
  const because = (detail: string, remedy: string): readonly Finding[] => [finding('QP507', { detail, subjects: [stack.name], remedy })];
  return [
    ...(root === null ? [] : because(`stack ${stack.name} is nested in ${root}`, `update its root: --stack ${root.split('/')[1] ?? root}`)),
    ...(product === undefined
      ? []
      : because(`stack ${stack.name} is a Service Catalog product (${product})`, 'update the provisioned product in Service Catalog')),
    ...(!stackPolicy.known
      ? [unknownFinding('QP507', stackPolicy.action, stackPolicy.why, [stack.name])]
      : forbidsUpdate(stackPolicy.value, standing?.changes.map(({ logicalId }) => logicalId) ?? [])
        ? because(
            `the stack policy of ${stack.name} forbids this update`,
            `allow Update:* for the time of the update: aws cloudformation set-stack-policy --stack-name ${stack.name}`,
          )
        : []),
  ];
}

/** QP508: with this transform, processed values may differ (G3). */
export function languageExtensions({ landscape }: PerimeterInput): readonly Finding[] {
  const { transforms, stack } = landscape.stack;
  if (!transforms.includes('AWS::LanguageExtensions')) return [];
  return [finding('QP508', { detail: `the template of stack ${stack.name} declares AWS::LanguageExtensions`, subjects: [stack.name] })];
}
