// AWS CloudTrail: the trails that an account sees, and what they log. All of it is read; trails are made by scenarios and tests.
import type {
  DescribeTrailsCommandInput,
  GetEventSelectorsCommandInput,
  GetTrailCommandInput,
  GetTrailStatusCommandInput,
  ListTrailsCommandInput,
  Trail,
} from '@aws-sdk/client-cloudtrail';
import { AwsError, type Call, type ServiceModel } from '../types.ts';
import type { World } from '../world.ts';
import type { TrailState } from './state.ts';

export const cloudTrailModel: ServiceModel<World> = {
  service: 'cloudtrail',
  operations: {
    DescribeTrails: {
      kind: 'read',
      run: (world: World, input: DescribeTrailsCommandInput, call: Call) => {
        const asked = input.trailNameList ?? [];
        const found = visible(world, call)
          .filter((trail) => (input.includeShadowTrails ?? true) || trail.homeRegion === call.region)
          .filter((trail) => asked.length === 0 || asked.some((name) => isNamed(trail, name, call)));
        return { trailList: found.map(shape) };
      },
    },
    ListTrails: {
      kind: 'read',
      run: (world: World, _input: ListTrailsCommandInput, call: Call) => ({
        Trails: everywhere(world, call).map((trail) => ({ TrailARN: arnOf(trail), Name: trail.name, HomeRegion: trail.homeRegion })),
      }),
    },
    GetTrail: {
      kind: 'read',
      run: (world: World, input: GetTrailCommandInput, call: Call) => ({ Trail: shape(trailOf(world, input.Name, call)) }),
    },
    GetTrailStatus: {
      kind: 'read',
      run: (world: World, input: GetTrailStatusCommandInput, call: Call) => ({ IsLogging: trailOf(world, input.Name, call).logging }),
    },
    GetEventSelectors: {
      kind: 'read',
      run: (world: World, input: GetEventSelectorsCommandInput, call: Call) => {
        const trail = trailOf(world, input.TrailName, call);
        return {
          TrailARN: arnOf(trail),
          ...(trail.advancedEventSelectors.length > 0
            ? { AdvancedEventSelectors: trail.advancedEventSelectors }
            : { EventSelectors: trail.eventSelectors }),
        };
      },
    },
  },
};

/** Trails of the caller's account in any Region, and its organization's. */
function everywhere(world: World, { caller }: Call): readonly TrailState[] {
  const organization = world.organizations.organization;
  const member = organization !== null && Object.hasOwn(organization.accounts, caller.accountId) ? organization.id : null;
  return (world.cloudTrail?.trails ?? []).filter(
    ({ accountId, organizationId }) => accountId === caller.accountId || (organizationId !== null && organizationId === member),
  );
}

const visible = (world: World, call: Call): readonly TrailState[] =>
  everywhere(world, call).filter(({ homeRegion, multiRegion }) => multiRegion || homeRegion === call.region);

/** By ARN anywhere, by name only at home. Throws AwsError `TrailNotFoundException`. */
function trailOf(world: World, name: string | undefined, call: Call): TrailState {
  const trail = everywhere(world, call).find((each) => isNamed(each, name ?? '', call));
  if (trail === undefined)
    throw new AwsError('TrailNotFoundException', `Unknown trail: ${name ?? ''} for the user: ${call.caller.accountId}`, 400);
  return trail;
}

const isNamed = (trail: TrailState, name: string, { region }: Call): boolean =>
  name === arnOf(trail) || (name === trail.name && trail.homeRegion === region);

const arnOf = ({ name, accountId, homeRegion }: TrailState): string => `arn:aws:cloudtrail:${homeRegion}:${accountId}:trail/${name}`;

const shape = (trail: TrailState): Trail => ({
  Name: trail.name,
  TrailARN: arnOf(trail),
  S3BucketName: trail.bucket,
  ...(trail.prefix === null ? {} : { S3KeyPrefix: trail.prefix }),
  IncludeGlobalServiceEvents: true,
  IsMultiRegionTrail: trail.multiRegion,
  HomeRegion: trail.homeRegion,
  LogFileValidationEnabled: true,
  HasCustomEventSelectors: true,
  HasInsightSelectors: false,
  IsOrganizationTrail: trail.organizationId !== null,
});
