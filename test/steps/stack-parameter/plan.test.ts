// The stack's plan and findings over landscapes made by hand.
import { describe, expect, test } from 'vitest';
import type { ChangeSet, ResourceChange } from '../../../src/aws/change-set.ts';
import type { FindingCode, Severity } from '../../../src/findings.ts';
import { known, unknown } from '../../../src/ports.ts';
import type { PerimeterInput, StackSeen } from '../../../src/steps/landscape.ts';
import { customFunctionsOutside } from '../../../src/steps/stack-parameter/custom-resources.ts';
import { beyondTheParameter } from '../../../src/steps/stack-parameter/follows.ts';
import { planStackParameter } from '../../../src/steps/stack-parameter/plan.ts';
import { forbidsUpdate } from '../../../src/steps/stack-parameter/stack-policy.ts';
import { aLandscape, anInput, aStack, someChoices } from '../../support/landscape.ts';

const parameter = 'ApiGatewayVPCEndpointId';
const endpoint = 'vpce-0a1b';
const input = (stack: Partial<StackSeen> = {}): PerimeterInput => ({ ...anInput(aLandscape({ stack })), apiGatewayEndpoint: endpoint });

const severities = (of: PerimeterInput, code: FindingCode, standing: ChangeSet | null = null): readonly Severity[] =>
  planStackParameter(of, standing)
    .findings.filter((each) => each.code === code)
    .map(({ severity }) => severity);

const change = (over: Partial<ResourceChange> = {}): ResourceChange => ({
  action: 'Modify',
  logicalId: 'Registry',
  type: 'AWS::ECS::TaskDefinition',
  replacement: 'False',
  details: [{ target: 'Properties.Environment', evaluation: 'Static', source: 'ParameterReference', cause: parameter }],
  nested: [],
  ...over,
});

const changeSet = (changes: readonly ResourceChange[]): ChangeSet => ({
  id: 'arn:change-set',
  name: `quilt-perimeter-${endpoint}`,
  status: 'CREATE_COMPLETE',
  executionStatus: 'AVAILABLE',
  reason: '',
  parameters: { [parameter]: endpoint },
  changes,
});

describe('the plan', () => {
  test('makes the change set in the prepare phase and executes it at the end', () => {
    const { changes } = planStackParameter(input(), null);
    expect(changes.map(({ key, prepare }) => [key, prepare])).toEqual([
      ['stack-parameter/quilt-prod/change-set', true],
      ['stack-parameter/quilt-prod/execute', undefined],
    ]);
    expect(changes[0]?.after).toMatchObject({
      parameter,
      value: endpoint,
      keep: ['VPC', 'Subnets', 'AdminPassword'],
      capabilities: ['CAPABILITY_NAMED_IAM'],
    });
    expect(changes[1]?.before).toMatchObject({ value: '' });
  });
  test('never sends the value of a parameter that is not to change, NoEcho ones least of all', () => {
    expect(JSON.stringify(planStackParameter(input(), null).changes)).not.toContain('subnet-private');
  });
  test('refers to the endpoint that is still to be made', () => {
    const { changes } = planStackParameter(anInput(), null);
    expect(changes[0]?.after).toMatchObject({ value: { ref: 'endpoints/vpc-0a1b/execute-api', field: 'id' } });
  });
  test('only executes where the change set stands, and shows what it changes', () => {
    const { changes, notes } = planStackParameter(input(), changeSet([change()]));
    expect(changes.map(({ key }) => key.split('/').at(-1))).toEqual(['execute']);
    expect(notes.join(' ')).toContain('Modify Registry');
  });
  test('is empty where the parameter has the value', () => {
    const parameters = [{ key: parameter, value: endpoint, noEcho: false, type: 'String' }];
    const done = planStackParameter(input({ stack: aStack({ parameters }) }), null);
    expect(done.changes).toEqual([]);
  });
});

describe('findings', () => {
  test('QP501 is raised where the template has no parameter for the endpoint', () => {
    const none = { ...input({ stack: aStack({ parameters: [] }) }), choices: someChoices({ parameter: null }) };
    expect(severities(none, 'QP501')).toEqual(['error']);
    expect(severities(input(), 'QP501')).toEqual([]);
  });
  test.each(['UPDATE_ROLLBACK_FAILED', 'UPDATE_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'UPDATE_FAILED'])('QP502 is raised in %s', (status) => {
    expect(severities(input({ stack: aStack({ status }) }), 'QP502')).toEqual(['error']);
  });
  test.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE'])(
    'QP502 is not raised in %s',
    (status) => {
      expect(severities(input({ stack: aStack({ status }) }), 'QP502')).toEqual([]);
    },
  );
  test('QP503 warns of a custom resource whose function is outside any VPC', () => {
    const template = (vpc: object) =>
      known(
        JSON.stringify({
          Resources: {
            Fn: { Type: 'AWS::Lambda::Function', Properties: vpc },
            Setup: { Type: 'Custom::Setup', Properties: { ServiceToken: { 'Fn::GetAtt': ['Fn', 'Arn'] } } },
          },
        }),
      );
    expect(severities(input({ template: template({}) }), 'QP503')).toEqual(['warning']);
    expect(severities(input({ template: template({ VpcConfig: { SubnetIds: [] } }) }), 'QP503')).toEqual([]);
    expect(severities(input({ template: unknown('cloudformation:GetTemplate', 'no') }), 'QP503')).toEqual(['unknown']);
  });
  test('QP504 is raised by a change set that replaces or removes', () => {
    expect(severities(input(), 'QP504', changeSet([change({ replacement: 'True' })]))).toEqual(['error']);
    expect(severities(input(), 'QP504', changeSet([change()]))).toEqual([]);
  });
  test("QP505 warns of Terraform's tags", () => {
    expect(severities(input({ stack: aStack({ tags: { ManagedBy: 'Terraform' } }) }), 'QP505')).toEqual(['warning']);
    expect(severities(input(), 'QP505')).toEqual([]);
  });
  test("QP506 is raised for others' change sets that wait, not for ours or failed ones", () => {
    const set = (name: string, executionStatus: string) => ({ id: name, name, status: 'CREATE_COMPLETE', executionStatus });
    expect(severities(input({ changeSets: known([set('upgrade', 'AVAILABLE')]) }), 'QP506')).toEqual(['error']);
    expect(severities(input({ changeSets: known([set('quilt-perimeter-vpce-1', 'AVAILABLE'), set('old', 'OBSOLETE')]) }), 'QP506')).toEqual(
      [],
    );
    expect(severities(input({ changeSets: unknown('cloudformation:ListChangeSets', 'no') }), 'QP506')).toEqual(['unknown']);
  });
  test('QP507 is raised for nested stacks, products, and stack policies that forbid it', () => {
    const rootId = 'arn:aws:cloudformation:us-east-1:111122223333:stack/top/1';
    expect(severities(input({ stack: aStack({ rootId }) }), 'QP507')).toEqual(['error']);
    expect(severities(input({ stack: aStack({ tags: { 'aws:servicecatalog:productArn': 'x' } }) }), 'QP507')).toEqual(['error']);
    const frozen = JSON.stringify({ Statement: [{ Effect: 'Deny', Action: 'Update:*', Principal: '*', Resource: '*' }] });
    expect(severities(input({ stackPolicy: known(frozen) }), 'QP507')).toEqual(['error']);
    expect(severities(input({ stackPolicy: unknown('cloudformation:GetStackPolicy', 'no') }), 'QP507')).toEqual(['unknown']);
    expect(severities(input(), 'QP507')).toEqual([]);
  });
  test('QP508 warns of AWS::LanguageExtensions', () => {
    expect(severities(input({ transforms: ['AWS::LanguageExtensions'] }), 'QP508')).toEqual(['warning']);
    expect(severities(input(), 'QP508')).toEqual([]);
  });
});

describe('what does not follow from the parameter', () => {
  const beyond = (...changes: readonly ResourceChange[]) => beyondTheParameter(changes, parameter);
  const detail = (over: Partial<ResourceChange['details'][number]>) =>
    change({ logicalId: 'Other', details: [{ target: 'Properties.X', evaluation: 'Static', source: null, cause: null, ...over }] });
  test('a change by the parameter, or by what it changes, follows', () => {
    expect(
      beyond(
        change(),
        detail({ source: 'ResourceAttribute', cause: 'Registry.Arn' }),
        detail({ source: 'DirectModification', evaluation: 'Dynamic' }),
      ),
    ).toEqual([]);
  });
  test('a removal, a replacement, another parameter and a direct modification do not', () => {
    expect(beyond(change({ action: 'Remove' }))).toEqual(['Registry (AWS::ECS::TaskDefinition) is removed']);
    expect(beyond(change({ replacement: 'Conditional' }))[0]).toContain('may be replaced');
    expect(beyond(detail({ source: 'ParameterReference', cause: 'ImageId' }))[0]).toContain('ImageId');
    expect(beyond(detail({ source: 'DirectModification' }))).toHaveLength(1);
    expect(beyond(change({ nested: [change({ logicalId: 'Inner', action: 'Remove' })] }))[0]).toContain('Registry/Inner');
  });
});

describe('a stack policy', () => {
  const policy = (...Statement: readonly object[]) => JSON.stringify({ Statement });
  const allow = { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' };
  const denyDatabase = { Effect: 'Deny', Action: 'Update:*', Principal: '*', Resource: 'LogicalResourceId/Database' };
  test('forbids what it denies and what it does not allow', () => {
    expect(forbidsUpdate(null, ['Registry'])).toBe(false);
    expect(forbidsUpdate(policy(allow), ['Registry'])).toBe(false);
    expect(forbidsUpdate(policy(allow, denyDatabase), ['Registry'])).toBe(false);
    expect(forbidsUpdate(policy(allow, denyDatabase), ['Database'])).toBe(true);
    expect(forbidsUpdate(policy({ ...allow, Action: 'Update:Delete' }), [])).toBe(true);
    expect(forbidsUpdate(policy(denyDatabase), ['Registry'])).toBe(true);
  });
});

describe('custom resources', () => {
  test('of YAML templates are told as those of JSON', () => {
    const yaml = [
      'Parameters:',
      '  VPC: { Type: String }',
      'Resources:',
      '  Outside:',
      '    Type: AWS::Lambda::Function',
      '    Properties:',
      '      Handler: index.handler',
      '  Inside:',
      '    Type: AWS::Lambda::Function',
      '    Properties:',
      '      VpcConfig:',
      '        SubnetIds: []',
      '  First:',
      '    Type: Custom::First',
      '    Properties:',
      '      ServiceToken: !GetAtt Outside.Arn',
      '  Second:',
      '    Type: Custom::Second',
      '    Properties:',
      '      ServiceToken:',
      '        Fn::GetAtt: [Inside, Arn]',
      '  Third:',
      '    Type: AWS::CloudFormation::CustomResource',
      '    Properties:',
      '      ServiceToken: !ImportValue shared-function',
      'Outputs: {}',
    ].join('\n');
    expect(customFunctionsOutside(yaml)).toEqual({ outside: [{ resource: 'First', fn: 'Outside' }], untold: ['Third'] });
  });
  test('of an unreadable template are none', () => {
    expect(customFunctionsOutside('{ not json')).toEqual({ outside: [], untold: [] });
  });
});
