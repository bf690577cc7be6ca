// The perimeter of this folder: what the file and the flags say, with what AWS tells or without asking it anything.
import type { Settings } from '../config/settings.ts';
import { badInput } from '../errors.ts';
import type { JournalState } from '../journal/journal.ts';
import type { PerimeterSpec } from '../policy/perimeter.ts';
import type { Wanted } from '../steps/choices.ts';
import type { PerimeterInput, Survey } from '../steps/landscape.ts';
import { decide, wantedOf } from './decide.ts';
import { openForReading } from './engine-ports.ts';
import type { ProgramPorts } from './ports.ts';
import { recalled } from './remembered.ts';
import { selectSteps } from './selection.ts';
import { openSession, type Run, readSettings, type Session } from './session.ts';
import { surveyAloud } from './survey.ts';

/** A perimeter that AWS was asked for. */
export type FoundPerimeter = ThisPerimeter & { readonly online: NonNullable<ThisPerimeter['online']> };

export interface ThisPerimeter {
  readonly spec: PerimeterSpec;
  /** The bucket that the bucket policy goes on; null where nobody said it. */
  readonly testBucket: string | null;
  /** What the SCP is attached to; none where nobody said it: the account that holds the stack, whichever that is. */
  readonly targets: readonly string[];
  /** Ranges and addresses of theirs that somebody typed, beside those that are trusted. */
  readonly typedRanges: readonly string[];
  /** Null where AWS was asked nothing. */
  readonly online: { readonly session: Session; readonly input: PerimeterInput; readonly survey: Survey } | null;
  close(): Promise<void>;
}

/**
 * The perimeter that `apply` would put on with the same file and flags. The caller closes it.
 * @param offline AWS is asked nothing: the organization is not known then, and a VPC's ARN leaves account and Region open.
 * @throws PerimeterError (exit 2) where the file and the flags do not say enough, naming the flag
 */
export function thisPerimeter(run: Run, { offline }: { readonly offline: boolean }): Promise<ThisPerimeter> {
  return offline ? saidPerimeter(run) : foundPerimeter(run);
}

/** The same, asked of AWS. Throws as `thisPerimeter` does. */
export const foundPerimeter = (run: Run): Promise<FoundPerimeter> => found(run, (wanted) => wanted);

/**
 * The perimeter that stands, or is to: what neither the file nor a flag says is taken from what the last run was made with.
 * @throws as `foundPerimeter`; QP701 where the folder's journal belongs to another place
 */
export async function rememberedPerimeter(run: Run): Promise<FoundPerimeter & { readonly journal: JournalState }> {
  let state: JournalState | null = null;
  const perimeter = await found(run, async (wanted, session, survey) => {
    const journal = await openForReading(session, survey, { stack: null, vpc: null });
    try {
      for (const note of journal.notes) session.ui.progress(note);
      state = journal.state;
      return recalled(session, wanted, journal.state);
    } finally {
      await journal.close();
    }
  });
  if (state === null) throw new Error('a perimeter was found without its journal');
  return { ...perimeter, journal: state };
}

type Recall = (wanted: Wanted, session: Session, survey: Survey) => Wanted | Promise<Wanted>;

async function found(run: Run, recall: Recall): Promise<FoundPerimeter> {
  const session = await openSession(run);
  try {
    const survey = await surveyAloud(session);
    const said = wantedOf(session.settings, run.flags, selectSteps({}));
    const choices = await decide(session, survey, await recall(said, session, survey));
    const { readInput } = await import('../steps/pipeline.ts');
    const { perimeterSpec } = await import('../steps/perimeter-spec.ts');
    const input = await readInput(survey, choices, session.ctx);
    return {
      spec: perimeterSpec(input),
      testBucket: choices.testBucket,
      targets: choices.targets,
      typedRanges: typedRanges(choices),
      online: { session, input, survey },
      close: () => session.close(),
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function saidPerimeter(run: Run): Promise<ThisPerimeter> {
  const { settings } = await readSettings(run);
  const { wanted } = settings;
  if (wanted.vpc === null) {
    throw badInput(
      'CHOICE',
      'reading the perimeter of this folder without asking AWS: neither a flag nor quilt-perimeter.yaml names the VPC',
      '--vpc ID, or network.vpc in quilt-perimeter.yaml',
    );
  }
  const partition = partitionOf(settings, run.ports.env);
  const administrator = wanted.tagAdministrator ?? settings.quilt.roleArn;
  if (wanted.protectExemptTag && administrator === null) {
    throw badInput(
      'CHOICE',
      'reading the perimeter of this folder without asking AWS: nothing says who may still set the exempt tag',
      'perimeter.tagAdministrator: ARN in quilt-perimeter.yaml',
    );
  }
  return {
    spec: {
      partition,
      buckets: wanted.buckets,
      trustedVpcs: [...new Set([wanted.vpc, ...wanted.trustedVpcs])].map((id) => ({ id, arn: `arn:${partition}:ec2:*:*:vpc/${id}` })),
      vpcKey: wanted.vpcKey,
      trustedCidrs: wanted.trustedCidrs,
      exemptTag: wanted.exemptTag,
      resourceAccounts: wanted.resourceAccounts,
      accessPoints: wanted.accessPoints,
      protectExemptTag: wanted.protectExemptTag && administrator !== null ? { administrator } : null,
      organizationId: null,
      expires: null,
    },
    testBucket: wanted.testBucket,
    targets: wanted.targets,
    typedRanges: typedRanges(wanted),
    online: null,
    close: async () => undefined,
  };
}

/** The clients' networks, and the operator's address. */
export const typedRanges = (said: { readonly clientCidrs: readonly string[]; readonly operatorIp: string | null }): readonly string[] => [
  ...said.clientCidrs,
  ...(said.operatorIp === null ? [] : [said.operatorIp]),
];

// Without asking, the partition is that of an ARN or of the Region that was given (K14).
function partitionOf({ region, quilt }: Settings, env: ProgramPorts['env']): string {
  const fromArn = quilt.roleArn?.split(':')[1];
  if (fromArn !== undefined) return fromArn;
  const name = region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? '';
  return partitions.find(([beginning]) => name.startsWith(beginning))?.[1] ?? 'aws';
}

const partitions = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['eusc-', 'aws-eusc'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-iso-', 'aws-iso'],
] as const;
