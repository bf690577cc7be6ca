// What a create, update or change set request comes to: the template and the parameters, tags, capabilities and role
// that will hold. What is omitted is where it hurts: parameters fall back to defaults, the rest stays (G1, G5).
import type { Parameter, Tag } from '@aws-sdk/client-cloudformation';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import type { StackContent } from './state.ts';
import { invalid, parseTemplate, type Template, type TemplateParameter } from './template.ts';

export interface ContentInput {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
  readonly Parameters?: readonly Parameter[] | undefined;
  readonly Capabilities?: readonly string[] | undefined;
  readonly Tags?: readonly Tag[] | undefined;
  readonly NotificationARNs?: readonly string[] | undefined;
  readonly RoleARN?: string | undefined;
}

/**
 * The content that the request asks for. Throws ValidationError (template, parameters) and
 * InsufficientCapabilitiesException (G4).
 */
export function contentOf(world: World, call: Call, input: ContentInput, previous: StackContent | null): StackContent {
  const body = bodyOf(input, previous);
  const template = parseTemplate(body);
  const parameters = parametersOf(template, input.Parameters ?? [], previous);
  checkTypes(world, call, template, parameters);
  const missing = capabilitiesNeeded(template).filter((capability) => !allowed(capability, input.Capabilities ?? []));
  if (missing.length > 0) throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${missing.join(', ')}]`);
  return {
    template: body,
    parameters,
    tags:
      input.Tags === undefined ? { ...previous?.tags } : Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    capabilities: [...(input.Capabilities ?? [])],
    notificationArns: [...(input.NotificationARNs ?? previous?.notificationArns ?? [])],
    roleArn: input.RoleARN ?? previous?.roleArn ?? null,
  };
}

/** Capabilities that the template needs, with the resource types that need them. */
export function capabilitiesNeeded(template: Template): readonly string[] {
  const iam = Object.values(template.resources).filter(({ type }) => type.startsWith('AWS::IAM::'));
  const named = iam.some(({ properties }) => namesOfIam.some((name) => name in properties));
  return [
    ...(named ? ['CAPABILITY_NAMED_IAM'] : iam.length > 0 ? ['CAPABILITY_IAM'] : []),
    ...(template.transforms.length > 0 ? ['CAPABILITY_AUTO_EXPAND'] : []),
  ];
}

const namesOfIam = ['RoleName', 'UserName', 'GroupName', 'ManagedPolicyName', 'InstanceProfileName'];

const allowed = (capability: string, given: readonly string[]): boolean =>
  given.includes(capability) || (capability === 'CAPABILITY_IAM' && given.includes('CAPABILITY_NAMED_IAM'));

function bodyOf(input: ContentInput, previous: StackContent | null): string {
  const { TemplateBody, TemplateURL, UsePreviousTemplate } = input;
  const given = [TemplateBody !== undefined, TemplateURL !== undefined, UsePreviousTemplate === true].filter(Boolean).length;
  if (given > 1 && UsePreviousTemplate) throw invalid('UsePreviousTemplate cannot be combined with TemplateBody or TemplateURL');
  if (given !== 1) throw invalid('Either Template URL or Template Body must be specified.');
  if (TemplateURL !== undefined) throw invalid('TemplateURL must be a supported URL.');
  if (TemplateBody !== undefined) return TemplateBody;
  if (!previous) throw invalid('UsePreviousTemplate cannot be true for a stack that does not exist.');
  return previous.template;
}

function parametersOf(template: Template, given: readonly Parameter[], previous: StackContent | null): { [key: string]: string } {
  const unknown = given.map(({ ParameterKey }) => ParameterKey ?? '').filter((key) => !(key in template.parameters));
  if (unknown.length > 0) throw invalid(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const missing: string[] = [];
  const parameters: { [key: string]: string } = {};
  for (const [key, parameter] of Object.entries(template.parameters)) {
    const value = parameterValue(
      key,
      parameter,
      given.findLast(({ ParameterKey }) => ParameterKey === key),
      previous,
    );
    if (value === null) missing.push(key);
    else parameters[key] = value;
  }
  if (missing.length > 0) throw invalid(`Parameters: [${missing.join(', ')}] must have values`);
  return parameters;
}

function parameterValue(
  key: string,
  parameter: TemplateParameter,
  given: Parameter | undefined,
  previous: StackContent | null,
): string | null {
  if (given?.UsePreviousValue) {
    if (given.ParameterValue !== undefined)
      throw invalid(`Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`);
    const before = previous?.parameters[key];
    if (before === undefined)
      throw invalid(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      );
    return before;
  }
  // An omitted parameter falls back to the template's default, not to the stack's present value (G1).
  const value = given?.ParameterValue ?? parameter.default;
  if (value === null) return null;
  if (parameter.allowedValues && !parameter.allowedValues.includes(value)) throw invalid(`Parameter '${key}' must be one of AllowedValues`);
  if (parameter.allowedPattern !== null && !new RegExp(`^(?:${parameter.allowedPattern})$`).test(value))
    throw invalid(`Parameter '${key}' must match pattern ${parameter.allowedPattern}`);
  return value;
}

/** Parameters of AWS-specific types must name what is there. */
function checkTypes(world: World, call: Call, template: Template, parameters: { readonly [key: string]: string }): void {
  for (const [key, value] of Object.entries(parameters)) {
    const match = /^(?:List<)?(AWS::EC2::(?:VPC|Subnet|SecurityGroup)::Id)>?$/.exec(template.parameters[key]?.type ?? '');
    if (!match) continue;
    const table = {
      'AWS::EC2::VPC::Id': world.ec2.vpcs,
      'AWS::EC2::Subnet::Id': world.ec2.subnets,
      'AWS::EC2::SecurityGroup::Id': world.ec2.securityGroups,
    }[match[1] ?? ''];
    for (const id of value.split(',').map((item) => item.trim()))
      if (table?.[id]?.region !== call.region)
        throw invalid(`Parameter validation failed: parameter value ${id} for parameter name ${key} does not exist`);
  }
}
