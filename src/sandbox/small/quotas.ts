// The quotas that the job may run into, with AWS's defaults (A32, B11, B12).
import type { QuotasState } from './state.ts';

export interface QuotaEntry {
  readonly service: string;
  readonly serviceName: string;
  readonly code: string;
  readonly name: string;
  readonly default: number;
}

const vpc = { service: 'vpc', serviceName: 'Amazon Virtual Private Cloud (Amazon VPC)' };

export const quotaEntries: readonly QuotaEntry[] = [
  { ...vpc, code: 'L-1B52E74A', name: 'Gateway VPC endpoints per Region', default: 20 },
  { ...vpc, code: 'L-29B6F2EB', name: 'Interface VPC endpoints per VPC', default: 50 },
  { ...vpc, code: 'L-FE5A380F', name: 'NAT gateways per Availability Zone', default: 5 },
  { ...vpc, code: 'L-93826ACB', name: 'Routes per route table', default: 50 },
  { ...vpc, code: 'L-F678F1CE', name: 'VPCs per Region', default: 5 },
  {
    service: 'ec2',
    serviceName: 'Amazon Elastic Compute Cloud (Amazon EC2)',
    code: 'L-0263D0A3',
    name: 'EC2-VPC Elastic IPs',
    default: 5,
  },
];

/** The value that holds for an account in a Region: the applied one, else AWS's default; undefined for an unknown code. */
export function quotaValue(state: QuotasState, accountId: string, region: string, service: string, code: string): number | undefined {
  const entry = quotaEntries.find((known) => known.service === service && known.code === code);
  return entry && (state.applied[`${accountId}/${region}/${service}/${code}`] ?? entry.default);
}
