// Which events a trail asks for. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
import type { AdvancedSelectorState, SelectorState, TrailState } from './state.ts';

/** What selectors look at. */
export interface SelectableEvent {
  readonly category: 'Management' | 'Data';
  readonly source: string;
  readonly name: string;
  readonly readOnly: boolean;
  /** Of a data event: the object's ARN, or the bucket's with a slash where the call is about the bucket. */
  readonly resourceArn: string | null;
}

/** Whether the trail writes such an event down. */
export function isSelected(trail: Pick<TrailState, 'eventSelectors' | 'advancedEventSelectors'>, event: SelectableEvent): boolean {
  return (
    trail.eventSelectors.some((selector) => basic(selector, event)) ||
    trail.advancedEventSelectors.some((selector) => advanced(selector, event))
  );
}

const everyBucket = ['arn:aws:s3', 'arn:aws:s3:::'];

function basic(
  { ReadWriteType = 'All', IncludeManagementEvents = true, DataResources = [] }: SelectorState,
  event: SelectableEvent,
): boolean {
  if (ReadWriteType !== 'All' && (ReadWriteType === 'ReadOnly') !== event.readOnly) return false;
  if (event.category === 'Management') return IncludeManagementEvents;
  const { resourceArn } = event;
  return (
    resourceArn !== null &&
    DataResources.some(
      ({ Type, Values }) =>
        Type === 'AWS::S3::Object' && Values.some((value) => everyBucket.includes(value) || resourceArn.startsWith(value)),
    )
  );
}

const advanced = ({ FieldSelectors }: AdvancedSelectorState, event: SelectableEvent): boolean =>
  FieldSelectors.every((field) => {
    const value = fieldOf(event, field.Field);
    const positive = [
      ...(field.Equals ?? []).map((wanted) => value === wanted),
      ...(field.StartsWith ?? []).map((wanted) => value?.startsWith(wanted) === true),
      ...(field.EndsWith ?? []).map((wanted) => value?.endsWith(wanted) === true),
    ];
    const negative = [
      ...(field.NotEquals ?? []).map((unwanted) => value === unwanted),
      ...(field.NotStartsWith ?? []).map((unwanted) => value?.startsWith(unwanted) === true),
      ...(field.NotEndsWith ?? []).map((unwanted) => value?.endsWith(unwanted) === true),
    ];
    return (positive.length === 0 || positive.some(Boolean)) && !negative.some(Boolean);
  });

function fieldOf(event: SelectableEvent, field: string): string | null {
  switch (field) {
    case 'eventCategory':
      return event.category;
    case 'eventSource':
      return event.source;
    case 'eventName':
      return event.name;
    case 'readOnly':
      return String(event.readOnly);
    case 'resources.type':
      return event.category === 'Data' ? 'AWS::S3::Object' : null;
    case 'resources.ARN':
      return event.resourceArn;
    default:
      return null;
  }
}
