// QP112: what is to be made against what AWS allows.
import type { Quota } from '../aws/types.ts';
import { type Finding, finding } from '../findings.ts';

/**
 * Empty where there is room. An error where the quota was read, a warning where only AWS's default is known.
 * @param where what is counted in: a Region, a VPC, a zone
 */
export function quotaExceeded(
  quotas: readonly Quota[],
  code: string,
  count: { readonly there: number; readonly more: number; readonly where: string },
): readonly Finding[] {
  const quota = quotas.find((each) => each.code === code);
  if (quota === undefined || count.more === 0 || count.there + count.more <= quota.value) return [];
  const [service, id] = code.split('/');
  const read = quota.source === 'service-quotas';
  return [
    finding('QP112', {
      severity: read ? 'error' : 'warning',
      detail: `${quota.name} (${count.where}): ${count.there} there, ${count.more} to be made, ${read ? 'quota' : "AWS's default quota"} ${quota.value}`,
      subjects: [code, count.where],
      remedy: `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${id} --desired-value ${count.there + count.more}`,
    }),
  ];
}
