// What commander hands over, as types: every flag optional, lists split already.
import type { FlagValues } from '../config/settings.ts';

export interface Flags extends FlagValues {
  /** Given without a name: an empty string. */
  readonly sandbox?: string | undefined;
  readonly sandboxSpeed?: string | undefined;
  readonly sandboxReset?: true | undefined;
  readonly json?: true | undefined;
  readonly quiet?: true | undefined;
  readonly verbose?: true | undefined;
  readonly debug?: true | undefined;
  /** False where `--no-color` was given. */
  readonly color?: boolean | undefined;
  /** For screen readers: no colours, no boxes, nothing drawn anew. */
  readonly plain?: true | undefined;
  readonly yes?: true | undefined;
  readonly until?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
  readonly skipProbes?: true | undefined;
  readonly out?: string | undefined;
  readonly detailedExitcode?: true | undefined;
  readonly to?: string | undefined;
  readonly releaseAddress?: true | undefined;
  readonly print?: true | undefined;
  readonly assess?: readonly string[] | undefined;
  /** Of `report`: `html` or `md`. */
  readonly format?: string | undefined;
  readonly port?: string | undefined;
  /** Of `explain`: a file, or `-` for standard input. */
  readonly requests?: string | undefined;
  /** Of `explain`: the old policy's file; the new one's is the argument. */
  readonly diff?: string | undefined;
  readonly as?: string | undefined;
  readonly from?: string | undefined;
  readonly action?: string | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly live?: true | undefined;
  /** Of `explain`: AWS's message. */
  readonly error?: string | undefined;
  readonly since?: string | undefined;
  readonly before?: string | undefined;
  readonly workers?: string | undefined;
  readonly maxDenied?: string | undefined;
  /** Of `assess`: the network instead of logs. */
  readonly network?: true | undefined;
  /** Of `verify`. */
  readonly junit?: string | undefined;
  readonly wait?: string | undefined;
  /** Of `verify`: a DNS server; true where it was given without one. */
  readonly dns?: string | true | undefined;
  readonly maxScanGb?: string | undefined;
  readonly offline?: true | undefined;
  readonly vpceMap?: string | undefined;
  readonly principalTags?: string | undefined;
  /** Of `watch`: how long, how often, and above how many refused calls the last step is undone. */
  readonly for?: string | undefined;
  readonly every?: string | undefined;
  readonly revertAbove?: string | undefined;
}

export const commandNames = [
  'init',
  'plan',
  'apply',
  'rollback',
  'confirm',
  'status',
  'explain',
  'assess',
  'verify',
  'watch',
  'report',
  'sandbox',
  'completion',
] as const;
export type CommandName = (typeof commandNames)[number];

/** Commands that go through the six steps. */
export const hasRail = (name: CommandName): boolean => name === 'apply' || name === 'init';

/** Commands whose JSON is one event a line. */
export const hasEvents = (name: CommandName): boolean => ['apply', 'rollback', 'confirm', 'init', 'watch'].includes(name);
