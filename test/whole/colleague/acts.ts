// What a colleague may do to the things that this tool made, each by AWS's own calls, and what has to come of it.
import { cloudFormationModel } from '../../../src/sandbox/cloudformation/model.ts';
import { ec2Model } from '../../../src/sandbox/ec2/model.ts';
import { organizationsModel } from '../../../src/sandbox/organizations/model.ts';
import { s3Model } from '../../../src/sandbox/s3/model.ts';
import { route53Model } from '../../../src/sandbox/small/model.ts';
import type { World } from '../../../src/sandbox/world.ts';
import { directCalls } from '../../support/direct-calls.ts';
import type { TestSandbox } from '../../support/sandbox.ts';
import { Made } from './made.ts';

export interface Act {
  readonly name: string;
  /** How it is told: `changed` or `used` keep the thing; `beside` and `removed` keep nothing; `no` concerns nothing of ours. */
  readonly is: 'changed' | 'used' | 'beside' | 'removed' | 'no';
  /** The changes that it is told of, each matched by the end of a key. */
  readonly of: readonly RegExp[];
  /** All that rollback keeps. */
  readonly keeps: readonly RegExp[];
  act(made: Made, call: Calls): void;
  /** Whether what the colleague did is as they left it. */
  survives(made: Made): boolean;
}

type Call = (operation: string, input: object) => unknown;
export interface Calls {
  readonly ec2: Call;
  readonly s3: Call;
  readonly route53: Call;
  readonly cloudFormation: Call;
  readonly organizations: Call;
}

/** Does it, and lets what takes time come to its end. */
export async function perform(act: Act, sandbox: TestSandbox): Promise<void> {
  await sandbox.sandbox.change(() => actNow(act, sandbox));
  await sandbox.clock.sleep(1_200_000);
}

/** Does it at this very moment, in the midst of whatever else goes on. */
export function actNow(act: Pick<Act, 'act'>, sandbox: TestSandbox): void {
  const world = sandbox.world();
  act.act(new Made(world), callsOn(world, sandbox.clock.now().getTime()));
}

function callsOn(world: World, now: number): Calls {
  const of = (model: Parameters<typeof directCalls>[0], as: string): Call => {
    const calls = directCalls(model, world);
    calls.now = now;
    return (operation, input) => calls.run(operation, input, as);
  };
  return {
    ec2: of(ec2Model, 'operator'),
    s3: of(s3Model, 'operator'),
    route53: of(route53Model, 'operator'),
    cloudFormation: of(cloudFormationModel, 'operator'),
    organizations: of(organizationsModel, 'management'),
  };
}

const theirs = (made: Made) => ({
  Sid: 'TlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: `arn:aws:s3:::${made.bucketName}/*`,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});
const theirsInScp = { Sid: 'NoUsers', Effect: 'Deny', Action: 'iam:CreateUser', Resource: '*' };
const policyOf = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const statements = (text: string | null): readonly object[] => (text === null ? [] : JSON.parse(text).Statement);

const network = [/\/execute-api$/, /\/security-group$/, /\/security-group-rules$/, /\/s3$/, /^nat\//, /\/dns-(support|hostnames)$/];
const statement = /^bucket-policy\/.*\/statement$/;
const scpContent = /^scp\/.*\/content$/;
const scpPolicy = /^scp\/.*\/policy$/;
const scpAttached = /^scp\/.*\/attach\//;

export const bucketActs: readonly Act[] = [
  {
    name: "adds a statement to the test bucket's policy",
    is: 'beside',
    of: [statement],
    keeps: [],
    act: (made, { s3 }) =>
      s3('PutBucketPolicy', { Bucket: made.bucketName, Policy: policyOf(...statements(made.bucketPolicy), theirs(made)) }),
    survives: (made) => JSON.stringify(statements(made.bucketPolicy)).includes(JSON.stringify(theirs(made))),
  },
  {
    name: "changes this tool's statement in the test bucket's policy",
    is: 'changed',
    of: [statement],
    keeps: [statement, ...network],
    act: (made, { s3 }) =>
      s3('PutBucketPolicy', { Bucket: made.bucketName, Policy: made.bucketPolicy?.replaceAll('198.51.100.0/24', '198.51.100.0/25') }),
    survives: (made) => made.bucketPolicy?.includes('198.51.100.0/25') === true,
  },
  {
    name: "puts a policy of their own in place of the test bucket's",
    is: 'removed',
    of: [statement],
    keeps: [],
    act: (made, { s3 }) => s3('PutBucketPolicy', { Bucket: made.bucketName, Policy: policyOf(theirs(made)) }),
    survives: (made) => JSON.stringify(statements(made.bucketPolicy)).includes(JSON.stringify(theirs(made))),
  },
  {
    name: "deletes the test bucket's policy",
    is: 'removed',
    of: [statement],
    keeps: [],
    act: (made, { s3 }) => s3('DeleteBucketPolicy', { Bucket: made.bucketName }),
    survives: (made) => made.bucketPolicy === null,
  },
];

export const scpActs: readonly Act[] = [
  {
    name: 'attaches the SCP elsewhere',
    is: 'used',
    of: [scpPolicy],
    keeps: [scpPolicy],
    act: (made, { organizations }) => organizations('AttachPolicy', { PolicyId: made.scp?.id, TargetId: made.sandboxUnit }),
    survives: (made) => made.scpTargets.includes(made.sandboxUnit),
  },
  {
    name: 'detaches the SCP',
    is: 'removed',
    of: [scpAttached],
    keeps: [],
    act: (made, { organizations }) => organizations('DetachPolicy', { PolicyId: made.scp?.id, TargetId: made.scpTargets[0] }),
    survives: (made) => made.scpTargets.length === 0,
  },
  {
    name: "changes this tool's statement in the SCP",
    is: 'changed',
    of: [scpContent],
    keeps: [scpContent, scpPolicy, scpAttached, ...network],
    act: (made, { organizations }) =>
      organizations('UpdatePolicy', {
        PolicyId: made.scp?.id,
        Content: made.scp?.content.replaceAll('198.51.100.0/24', '198.51.100.0/25'),
      }),
    survives: (made) => made.scp?.content.includes('198.51.100.0/25') === true,
  },
  {
    name: 'writes a statement of their own into the SCP',
    is: 'beside',
    of: [scpContent],
    keeps: [scpPolicy, scpAttached],
    act: (made, { organizations }) =>
      organizations('UpdatePolicy', { PolicyId: made.scp?.id, Content: policyOf(...statements(made.scp?.content ?? null), theirsInScp) }),
    survives: (made) => made.scp?.content.includes('iam:CreateUser') === true && made.scpTargets.length > 0,
  },
  {
    name: 'renames the SCP',
    is: 'changed',
    of: [scpPolicy],
    keeps: [scpPolicy],
    act: (made, { organizations }) => organizations('UpdatePolicy', { PolicyId: made.scp?.id, Name: 'TheirPerimeter' }),
    survives: (made) => made.policies.some(({ name }) => name === 'TheirPerimeter'),
  },
  {
    name: 'deletes the SCP',
    is: 'removed',
    of: [scpContent],
    keeps: [],
    act: (made, { organizations }) => {
      for (const TargetId of made.scpTargets) organizations('DetachPolicy', { PolicyId: made.scp?.id, TargetId });
      organizations('DeletePolicy', { PolicyId: made.scp?.id });
    },
    survives: (made) => made.scp === undefined,
  },
  {
    name: 'puts another SCP of the same name in its place',
    is: 'removed',
    of: [scpContent],
    keeps: [],
    act: (made, { organizations }) => {
      for (const TargetId of made.scpTargets) organizations('DetachPolicy', { PolicyId: made.scp?.id, TargetId });
      organizations('DeletePolicy', { PolicyId: made.scp?.id });
      const Content = policyOf(theirsInScp);
      organizations('CreatePolicy', { Name: 'QuiltDataPerimeter', Description: 'theirs', Content, Type: 'SERVICE_CONTROL_POLICY' });
      organizations('AttachPolicy', { PolicyId: made.scp?.id, TargetId: made.sandboxUnit });
    },
    survives: (made) => made.scp?.content.includes('iam:CreateUser') === true && made.scpTargets.includes(made.sandboxUnit),
  },
];

export const stackActs: readonly Act[] = [
  {
    name: 'updates another parameter of the stack',
    is: 'no',
    of: [],
    keeps: [],
    act: (made, { cloudFormation }) => cloudFormation('UpdateStack', made.update({ CanaryNotificationsEmail: 'ops@example.com' })),
    survives: (made) => made.stack.content.parameters.CanaryNotificationsEmail === 'ops@example.com',
  },
  {
    name: 'updates the template of the stack',
    is: 'no',
    of: [],
    keeps: [],
    act: (made, { cloudFormation }) => {
      const { UsePreviousTemplate: _previous, ...update } = made.update({});
      const template = JSON.parse(made.stack.content.template);
      template.Outputs.Theirs = { Value: 'theirs' };
      cloudFormation('UpdateStack', { ...update, TemplateBody: JSON.stringify(template) });
    },
    survives: (made) => made.stack.content.template.includes('"theirs"'),
  },
  {
    name: "sets the stack's parameter to another endpoint",
    is: 'changed',
    of: [/^stack-parameter\/.*\/execute$/],
    keeps: [/^stack-parameter\/.*\/execute$/],
    act: (made, { ec2, cloudFormation }) => {
      ec2('CreateVpcEndpoint', {
        VpcId: made.vpc,
        ServiceName: made.endpoint('Interface')?.serviceName,
        VpcEndpointType: 'Interface',
        SubnetIds: [made.endpoint('Interface')?.subnetIds[0]],
        PrivateDnsEnabled: false,
      });
      cloudFormation('UpdateStack', made.update({ [made.parameter]: made.theirEndpoint }));
    },
    survives: (made) => made.theirEndpoint !== '' && made.stack.content.parameters[made.parameter] === made.theirEndpoint,
  },
  {
    name: 'uses the endpoint in a stack of their own',
    is: 'used',
    of: [/\/execute-api$/],
    keeps: network,
    act: (made) => made.secondStack(),
    survives: (made) => made.endpoint('Interface') !== undefined && made.natGateway !== undefined,
  },
];
