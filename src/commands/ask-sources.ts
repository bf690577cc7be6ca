// The wizard's offer to replay recorded calls before something denies.
import type { StepId } from '../engine/types.ts';
import type { PerimeterInput } from '../steps/landscape.ts';
import type { Option } from '../ui/questions.ts';
import type { Ui } from '../ui/ui.ts';

const options: readonly Option[] = [
  { value: 'skip', label: 'Skip', detail: 'who would be denied shows only once it denies' },
  { value: 'folder', label: 'Folder or files', detail: 'CloudTrail logs on this machine' },
  { value: 's3', label: 's3://', detail: 'the bucket that a trail writes to' },
];

/** The question. */
export const offerBefore = (step: StepId): string =>
  `Assess recorded S3 calls (CloudTrail) before step ${step}, to see who would be denied?`;

/** Asks what is to be assessed before this step; none: nothing. */
export async function askForSources(ui: Pick<Ui, 'ask'>, step: StepId, { landscape }: PerimeterInput): Promise<readonly string[]> {
  const [kind = 'skip'] = await ui.ask({
    kind: 'select',
    id: 'assess',
    text: offerBefore(step),
    options,
    initial: 'skip',
    flag: '--assess',
  });
  if (kind === 'skip') return [];
  const isS3 = kind === 's3';
  const [trail] = landscape.trails.known ? landscape.trails.value : [];
  return ui.ask({
    kind: 'input',
    id: 'assess-source',
    text: isS3 ? 'Where does the trail write to (s3://BUCKET/PREFIX)?' : 'Which folder or files?',
    initial: isS3 && trail !== undefined ? `s3://${trail.bucket}${trail.prefix === null ? '' : `/${trail.prefix}`}` : '',
    check: (values) => problemOf(values, isS3),
    flag: '--assess',
  });
}

function problemOf(values: readonly string[], isS3: boolean): string | null {
  if (values.length === 0) return 'name at least one';
  const other = values.find((value) => value.startsWith('s3://') !== isS3);
  if (other === undefined) return null;
  return isS3 ? `${other} does not begin with s3://` : `${other} is no folder or file`;
}
