// QP409: what reaches the buckets from outside any VPC and will be denied.
import { type Finding, finding, unknownFinding } from '../../findings.ts';
import type { Known } from '../../ports.ts';
import type { PerimeterInput } from '../landscape.ts';
import { type Outsider, outsiders, runsOutside } from './reaching.ts';

/** QP409: an error for what is the stack's, a warning for the rest, unknown for what may not be read. Of this Region only. */
export function outsideFindings(input: PerimeterInput): readonly Finding[] {
  const { outside, stack } = input.landscape;
  const { functions, canaries, roles } = outside;
  const untold = (read: Known<unknown>, subjects: readonly string[]) =>
    read.known ? [] : [unknownFinding('QP409', read.action, read.why, subjects)];
  const found = roles.known ? outsiders(input, roles.value) : [];
  const ofStack = found.filter((each) => isOfStack(each, input));
  const others = found.filter((each) => !ofStack.includes(each));
  return [
    ...untold(functions, []),
    ...untold(canaries, []),
    ...untold(
      roles,
      runsOutside(input).map(({ name }) => name),
    ),
    ...(found.length > 0 ? untold(stack.resources, subjectsOf(found)) : []),
    ...told(ofStack, 'error', input),
    ...told(others, 'warning', input),
  ];
}

/** A resource of the stack by itself or by its role. */
function isOfStack({ kind, name, role }: Outsider, { landscape }: PerimeterInput): boolean {
  const { resources } = landscape.stack;
  if (!resources.known) return false;
  const types = { function: 'AWS::Lambda::Function', canary: 'AWS::Synthetics::Canary', service: '' };
  return resources.value.some(
    ({ type, physicalId }) =>
      (type === types[kind] && physicalId === name) || (type === 'AWS::IAM::Role' && [role.name, role.arn].includes(physicalId)),
  );
}

function told(found: readonly Outsider[], severity: 'error' | 'warning', input: PerimeterInput): readonly Finding[] {
  if (found.length === 0) return [];
  const { exemptTag, subnets, vpc } = input.choices;
  const inScope = input.landscape.buckets.inScope.length;
  const runs = found.filter(({ kind }) => kind === 'function');
  const [first] = runs;
  const roles = [...new Set(found.map(({ role }) => role.name))];
  return [
    finding('QP409', {
      severity,
      detail: found.map((each) => inWords(each, inScope)).join('; '),
      subjects: subjectsOf(found),
      remedy: [
        ...(first === undefined
          ? []
          : [
              `put ${runs.length === 1 ? 'the function' : 'the functions'} into ${vpc}: aws lambda update-function-configuration --function-name ${runs.length === 1 ? first.name : 'NAME'} --vpc-config SubnetIds=${subnets.join(',')},SecurityGroupIds=GROUP`,
            ]),
        `exempt the role: aws iam tag-role --role-name ${roles.length === 1 ? roles[0] : 'ROLE'} --tags Key=${exemptTag},Value=true`,
      ].join('; or '),
    }),
  ];
}

const subjectsOf = (found: readonly Outsider[]): readonly string[] => [
  ...new Set(found.map(({ kind, name, role }) => (kind === 'service' ? role.name : name))),
];

const mostNames = 3;

function inWords({ kind, name, role, buckets }: Outsider, inScope: number): string {
  const where =
    buckets.length === inScope
      ? 'every bucket in scope'
      : buckets.length > mostNames + 1
        ? `${buckets.slice(0, mostNames).join(', ')} and ${buckets.length - mostNames} more`
        : buckets.join(', ');
  return kind === 'service' ? `role ${role.name} of ${name} on ${where}` : `${kind} ${name} (role ${role.name}) on ${where}`;
}
