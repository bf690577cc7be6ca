import { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import type { AwsContext } from './context.ts';
import { errorName, isRefused } from './refused.ts';
import type { Quota } from './types.ts';

/** Service and quota code, as `Quota.code` has them. */
export const quotaCodes = {
  gatewayEndpoints: 'vpc/L-1B52E74A',
  interfaceEndpoints: 'vpc/L-29B6F2EB',
  addresses: 'ec2/L-0263D0A3',
  natGateways: 'vpc/L-FE5A380F',
} as const;

/** The quotas that the endpoints and nat steps meet (A32, B11, B12), with the defaults that hold where they cannot be read. */
const watched = [
  { code: quotaCodes.gatewayEndpoints, name: 'gateway VPC endpoints in the Region', value: 20 },
  { code: quotaCodes.interfaceEndpoints, name: 'interface VPC endpoints in the VPC', value: 50 },
  { code: quotaCodes.addresses, name: 'Elastic IPs in the Region', value: 5 },
  { code: quotaCodes.natGateways, name: 'NAT gateways in the Availability Zone', value: 5 },
] as const;

/** The watched quotas; `source` is `default` where Service Quotas refuses, is not there or knows no value. */
export async function findQuotas(ctx: AwsContext): Promise<readonly Quota[]> {
  return await Promise.all(
    watched.map(async ({ code, name, value }) => {
      const applied = await findQuota(code, ctx);
      return applied === undefined
        ? { code, name, value, source: 'default' as const }
        : { code, name, value: applied, source: 'service-quotas' as const };
    }),
  );
}

async function findQuota(code: string, ctx: AwsContext): Promise<number | undefined> {
  const [ServiceCode, QuotaCode] = code.split('/');
  ctx.signal.throwIfAborted();
  try {
    return (await ctx.aws.serviceQuotas.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }))).Quota?.Value;
  } catch (error) {
    if (isRefused(error) || unavailable.has(errorName(error))) return undefined;
    throw error;
  }
}

/** The account has no applied value, or the endpoint has no such service. */
const unavailable: ReadonlySet<string> = new Set(['NoSuchResourceException', 'UnknownOperationException', 'NotImplemented']);
