// Service Quotas: applied values and AWS's defaults.
import type {
  GetAWSDefaultServiceQuotaCommandInput,
  GetServiceQuotaCommandInput,
  ListServiceQuotasCommandInput,
  ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import { AwsError, type Call, type ServiceModel } from '../types.ts';
import type { World } from '../world.ts';
import { type QuotaEntry, quotaEntries, quotaValue } from './quotas.ts';

export const serviceQuotasModel: ServiceModel<World> = {
  service: 'servicequotas',
  operations: {
    GetServiceQuota: {
      kind: 'read',
      run: (world: World, input: GetServiceQuotaCommandInput, call: Call) => ({
        Quota: shape(world, call, entryOf(input.ServiceCode, input.QuotaCode)),
      }),
    },
    GetAWSDefaultServiceQuota: {
      kind: 'read',
      run: (world: World, input: GetAWSDefaultServiceQuotaCommandInput, call: Call) => {
        const entry = entryOf(input.ServiceCode, input.QuotaCode);
        return { Quota: { ...shape(world, call, entry), Value: entry.default } };
      },
    },
    ListServiceQuotas: {
      kind: 'read',
      run: (world: World, input: ListServiceQuotasCommandInput, call: Call) => {
        const entries = quotaEntries.filter(({ service }) => service === input.ServiceCode);
        if (entries.length === 0) throw missing();
        const start = input.NextToken === undefined ? 0 : Number(Buffer.from(input.NextToken, 'base64url').toString('utf8'));
        if (!Number.isInteger(start)) throw new AwsError('InvalidPaginationTokenException', 'The pagination token is not valid.');
        const end = start + (input.MaxResults ?? 100);
        return {
          Quotas: entries.slice(start, end).map((entry) => shape(world, call, entry)),
          ...(end < entries.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {}),
        };
      },
    },
  },
};

const missing = (): AwsError => new AwsError('NoSuchResourceException', 'The request failed because the specified quota does not exist.');

function entryOf(service: string | undefined, code: string | undefined): QuotaEntry {
  const entry = quotaEntries.find((known) => known.service === service && known.code === code);
  if (!entry) throw missing();
  return entry;
}

const shape = (world: World, call: Call, entry: QuotaEntry): ServiceQuota => ({
  ServiceCode: entry.service,
  ServiceName: entry.serviceName,
  QuotaArn: `arn:aws:servicequotas:${call.region}:${call.caller.accountId}:${entry.service}/${entry.code}`,
  QuotaCode: entry.code,
  QuotaName: entry.name,
  Value: quotaValue(world.quotas, call.caller.accountId, call.region, entry.service, entry.code) ?? entry.default,
  Unit: 'None',
  Adjustable: true,
  GlobalQuota: false,
});
