// What of S3's data events a trail's selectors log. Data events are off unless a selector asks for them (F15), so an absence of
// records proves nothing where they are off.
import type { AdvancedEventSelector, AdvancedFieldSelector, EventSelector } from '@aws-sdk/client-cloudtrail';

/** How much of something is logged. */
export type Extent = 'all' | 'some' | 'none';

/** Of one bucket's data events, what a trail's selectors log. */
export interface LoggedData {
  readonly reads: Extent;
  readonly writes: Extent;
}

/** Which data events of a bucket's objects the selectors log. Of several selectors each adds its own. */
export type Selectors = { readonly basic: readonly EventSelector[]; readonly advanced: readonly AdvancedEventSelector[] };

/**
 * Which of the bucket's data events these selectors log.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 * @param partition of the bucket's ARN, such as `aws`
 */
export function loggedBy(selectors: Selectors, bucket: string, partition: string): LoggedData {
  return [
    ...selectors.basic.map((selector) => basicLogs(selector, bucket, partition)),
    ...selectors.advanced.map((selector) => advancedLogs(selector, bucket, partition)),
  ].reduce(together, nothing);
}

const nothing: LoggedData = { reads: 'none', writes: 'none' };

/** What two sets of selectors log between them. Two parts may make a whole, which is not looked into. */
export const together = (one: LoggedData, other: LoggedData): LoggedData => ({
  reads: more(one.reads, other.reads),
  writes: more(one.writes, other.writes),
});

function basicLogs({ ReadWriteType, DataResources }: EventSelector, bucket: string, partition: string): LoggedData {
  const values = (DataResources ?? []).filter(({ Type }) => Type === 'AWS::S3::Object').flatMap(({ Values }) => Values ?? []);
  const extent = values.map((value) => prefixExtent(value, bucket, partition)).reduce(more, 'none');
  // Without a ReadWriteType a selector logs both.
  return {
    reads: ReadWriteType === 'WriteOnly' ? 'none' : extent,
    writes: ReadWriteType === 'ReadOnly' ? 'none' : extent,
  };
}

// `arn:aws:s3` stands for all buckets of all accounts; `arn:aws:s3:::bucket/` for all objects of one.
const prefixExtent = (value: string, bucket: string, partition: string): Extent =>
  value === `arn:${partition}:s3` || value === `arn:${partition}:s3:::` ? 'all' : startsWith(value, objectsOf(bucket, partition));

const objectsOf = (bucket: string, partition: string): string => `arn:${partition}:s3:::${bucket}/`;

function advancedLogs({ FieldSelectors }: AdvancedEventSelector, bucket: string, partition: string): LoggedData {
  let extent: Extent = 'all';
  let [reads, writes] = [true, true];
  for (const field of FieldSelectors ?? []) {
    switch (field.Field) {
      case 'eventCategory':
        if (!holds(field, 'Data')) return nothing;
        break;
      case 'resources.type':
        if (!holds(field, 'AWS::S3::Object')) return nothing;
        break;
      case 'eventSource':
        if (!holds(field, 's3.amazonaws.com')) return nothing;
        break;
      case 'readOnly':
        reads &&= holds(field, 'true');
        writes &&= holds(field, 'false');
        break;
      case 'resources.ARN':
        extent = less(extent, extentOf(field, objectsOf(bucket, partition)));
        break;
      default:
        // eventName, eventType, userIdentity.arn and whatever comes: they narrow it, to what is not worked out.
        extent = less(extent, 'some');
    }
  }
  // A selector without resources.type is one of management events.
  if (!(FieldSelectors ?? []).some(({ Field }) => Field === 'resources.type')) return nothing;
  return { reads: reads ? extent : 'none', writes: writes ? extent : 'none' };
}

/** Whether a field that has one value only passes; each operator must, by any of its values, or by none where it is negated. */
function holds(field: AdvancedFieldSelector, value: string): boolean {
  const any = (values: readonly string[] | undefined, test: (text: string) => boolean): boolean =>
    values === undefined || values.some(test);
  const none = (values: readonly string[] | undefined, test: (text: string) => boolean): boolean => !(values ?? []).some(test);
  return (
    any(field.Equals, (text) => value === text) &&
    any(field.StartsWith, (text) => value.startsWith(text)) &&
    any(field.EndsWith, (text) => value.endsWith(text)) &&
    none(field.NotEquals, (text) => value === text) &&
    none(field.NotStartsWith, (text) => value.startsWith(text)) &&
    none(field.NotEndsWith, (text) => value.endsWith(text))
  );
}

/** Of the ARNs that begin with `base`, how many a field's operators let pass. */
function extentOf(field: AdvancedFieldSelector, base: string): Extent {
  const equal = (text: string): Extent => (text.startsWith(base) ? 'some' : 'none');
  const any = (values: readonly string[] | undefined, extent: (text: string) => Extent): Extent =>
    values === undefined ? 'all' : values.map(extent).reduce(more, 'none');
  const none = (values: readonly string[] | undefined, extent: (text: string) => Extent): Extent =>
    other((values ?? []).map(extent).reduce(more, 'none'));
  return [
    any(field.Equals, equal),
    any(field.StartsWith, (text) => startsWith(text, base)),
    any(field.EndsWith, () => 'some'),
    none(field.NotEquals, equal),
    none(field.NotStartsWith, (text) => startsWith(text, base)),
    none(field.NotEndsWith, () => 'some'),
  ].reduce(less, 'all');
}

/** Of the ARNs that begin with `base`, how many begin with `prefix`. */
function startsWith(prefix: string, base: string): Extent {
  if (base.startsWith(prefix)) return 'all';
  return prefix.startsWith(base) ? 'some' : 'none';
}

const rank = { none: 0, some: 1, all: 2 } as const satisfies Record<Extent, number>;
const more = (one: Extent, two: Extent): Extent => (rank[one] >= rank[two] ? one : two);
const less = (one: Extent, two: Extent): Extent => (rank[one] <= rank[two] ? one : two);
const other = (extent: Extent): Extent => (extent === 'all' ? 'none' : extent === 'none' ? 'all' : 'some');
