// Custom resources of a template and the functions behind them. Templates are JSON or YAML; of YAML only what is needed is
// read: the blocks under Resources by their indentation, and in them a type, a ServiceToken and whether there is a VpcConfig.

export interface CustomFunctions {
  /** Custom resources whose function is in the template and has no VpcConfig. */
  readonly outside: readonly { readonly resource: string; readonly fn: string }[];
  /** Custom resources whose function the template does not name. */
  readonly untold: readonly string[];
}

interface Resource {
  readonly name: string;
  readonly type: string;
  /** The logical id that the ServiceToken takes its ARN from; null where it comes from elsewhere. */
  readonly serviceToken: string | null;
  readonly hasVpcConfig: boolean;
}

/** Whose functions run outside any VPC. */
export function customFunctionsOutside(template: string): CustomFunctions {
  const resources = template.trimStart().startsWith('{') ? fromJson(template) : fromYaml(template);
  const custom = resources.filter(({ type }) => type === 'AWS::CloudFormation::CustomResource' || type.startsWith('Custom::'));
  const told = custom.map((resource) => ({ resource, fn: resources.find(({ name }) => name === resource.serviceToken) }));
  return {
    outside: told.flatMap(({ resource, fn }) =>
      fn?.type === 'AWS::Lambda::Function' && !fn.hasVpcConfig ? [{ resource: resource.name, fn: fn.name }] : [],
    ),
    untold: told.filter(({ fn }) => fn?.type !== 'AWS::Lambda::Function').map(({ resource }) => resource.name),
  };
}

function fromJson(template: string): readonly Resource[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(template);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [];
  }
  return Object.entries(fieldsOf(fieldsOf(parsed).Resources)).map(([name, resource]) => {
    const { Type, Properties } = fieldsOf(resource);
    const { ServiceToken, VpcConfig } = fieldsOf(Properties);
    return {
      name,
      type: typeof Type === 'string' ? Type : '',
      serviceToken: attributeOwner(ServiceToken),
      hasVpcConfig: VpcConfig !== undefined,
    };
  });
}

function attributeOwner(token: unknown): string | null {
  const attribute = fieldsOf(token)['Fn::GetAtt'];
  const path: unknown = Array.isArray(attribute) ? attribute[0] : attribute;
  return typeof path === 'string' ? (path.split('.')[0] ?? null) : null;
}

const fieldsOf = (value: unknown): { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

function fromYaml(template: string): readonly Resource[] {
  const lines = template.split(/\r?\n/).filter((line) => !/^\s*(#.*)?$/.test(line));
  const start = lines.findIndex((line) => /^Resources:/.test(line));
  if (start === -1) return [];
  const body = lines.slice(start + 1);
  const end = body.findIndex((line) => /^\S/.test(line));
  const section = end === -1 ? body : body.slice(0, end);
  const indent = section[0]?.search(/\S/) ?? 0;
  const heads = section.flatMap((line, index) => (line.search(/\S/) === indent ? [index] : []));
  return heads.map((head, index) => {
    const block = section.slice(head, heads[index + 1]).join('\n');
    return {
      name:
        block
          .split(':')[0]
          ?.trim()
          .replace(/^["']|["']$/g, '') ?? '',
      type: /^\s+Type:\s*["']?([^\s"']+)/m.exec(block)?.[1] ?? '',
      serviceToken:
        /ServiceToken:\s*(?:!GetAtt\s+["']?(\w+)\.Arn|\n?\s*Fn::GetAtt:\s*\[?\s*\n?\s*-?\s*["']?(\w+))/
          .exec(block)
          ?.slice(1)
          .find((found) => found !== undefined) ?? null,
      hasVpcConfig: /^\s+VpcConfig:/m.test(block),
    };
  });
}
