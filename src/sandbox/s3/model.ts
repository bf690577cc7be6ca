// Amazon S3: buckets and objects behind front ends that ask every policy there is, each as it knows it (authorize.ts).
import type { ServiceModel } from '../types.ts';
import type { World } from '../world.ts';
import { bucketPolicies } from './bucket-policy.ts';
import { bucketSettings } from './bucket-settings.ts';
import { buckets } from './buckets.ts';
import { listings } from './listings.ts';
import { objects } from './objects.ts';

export { s3ControlModel } from './control.ts';

export const s3Model: ServiceModel<World> = {
  service: 's3',
  operations: { ...buckets, ...bucketPolicies, ...bucketSettings, ...objects, ...listings },
};
