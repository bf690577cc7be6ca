// QP5xx: what speaks against updating the stack. QP504 is told from the change set, which `apply` makes.
import type { ChangeSetRecord } from '../../src/sandbox/cloudformation/state.ts';
import { quiltTemplate } from '../../src/sandbox/scenarios/template.ts';
import { findingCases, unread } from '../support/finding-cases.ts';
import type { Body, QuiltWorld } from '../support/quilt-world.ts';

const stackName = ({ stack }: QuiltWorld): readonly string[] => [stack.name];

/** The template without private endpoints. */
const withoutParameter = ({ stack }: QuiltWorld) => {
  stack.content.template = quiltTemplate(null);
  delete stack.content.parameters.ApiGatewayVPCEndpointId;
};

findingCases('QP501', {
  'is raised where the template has no parameter for the endpoint': {
    build: withoutParameter,
    raises: (quilt) => [
      {
        severity: 'error',
        subjects: stackName(quilt),
        detail: 'ApiGatewayVPCEndpointId or ApiGatewayVPCEndpoint',
        remedy: 'Quilt account manager',
      },
    ],
  },
  'is not raised where it has one of either name': { scenario: 'terraform-owned', raises: [] },
});

const inStatus =
  (status: string) =>
  ({ stack }: QuiltWorld) => {
    stack.status = status;
  };
const updating = (status: string, remedy: string) => ({
  build: inStatus(status),
  raises: (quilt: QuiltWorld) => [{ severity: 'error' as const, subjects: stackName(quilt), detail: status, remedy }],
});

findingCases('QP502', {
  'names the command after a rollback that failed': updating(
    'UPDATE_ROLLBACK_FAILED',
    'aws cloudformation continue-update-rollback --stack-name quilt-prod --region us-east-1',
  ),
  'names the command after an update that failed': updating('UPDATE_FAILED', 'aws cloudformation rollback-stack --stack-name quilt-prod'),
  'waits for an update in progress': updating('UPDATE_IN_PROGRESS', 'wait until that is over'),
  'says so of a stack whose creation failed': updating('ROLLBACK_COMPLETE', 'create it anew'),
  'says so of a stack that was never created': updating('REVIEW_IN_PROGRESS', 'change set that would create it'),
  'is not raised in a state that can be updated': { build: inStatus('UPDATE_ROLLBACK_COMPLETE'), raises: [] },
});

/** The custom resource's function runs outside any VPC. */
const outside = ({ template }: QuiltWorld) =>
  template(({ Resources }) => {
    delete Resources?.MigrationFunction?.Properties?.VpcConfig;
  });

findingCases('QP503', {
  'is raised by a custom resource whose function has no VpcConfig': {
    build: outside,
    raises: [{ severity: 'warning', subjects: ['MigrationFunction'], detail: 'custom resource Migration', remedy: 'VpcConfig' }],
  },
  'is raised all the same where the template has no parameter for the endpoint': {
    build: (quilt) => {
      withoutParameter(quilt);
      outside(quilt);
    },
    raises: [{ severity: 'warning', subjects: ['MigrationFunction'], detail: 'custom resource Migration', remedy: 'trusted VPC' }],
  },
  'is unknown where the template does not name the function': {
    build: ({ template }) =>
      template(({ Resources }) => {
        Object.assign(Resources?.Migration?.Properties ?? {}, { ServiceToken: 'arn:aws:lambda:us-east-1:444455556666:function:shared' });
      }),
    raises: [{ severity: 'unknown', subjects: ['Migration'], detail: 'lambda:GetFunction', remedy: 'check by hand' }],
  },
  'is unknown where the template cannot be read': unread('cloudformation:GetTemplate', stackName),
  'is not raised where the function runs in the VPC': { raises: [] },
});

findingCases('QP505', {
  'is raised where Terraform seems to own the stack': {
    scenario: 'terraform-owned',
    raises: (quilt) => [
      {
        severity: 'warning',
        subjects: stackName(quilt),
        detail: 'Terraform=true',
        remedy: 'parameters = { ApiGatewayVPCEndpoint = "vpce-',
      },
    ],
  },
  'is not raised where no tag says so': { raises: [] },
});

/** A change set of somebody else. */
const waiting =
  (executionStatus: ChangeSetRecord['executionStatus'], name = 'bump-version') =>
  ({ stack, world }: QuiltWorld) => {
    stack.changeSets.push({
      id: `arn:aws:cloudformation:us-east-1:${stack.accountId}:changeSet/${name}/1`,
      name,
      description: null,
      type: 'UPDATE',
      createdAt: world.clock.base,
      readyAt: world.clock.base,
      status: 'CREATE_COMPLETE',
      outcome: { status: 'CREATE_COMPLETE', reason: null },
      statusReason: null,
      executionStatus,
      includeNestedStacks: false,
      clientToken: null,
      request: 'x',
      content: stack.content,
      changes: [],
    });
  };

findingCases('QP506', {
  'is raised by another change set that waits': {
    build: waiting('AVAILABLE'),
    raises: [
      {
        severity: 'error',
        subjects: ['bump-version'],
        detail: 'quilt-prod',
        remedy: 'aws cloudformation describe-change-set --stack-name quilt-prod --change-set-name bump-version',
      },
    ],
  },
  'is not raised by one that cannot be executed': { build: waiting('OBSOLETE'), raises: [] },
  'is not raised by one of this tool': { build: waiting('AVAILABLE', 'quilt-perimeter-vpce-1'), raises: [] },
  'is unknown where change sets cannot be listed': unread('cloudformation:ListChangeSets', stackName),
});

const stackPolicy =
  (...statements: readonly object[]) =>
  ({ stack }: QuiltWorld) => {
    stack.stackPolicy = JSON.stringify({ Statement: statements });
  };
const allowAll = { Effect: 'Allow', Principal: '*', Action: 'Update:*', Resource: '*' };

findingCases('QP507', {
  'is raised by a nested stack, and names its root': {
    build: ({ stack, accountId }) => {
      stack.parentId = `arn:aws:cloudformation:us-east-1:${accountId}:stack/quilt-root/1`;
      stack.rootId = stack.parentId;
    },
    raises: (quilt) => [{ severity: 'error', subjects: stackName(quilt), detail: 'is nested', remedy: '--stack quilt-root' }],
  },
  'is raised by a Service Catalog product': {
    build: ({ stack }) => {
      stack.content.tags['aws:servicecatalog:provisionedProductArn'] = 'arn:aws:servicecatalog:us-east-1:444455556666:stack/quilt/pp-1';
    },
    raises: (quilt) => [{ severity: 'error', subjects: stackName(quilt), detail: 'Service Catalog', remedy: 'provisioned product' }],
  },
  'is raised by a stack policy that denies updates': {
    build: stackPolicy(allowAll, { Effect: 'Deny', Principal: '*', Action: 'Update:Modify', Resource: '*' }),
    raises: (quilt) => [
      {
        severity: 'error',
        subjects: stackName(quilt),
        detail: 'stack policy',
        remedy: 'aws cloudformation set-stack-policy --stack-name quilt-prod',
      },
    ],
  },
  'is raised by a stack policy that allows none': {
    build: stackPolicy({ ...allowAll, Action: 'Update:Delete' }),
    raises: (quilt) => [{ severity: 'error', subjects: stackName(quilt), remedy: 'allow Update:*' }],
  },
  'is not raised by a stack policy that protects something else': {
    build: stackPolicy(allowAll, { Effect: 'Deny', Principal: '*', Action: 'Update:Replace', Resource: 'LogicalResourceId/Database' }),
    raises: [],
  },
  'is not raised without one': { raises: [] },
  'is unknown where the stack policy cannot be read': unread('cloudformation:GetStackPolicy', stackName),
});

findingCases('QP508', {
  'is raised where the template declares AWS::LanguageExtensions': {
    build: ({ template }) => template((body) => Object.assign(body, { Transform: 'AWS::LanguageExtensions' })),
    raises: (quilt) => [{ severity: 'warning', subjects: stackName(quilt), remedy: 'read the change set that is shown' }],
  },
  'is not raised by another transform': {
    build: ({ template }) => template((body: Body) => Object.assign(body, { Transform: 'AWS::Serverless-2016-10-31' })),
    raises: [],
  },
});
