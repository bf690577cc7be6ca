import { beforeEach, describe, expect, it } from 'vitest';
import { cloudFormationModel } from '../../../src/sandbox/cloudformation/model.ts';
import { buildScenario } from '../../../src/sandbox/scenarios/index.ts';
import { type DirectCalls, directCalls } from '../../support/direct-calls.ts';

const now = Date.parse('2026-06-01T09:00:00Z');
const StackName = 'quilt-prod';
const endpointId = 'vpce-0aaaaaaaaaaaaaaaa';

let calls: DirectCalls;
interface Parameter {
  readonly ParameterKey: string;
  readonly ParameterValue: string;
}

/** Every parameter of the stack with UsePreviousValue, but for these. */
function previousBut(values: { readonly [key: string]: string }): object[] {
  return describeStack().Parameters.map(({ ParameterKey }: Parameter) => {
    const ParameterValue = values[ParameterKey];
    return ParameterValue === undefined ? { ParameterKey, UsePreviousValue: true } : { ParameterKey, ParameterValue };
  });
}
const change = (key: string, value: string) => previousBut({ [key]: value });
const describeStack = () => calls.run('DescribeStacks', { StackName }).Stacks[0];
const parameter = (key: string): string =>
  describeStack().Parameters.find(({ ParameterKey }: Parameter) => ParameterKey === key)?.ParameterValue;
const update = { StackName, UsePreviousTemplate: true, Capabilities: ['CAPABILITY_NAMED_IAM'] };
const changeSet = (ChangeSetName: string, Parameters: object[], more: object = {}) =>
  calls.run('CreateChangeSet', { ...update, ChangeSetName, ChangeSetType: 'UPDATE', Parameters, ...more });
const described = (ChangeSetName: string) => calls.run('DescribeChangeSet', { StackName, ChangeSetName });
const wait = (seconds: number) => {
  calls.now += seconds * 1000;
};

beforeEach(() => {
  calls = directCalls(cloudFormationModel, buildScenario('greenfield', { now, speed: 60, seed: 1 }));
  const [any] = Object.values(calls.world.ec2.vpcEndpoints);
  if (any) calls.world.ec2.vpcEndpoints[endpointId] = { ...any, id: endpointId };
});

describe('what is read', () => {
  it('masks NoEcho values everywhere and tells the rest (G2)', () => {
    expect(parameter('AdminPassword')).toBe('****');
    expect(parameter('DBUrl')).toBe('****');
    expect(parameter('RegistrySize')).toBe('3');
    expect(JSON.stringify(calls.run('DescribeStacks'))).not.toContain('sandbox-admin-password');
    changeSet('c', previousBut({ ApiGatewayVPCEndpointId: endpointId, AdminPassword: 'another-secret' }));
    expect(JSON.stringify(described('c'))).not.toContain('another-secret');
  });

  it('tells parameters, capabilities and transforms of the template', () => {
    const summary = calls.run('GetTemplateSummary', { StackName });
    expect(summary.Parameters).toContainEqual(
      expect.objectContaining({ ParameterKey: 'ApiGatewayVPCEndpointId', DefaultValue: '', NoEcho: false }),
    );
    expect(summary.Parameters).toContainEqual(expect.objectContaining({ ParameterKey: 'AdminPassword', NoEcho: true }));
    expect(summary.Capabilities).toEqual(['CAPABILITY_NAMED_IAM']);
    expect(summary.DeclaredTransforms).toEqual([]);
    expect(JSON.parse(calls.run('GetTemplate', { StackName }).TemplateBody).Resources.PrivateServicesApi.Type).toBe(
      'AWS::ApiGateway::RestApi',
    );
  });

  it('lists resources, and outputs worked out', () => {
    const resources = calls.run('ListStackResources', { StackName }).StackResourceSummaries;
    expect(resources).toContainEqual(
      expect.objectContaining({ LogicalResourceId: 'SearchCanary', PhysicalResourceId: 'quilt-prod-search' }),
    );
    expect(calls.run('DescribeStackResources', { StackName, LogicalResourceId: 'AnalyticsBucket' }).StackResources).toHaveLength(1);
    expect(describeStack().Outputs).toContainEqual(
      expect.objectContaining({ OutputKey: 'RegistryHost', OutputValue: 'registry.catalog.example.com' }),
    );
  });

  it('lets nobody see stacks of another account, and words what is missing', () => {
    expect(calls.run('DescribeStacks', {}, 'management').Stacks).toEqual([]);
    expect(calls.refusal('DescribeStacks', { StackName: 'nope' })).toMatchObject({
      code: 'ValidationError',
      message: 'Stack with id nope does not exist',
    });
    expect(calls.refusal('CreateChangeSet', { ...update, StackName: 'nope', ChangeSetName: 'c' }).message).toBe(
      'Stack [nope] does not exist',
    );
  });

  it('lists stacks by pages of fifty', () => {
    for (let index = 0; index < 60; index += 1)
      calls.run('CreateStack', { StackName: `s${index}`, TemplateBody: JSON.stringify({ Resources: { T: { Type: 'AWS::SNS::Topic' } } }) });
    const first = calls.run('DescribeStacks');
    expect(first.Stacks).toHaveLength(50);
    expect(calls.run('DescribeStacks', { NextToken: first.NextToken }).Stacks).toHaveLength(11);
    expect(calls.run('ListStacks', { StackStatusFilter: ['CREATE_IN_PROGRESS'] }).StackSummaries).toHaveLength(60);
  });
});

describe('parameters and capabilities of an update', () => {
  it('fall back to the template’s defaults where they are omitted (G1)', () => {
    const kept = previousBut({ ApiGatewayVPCEndpointId: endpointId }).filter((p) => (p as Parameter).ParameterKey !== 'PasswordAuth');
    calls.run('UpdateStack', { ...update, Parameters: kept });
    expect(parameter('PasswordAuth')).toBe('Enabled');
    expect(parameter('RegistrySize')).toBe('3');
  });

  it('are refused where one without a default is omitted, unknown, doubled or not allowed', () => {
    const message = (Parameters: object[]) => calls.refusal('UpdateStack', { ...update, Parameters }).message;
    expect(message(previousBut({}).filter((p) => (p as Parameter).ParameterKey !== 'VPC'))).toBe('Parameters: [VPC] must have values');
    expect(message([...previousBut({}), { ParameterKey: 'X', ParameterValue: '' }])).toBe('Parameters: [X] do not exist in the template');
    expect(message([{ ParameterKey: 'VPC', ParameterValue: 'v', UsePreviousValue: true }])).toContain('usePreviousValue');
    expect(message(change('PasswordAuth', 'Maybe'))).toContain('AllowedValues');
    expect(message(change('VPC', 'vpc-0bbbbbbbbbbbbbbbb'))).toContain('does not exist');
  });

  it('keep a NoEcho value under UsePreviousValue', () => {
    calls.run('UpdateStack', { ...update, Parameters: change('ApiGatewayVPCEndpointId', endpointId) });
    const [stack] = Object.values(calls.world.cloudformation.stacks);
    expect(stack?.content.parameters.AdminPassword).toBe('sandbox-admin-password');
  });

  it('need the capability that the template asks for (G4)', () => {
    const input = { ...update, Capabilities: ['CAPABILITY_IAM'], Parameters: change('ApiGatewayVPCEndpointId', endpointId) };
    const error = calls.refusal('CreateChangeSet', { ...input, ChangeSetName: 'c' });
    expect(error).toMatchObject({ code: 'InsufficientCapabilitiesException', message: 'Requires capabilities : [CAPABILITY_NAMED_IAM]' });
  });

  it('keep tags that are omitted and remove them for an empty list (G5)', () => {
    const [stack] = Object.values(calls.world.cloudformation.stacks);
    if (stack) stack.content.tags = { team: 'data' };
    calls.run('UpdateStack', { ...update, Parameters: change('RegistrySize', '4') });
    expect(describeStack().Tags).toEqual([{ Key: 'team', Value: 'data' }]);
    wait(120);
    calls.run('UpdateStack', { ...update, Parameters: previousBut({}), Tags: [] });
    expect(describeStack().Tags).toEqual([]);
  });
});

describe('change sets', () => {
  it('are there after about ten seconds, and show what follows from the parameter', () => {
    changeSet('c', change('ApiGatewayVPCEndpointId', endpointId));
    expect(described('c')).toMatchObject({ Status: 'CREATE_IN_PROGRESS', ExecutionStatus: 'UNAVAILABLE' });
    expect(calls.refusal('ExecuteChangeSet', { StackName, ChangeSetName: 'c' }).code).toBe('InvalidChangeSetStatus');
    wait(10);
    const { Status, ExecutionStatus, Changes } = described('c');
    expect([Status, ExecutionStatus]).toEqual(['CREATE_COMPLETE', 'AVAILABLE']);
    const changes = Changes.map((entry: { ResourceChange: object }) => entry.ResourceChange);
    expect(
      changes.map(({ LogicalResourceId, Action, Replacement }: Record<string, string>) => [LogicalResourceId, Action, Replacement]),
    ).toEqual([
      ['PackagerFunction', 'Modify', 'False'],
      ['PrivateServicesApi', 'Modify', 'False'],
    ]);
    const causes = changes.flatMap(({ Details }: { Details: { ChangeSource: string; CausingEntity?: string }[] }) => Details);
    for (const { ChangeSource, CausingEntity } of causes)
      if (ChangeSource === 'ParameterReference') expect(CausingEntity).toBe('ApiGatewayVPCEndpointId');
    expect(new Set(causes.map(({ ChangeSource }: { ChangeSource: string }) => ChangeSource))).toEqual(
      new Set(['DirectModification', 'ParameterReference']),
    );
  });

  it('show replacements, and what hangs on the replaced resource', () => {
    changeSet('c', change('AdminEmail', 'somebody@example.com'));
    wait(10);
    const changes = described('c').Changes.map((entry: { ResourceChange: object }) => entry.ResourceChange);
    expect(changes).toMatchObject([
      { LogicalResourceId: 'RegistryTask', Replacement: 'True' },
      {
        LogicalResourceId: 'RegistryService',
        Replacement: 'False',
        Details: [{ ChangeSource: 'ResourceReference', CausingEntity: 'RegistryTask' }],
      },
    ]);
  });

  it('show what a condition adds and removes', () => {
    changeSet('c', change('CanaryNotificationsEmail', ''));
    wait(10);
    expect(described('c').Changes).toMatchObject([{ ResourceChange: { Action: 'Remove', LogicalResourceId: 'CanaryNotifications' } }]);
  });

  it('fail where nothing changes, in the words for templates with and without transforms (G7)', () => {
    changeSet('plain', previousBut({}));
    wait(10);
    expect(described('plain')).toMatchObject({ Status: 'FAILED', ExecutionStatus: 'UNAVAILABLE', Changes: [] });
    expect(described('plain').StatusReason).toMatch(/^The submitted information didn't contain changes\./);
    const [stack] = Object.values(calls.world.cloudformation.stacks);
    if (stack) stack.content.template = JSON.stringify({ ...JSON.parse(stack.content.template), Transform: 'AWS::LanguageExtensions' });
    changeSet('transformed', previousBut({}), { Capabilities: ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'] });
    wait(10);
    expect(described('transformed').StatusReason).toBe('No updates are to be performed.');
  });

  it('may be executed though only outputs or tags change (G7)', () => {
    changeSet('c', change('QuiltWebHost', 'data.example.com'));
    wait(10);
    expect(described('c')).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE', Changes: [] });
  });

  it('fail for an armed reason', () => {
    calls.world.faults.push({ type: 'async', failure: { kind: 'change-set', reason: 'Internal error' }, remaining: 1 });
    changeSet('c', change('ApiGatewayVPCEndpointId', endpointId));
    wait(10);
    expect(described('c')).toMatchObject({ Status: 'FAILED', StatusReason: 'Internal error' });
  });

  it('answer a repeated request by the same set, and refuse another of its name', () => {
    const parameters = change('ApiGatewayVPCEndpointId', endpointId);
    const first = changeSet('c', parameters, { ClientToken: 't' });
    expect(changeSet('c', parameters, { ClientToken: 't' })).toEqual(first);
    const again = { ...update, ChangeSetName: 'c', ChangeSetType: 'UPDATE', Parameters: previousBut({}), ClientToken: 't' };
    expect(calls.refusal('CreateChangeSet', again).code).toBe('AlreadyExistsException');
    expect(calls.refusal('DescribeChangeSet', { StackName, ChangeSetName: 'other' })).toMatchObject({
      code: 'ChangeSetNotFound',
      status: 404,
    });
    calls.now += 10_000;
    calls.run('DeleteChangeSet', { StackName, ChangeSetName: 'c' });
    expect(calls.run('DeleteChangeSet', { StackName, ChangeSetName: 'c' })).toEqual({});
    expect(calls.run('ListChangeSets', { StackName }).Summaries).toEqual([]);
  });
});

describe('execution', () => {
  const ready = () => {
    changeSet('c', change('ApiGatewayVPCEndpointId', endpointId));
    changeSet('other', change('RegistrySize', '4'));
    wait(10);
  };
  const execute = (ClientRequestToken = 'token-1') => calls.run('ExecuteChangeSet', { StackName, ChangeSetName: 'c', ClientRequestToken });
  const events = () => calls.run('DescribeStackEvents', { StackName }).StackEvents;

  it('takes about two minutes, with events that carry the token, newest first', () => {
    ready();
    execute();
    expect(describeStack().StackStatus).toBe('UPDATE_IN_PROGRESS');
    expect(described('c').ExecutionStatus).toBe('EXECUTE_IN_PROGRESS');
    wait(119);
    expect(describeStack().StackStatus).toBe('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    wait(1);
    expect(describeStack().StackStatus).toBe('UPDATE_COMPLETE');
    expect(parameter('ApiGatewayVPCEndpointId')).toBe(endpointId);
    expect(described('c').ExecutionStatus).toBe('EXECUTE_COMPLETE');
    expect(describeStack().LastUpdatedTime).toEqual(new Date(now + 10_000));
    const own = events().filter(({ ClientRequestToken }: { ClientRequestToken?: string }) => ClientRequestToken === 'token-1');
    expect(own[0]).toMatchObject({ ResourceStatus: 'UPDATE_COMPLETE', ResourceType: 'AWS::CloudFormation::Stack' });
    expect(own.at(-1)).toMatchObject({ ResourceStatus: 'UPDATE_IN_PROGRESS', ResourceStatusReason: 'User Initiated' });
    expect(own.map(({ LogicalResourceId }: { LogicalResourceId: string }) => LogicalResourceId)).toContain('PrivateServicesApi');
    expect(new Set(events().map(({ EventId }: { EventId: string }) => EventId)).size).toBe(events().length);
  });

  it('deletes the stack’s other change sets and refuses another update meanwhile (G8, G6)', () => {
    ready();
    execute();
    expect(calls.run('ListChangeSets', { StackName }).Summaries).toEqual([]);
    expect(calls.refusal('DescribeChangeSet', { StackName, ChangeSetName: 'other' }).code).toBe('ChangeSetNotFound');
    expect(calls.refusal('UpdateStack', { ...update, Parameters: previousBut({}) }).message).toMatch(
      /is in UPDATE_IN_PROGRESS state and can not be updated/,
    );
  });

  it('is not begun twice by the same token, during and after it', () => {
    ready();
    execute();
    execute();
    wait(200);
    expect(execute()).toEqual({});
    expect(describeStack().StackStatus).toBe('UPDATE_COMPLETE');
    const reused = { ...update, Parameters: change('RegistrySize', '4'), ClientRequestToken: 'token-1' };
    expect(calls.refusal('UpdateStack', reused).code).toBe('TokenAlreadyExistsException');
    expect(calls.refusal('ExecuteChangeSet', { StackName, ChangeSetName: 'c' }).code).toBe('InvalidChangeSetStatus');
  });

  it('goes back where a resource fails: the earliest failure tells why (G12)', () => {
    ready();
    const failure = {
      kind: 'stack-update',
      status: 'UPDATE_ROLLBACK_COMPLETE',
      logicalId: 'PrivateServicesApi',
      reason: 'Denied',
    } as const;
    calls.world.faults.push({ type: 'async', failure, remaining: 1 });
    execute();
    wait(60);
    expect(describeStack().StackStatus).toBe('UPDATE_ROLLBACK_IN_PROGRESS');
    wait(60);
    expect(describeStack().StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(parameter('ApiGatewayVPCEndpointId')).toBe('');
    expect(described('c').ExecutionStatus).toBe('EXECUTE_FAILED');
    const failed = events().filter(({ ResourceStatus }: { ResourceStatus: string }) => ResourceStatus === 'UPDATE_FAILED');
    expect(failed.at(-1)).toMatchObject({ LogicalResourceId: 'PrivateServicesApi', ResourceStatusReason: 'Denied' });
    expect(failed[0]).toMatchObject({ LogicalResourceId: 'PackagerFunction', ResourceStatusReason: 'Resource update cancelled' });
  });

  it('may be stuck in UPDATE_ROLLBACK_FAILED until the rollback is taken up again (G10)', () => {
    ready();
    const failure = { kind: 'stack-update', status: 'UPDATE_ROLLBACK_FAILED', logicalId: 'PrivateServicesApi', reason: 'Denied' } as const;
    calls.world.faults.push({ type: 'async', failure, remaining: 1 });
    execute();
    wait(120);
    expect(describeStack().StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    expect(calls.refusal('CreateChangeSet', { ...update, ChangeSetName: 'd', Parameters: previousBut({}) }).code).toBe('ValidationError');
    calls.run('ContinueUpdateRollback', { StackName });
    wait(60);
    expect(describeStack().StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(parameter('ApiGatewayVPCEndpointId')).toBe('');
    expect(calls.refusal('ContinueUpdateRollback', { StackName }).message).toMatch(/can not continue update rollback/);
  });

  it('fails on an endpoint that is not there, as API Gateway does', () => {
    changeSet('c', change('ApiGatewayVPCEndpointId', 'vpce-0dddddddddddddddd'));
    wait(10);
    execute();
    wait(120);
    expect(describeStack().StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(JSON.stringify(events())).toContain('vpce-0dddddddddddddddd');
  });

  it('comes to the same whether it is looked at often or once', () => {
    ready();
    execute();
    const twin = structuredClone(calls.world.cloudformation);
    for (let second = 0; second < 130; second += 1) {
      wait(1);
      describeStack();
    }
    const often = structuredClone(calls.world.cloudformation);
    calls.world.cloudformation.stacks = twin.stacks;
    describeStack();
    expect(calls.world.cloudformation).toEqual(often);
  });
});

describe('without change sets', () => {
  it('an update without changes is refused in CloudFormation’s words (G6)', () => {
    const error = calls.refusal('UpdateStack', { ...update, Parameters: previousBut({}) });
    expect(error).toMatchObject({ code: 'ValidationError', message: 'No updates are to be performed.' });
  });

  it('a stack is made and deleted in the background; termination protection only stops the deletion (G13)', () => {
    const TemplateBody = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
    const input = { StackName: 'small', TemplateBody, EnableTerminationProtection: true, ClientRequestToken: 'make-1' };
    const { StackId } = calls.run('CreateStack', input);
    expect(calls.run('CreateStack', input)).toEqual({ StackId });
    expect(calls.refusal('CreateStack', { StackName: 'small', TemplateBody }).code).toBe('AlreadyExistsException');
    wait(60);
    expect(calls.run('DescribeStacks', { StackName: 'small' }).Stacks[0].StackStatus).toBe('CREATE_COMPLETE');
    expect(calls.refusal('DeleteStack', { StackName: 'small' }).message).toContain('TerminationProtection');
    const stack = calls.world.cloudformation.stacks[StackId];
    if (stack) stack.terminationProtection = false;
    calls.run('DeleteStack', { StackName: 'small' });
    wait(60);
    expect(calls.refusal('DescribeStacks', { StackName: 'small' }).code).toBe('ValidationError');
    expect(calls.run('DescribeStacks', { StackName: StackId }).Stacks[0].StackStatus).toBe('DELETE_COMPLETE');
    expect(calls.run('DeleteStack', { StackName: 'small' })).toEqual({});
  });

  it('a change set of type CREATE makes the stack when it is executed', () => {
    const TemplateBody = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
    calls.run('CreateChangeSet', { StackName: 'fresh', ChangeSetName: 'c', ChangeSetType: 'CREATE', TemplateBody });
    wait(10);
    expect(calls.run('DescribeStacks', { StackName: 'fresh' }).Stacks[0].StackStatus).toBe('REVIEW_IN_PROGRESS');
    expect(calls.run('DescribeChangeSet', { StackName: 'fresh', ChangeSetName: 'c' }).Changes).toMatchObject([
      { ResourceChange: { Action: 'Add' } },
    ]);
    calls.run('ExecuteChangeSet', { StackName: 'fresh', ChangeSetName: 'c' });
    wait(60);
    expect(calls.run('DescribeStacks', { StackName: 'fresh' }).Stacks[0].StackStatus).toBe('CREATE_COMPLETE');
    expect(calls.run('ListStackResources', { StackName: 'fresh' }).StackResourceSummaries).toHaveLength(1);
  });
});

describe('stack policies', () => {
  const policy = (Effect: string) =>
    JSON.stringify({
      Statement: [
        { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' },
        { Effect, Action: 'Update:Modify', Principal: '*', Resource: 'LogicalResourceId/PrivateServicesApi' },
      ],
    });

  it('stop the update of a resource that they deny; UpdateStack alone may override them (G8, G13)', () => {
    expect(calls.run('GetStackPolicy', { StackName })).toEqual({});
    calls.run('SetStackPolicy', { StackName, StackPolicyBody: policy('Deny') });
    expect(calls.run('GetStackPolicy', { StackName }).StackPolicyBody).toBe(policy('Deny'));
    const input = { ...update, Parameters: change('ApiGatewayVPCEndpointId', endpointId) };
    calls.run('UpdateStack', input);
    wait(120);
    expect(describeStack().StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    calls.run('UpdateStack', { ...input, StackPolicyDuringUpdateBody: policy('Allow') });
    wait(120);
    expect(describeStack().StackStatus).toBe('UPDATE_COMPLETE');
    expect(calls.run('GetStackPolicy', { StackName }).StackPolicyBody).toBe(policy('Deny'));
    expect(calls.refusal('SetStackPolicy', { StackName, StackPolicyBody: '{' }).code).toBe('ValidationError');
  });
});
