// Two services of which the job needs little: Route 53's private hosted zones and Service Quotas' values.

export interface HostedZoneRecord {
  /** Without `/hostedzone/`. */
  id: string;
  accountId: string;
  /** With the trailing dot, as Route 53 answers it. */
  name: string;
  callerReference: string;
  comment: string;
  privateZone: boolean;
  vpcs: { vpcId: string; region: string }[];
  /** Set where an AWS service made it, such as `efs.amazonaws.com`. */
  owningService: string | null;
}

export interface Route53State {
  zones: { [zoneId: string]: HostedZoneRecord };
}

export interface QuotasState {
  /** Applied values that differ from AWS's default: `ACCOUNT/REGION/SERVICE/CODE` → value. */
  applied: { [key: string]: number };
}
