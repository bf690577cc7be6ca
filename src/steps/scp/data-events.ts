// Whether a trail would tell who is denied: data events of S3 are off unless somebody turned them on (F15).
import { type DataEvents, dataEventsFor } from '../../aws/trail.ts';
import { type Finding, finding, unknownFinding } from '../../findings.ts';
import type { PerimeterInput } from '../landscape.ts';

/** QP601: buckets in scope whose data events are not, or not all, in any trail. */
export function notLogged({ choices, landscape }: PerimeterInput): readonly Finding[] {
  const { buckets, trails, survey } = landscape;
  const { partition } = survey.quilt;
  const told = buckets.inScope.map(({ name, region }) => ({
    name,
    events: dataEventsFor({ name, region: region.known ? region.value : null, partition }, trails),
  }));
  const of = (...states: readonly DataEvents['state'][]) => told.filter(({ events }) => states.includes(events.state));
  const missing = of('none', 'part');
  const unknown = of('unknown');
  return [
    ...(missing.length === 0
      ? []
      : [
          finding('QP601', {
            detail: byReason(missing),
            subjects: missing.map(({ name }) => name),
            remedy: `${selectorFor(partition, choices.buckets)} (it replaces the trail's selectors: keep those that it has; data events cost)`,
          }),
        ]),
    ...(unknown.length === 0
      ? []
      : [
          unknownFinding(
            'QP601',
            trails.known ? 'cloudtrail:GetEventSelectors' : trails.action,
            byReason(unknown),
            unknown.map(({ name }) => name),
          ),
        ]),
  ];
}

const mostNamed = 5;

function byReason(told: readonly { readonly name: string; readonly events: DataEvents }[]): string {
  const names = new Map<string, string[]>();
  for (const { name, events } of told) {
    const why = events.why.join(' and ');
    names.set(why, [...(names.get(why) ?? []), name]);
  }
  return [...names]
    .map(([why, of]) => {
      const more = of.length - mostNamed;
      return `${of.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}: ${why}`;
    })
    .join('; ');
}

const selectorFor = (partition: string, patterns: readonly string[]): string => {
  const beginnings = patterns.map((pattern) => (/[*?]/.test(pattern) ? (pattern.split(/[*?]/)[0] ?? '') : `${pattern}/`));
  const fields = [
    { Field: 'eventCategory', Equals: ['Data'] },
    { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
    { Field: 'resources.ARN', StartsWith: beginnings.map((beginning) => `arn:${partition}:s3:::${beginning}`) },
  ];
  const selector = JSON.stringify([{ Name: 'Quilt objects', FieldSelectors: fields }]);
  return `aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors '${selector}'`;
};
