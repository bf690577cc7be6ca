// Two services of which the job needs little: Route 53 and Service Quotas.
export { route53Model } from './route53.ts';
export { serviceQuotasModel } from './service-quotas.ts';
