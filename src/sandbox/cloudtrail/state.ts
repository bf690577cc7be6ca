// Trails as CloudTrail describes them. What they would write is not made from this; nothing here delivers files.

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

export interface CloudTrailState {
  trails: TrailState[];
}

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
