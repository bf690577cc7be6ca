// Trails as CloudTrail describes them, and the records that wait for their file.
import type { Json } from '../../ports.ts';

/** A classic or advanced selector, in the SDK's own shape. */
export interface SelectorState {
  ReadWriteType?: 'ReadOnly' | 'WriteOnly' | 'All';
  IncludeManagementEvents?: boolean;
  DataResources?: { Type: string; Values: string[] }[];
}

export interface AdvancedSelectorState {
  Name?: string;
  FieldSelectors: {
    Field: string;
    Equals?: string[];
    StartsWith?: string[];
    EndsWith?: string[];
    NotEquals?: string[];
    NotStartsWith?: string[];
    NotEndsWith?: string[];
  }[];
}

export interface TrailState {
  name: string;
  /** Whose trail it is: of an organization trail the management account. */
  accountId: string;
  homeRegion: string;
  bucket: string;
  /** Of the keys, without a slash at the end; null for none. */
  prefix: string | null;
  multiRegion: boolean;
  /** The id of the organization whose accounts all write to it; null for a trail of one account. */
  organizationId: string | null;
  logging: boolean;
  eventSelectors: SelectorState[];
  /** Where there are any, the others are empty. */
  advancedEventSelectors: AdvancedSelectorState[];
}

/** One event, as CloudTrail writes it. */
export type TrailRecord = { readonly [name: string]: Json };

/** Records of one account and Region that wait for the next file of a trail. */
export interface WaitingFile {
  trail: string;
  accountId: string;
  region: string;
  /** Simulated milliseconds since the epoch of the first of them. */
  since: number;
  records: TrailRecord[];
}

export interface CloudTrailState {
  trails: TrailState[];
  /** Whether calls are written down; absent: no. Trails stand and say that they log, and no run grows by what nobody reads. */
  recording?: boolean;
  waiting?: WaitingFile[];
}

/** The selector for the data events of S3's objects whose ARNs begin with one of these; of all objects where there is none. */
export const objectEventsOf = (...beginnings: string[]): AdvancedSelectorState => ({
  Name: 'S3 data events',
  FieldSelectors: [
    { Field: 'eventCategory', Equals: ['Data'] },
    { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
    ...(beginnings.length === 0 ? [] : [{ Field: 'resources.ARN', StartsWith: beginnings }]),
  ],
});

/** The selector for management events. */
export const managementEvents: AdvancedSelectorState = {
  Name: 'Management events',
  FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }],
};

/** A trail that logs management events of all Regions and, with `dataEvents`, every call to S3 objects. */
export const newTrail = (
  of: Pick<TrailState, 'name' | 'accountId' | 'homeRegion' | 'bucket'> & Partial<TrailState> & { readonly dataEvents?: boolean },
): TrailState => {
  const { dataEvents = false, ...given } = of;
  return {
    prefix: null,
    multiRegion: true,
    organizationId: null,
    logging: true,
    eventSelectors: [
      {
        ReadWriteType: 'All',
        IncludeManagementEvents: true,
        DataResources: dataEvents ? [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] }] : [],
      },
    ],
    advancedEventSelectors: [],
    ...given,
  };
};
