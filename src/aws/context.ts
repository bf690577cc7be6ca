// What AWS functions are given: the clients of both sides, time, and the signal that ends waits. clients.ts builds it.
import type { AthenaClient } from '@aws-sdk/client-athena';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { Route53Client } from '@aws-sdk/client-route-53';
import type { S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../ports.ts';
import type { SyntheticsClient } from './synthetics-client.ts';

export interface Aws {
  readonly region: string;
  /** The Quilt account. */
  readonly ec2: EC2Client;
  readonly s3: S3Client;
  readonly s3Control: S3ControlClient;
  readonly cloudFormation: CloudFormationClient;
  readonly iam: IAMClient;
  readonly route53: Route53Client;
  readonly serviceQuotas: ServiceQuotasClient;
  readonly sts: STSClient;
  /** The organization's side: management account or delegated administrator. */
  readonly organizations: OrganizationsClient;
  readonly organizationSts: STSClient;
  readonly organizationIam: IAMClient;
  /** S3 in another Region, for buckets that are not in `region`. */
  s3In(region: string): S3Client;
  /** Athena of the Quilt account; its module is loaded with the first call. */
  athena(): Promise<AthenaClient>;
  /** Lambda and Synthetics of the Quilt account; loaded with the first call. */
  lambda(): Promise<LambdaClient>;
  synthetics(): Promise<SyntheticsClient>;
  /** CloudTrail in any Region: a trail is asked where it is at home. */
  cloudTrail(region: string): Promise<CloudTrailClient>;
  /** A client whose next call opens a connection of its own (probes); the caller destroys it. */
  freshS3(): S3Client;
  /** As `freshS3`, with a session's credentials. */
  s3As(session: Session): S3Client;
  /** Where each side's credentials come from, in words. */
  readonly sources: { readonly quilt: string; readonly organization: string };
  /** The same without the role on top: what two sides share where one profile leads to both. */
  readonly bases: { readonly quilt: string; readonly organization: string };
}

/** Credentials that STS handed out. They are kept in memory and nowhere else. */
export interface Session {
  /** ARN of the role or root user. */
  readonly principal: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
}

export interface AwsContext {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}
