// Which model answers for which service.
import { athenaModel } from './athena/model.ts';
import { cloudFormationModel } from './cloudformation/model.ts';
import { cloudTrailModel } from './cloudtrail/model.ts';
import { ec2Model } from './ec2/model.ts';
import { iamModel } from './iam/model.ts';
import { lambdaModel } from './lambda/model.ts';
import { organizationsModel } from './organizations/model.ts';
import { s3ControlModel, s3Model } from './s3/model.ts';
import { route53Model, serviceQuotasModel } from './small/model.ts';
import { stsModel } from './sts/model.ts';
import { syntheticsModel } from './synthetics/model.ts';
import type { Call, Write } from './types.ts';
import type { ServiceName } from './wire/services.ts';
import type { World } from './world.ts';

/** A model as the sandbox calls it: inputs come out of the service's own schema, so they have the shape that it expects. */
export interface Model {
  readonly operations: {
    readonly [operation: string]: { readonly kind: Write; run(world: World, input: object, call: Call): unknown } | undefined;
  };
}

export type Models = { readonly [S in ServiceName]?: Model };

export const models: Models = {
  athena: athenaModel,
  cloudformation: cloudFormationModel,
  cloudtrail: cloudTrailModel,
  ec2: ec2Model,
  iam: iamModel,
  lambda: lambdaModel,
  organizations: organizationsModel,
  route53: route53Model,
  s3: s3Model,
  s3control: s3ControlModel,
  servicequotas: serviceQuotasModel,
  sts: stsModel,
  synthetics: syntheticsModel,
};
