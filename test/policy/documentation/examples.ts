// The policies of AWS's pages are put in as AWS prints them, lists that only grow longer cut short.
import type { ContextValues } from '../../../src/policy/context.ts';
import type { PolicyDocument, Statement } from '../../../src/policy/document.ts';
import { type AccessRequest, type Decision, evaluate } from '../../../src/policy/evaluate.ts';

export const account = '123456789012';
export const allowAll: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** A page's policy; many stand with a single statement, without a list. */
export const printed = (Statement: Statement | readonly Statement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: 'Effect' in Statement ? [Statement] : Statement,
});

interface Asked {
  readonly principal?: string;
  readonly action: string;
  readonly resource?: string;
  readonly resourceAccount?: string;
  readonly context?: ContextValues;
}

const request = ({ context = {}, ...asked }: Asked, policies: AccessRequest['policies']): Decision['decision'] =>
  evaluate({ principal: `arn:aws:iam::${account}:user/anna`, resource: '*', ...asked, context, policies }).decision;

/** Decides by this identity policy alone. */
export const asIdentityPolicy = (policy: PolicyDocument, asked: Asked): Decision['decision'] => request(asked, { identity: [policy] });

/** Decides by this identity policy beside one that allows everything: for policies that only deny. */
export const besideAllowAll = (policy: PolicyDocument, asked: Asked): Decision['decision'] =>
  request(asked, { identity: [allowAll, policy] });

/** Decides by this bucket policy for somebody without policies of their own in the bucket's account, or from another with every. */
export const asBucketPolicy = (policy: PolicyDocument, asked: Asked): Decision['decision'] =>
  request({ resourceAccount: account, ...asked }, { identity: asked.resourceAccount === undefined ? [] : [allowAll], resource: policy });

/** Decides by this SCP beside FullAWSAccess, for somebody who may do everything. */
export const asScp = (policy: PolicyDocument, asked: Asked): Decision['decision'] =>
  request(asked, { identity: [allowAll], scp: [[allowAll], [allowAll, policy]] });
