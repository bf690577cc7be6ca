// The whole script: who may run it, with which settings, and one block for each change, denies first.
import type { UndoEntry } from '../../engine/undo-entries.ts';
import type { Json, Place } from '../../ports.ts';
import { Bash, bash, comment, lines, onOneLine, quoted } from './bash.ts';
import { prelude } from './prelude.ts';
import type { ScriptFile, ToUndo, UndoScript } from './undo-script.ts';

/** How one side is reached; null where the environment of whoever runs the script decides. */
export interface ScriptSide {
  readonly profile: string | null;
  readonly roleArn: string | null;
  /** The accounts that its credentials may belong to; empty: any. */
  readonly accounts: readonly string[];
}

export interface ScriptFacts {
  readonly place: Place;
  readonly quilt: ScriptSide;
  readonly organization: ScriptSide;
  /** Proxy and endpoints as they are where the script is written, by their names. */
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  /** Names of variables that hold something secret here: the script asks for them. */
  readonly secrets: readonly string[];
  /** Of the journal that it was made from. */
  readonly journal: string;
  /** The folder that the files beside it are written to. */
  readonly folder: string;
  /** ISO time. */
  readonly at: string;
  readonly version: string;
  /** A sentence on the sandbox; null where the journal is not one of the sandbox. */
  readonly sandbox: string | null;
  readonly releaseListed: boolean;
  readonly undoingRuns: readonly string[];
}

export interface Runbook {
  readonly script: string;
  readonly files: readonly ScriptFile[];
  readonly changes: readonly { readonly key: string; readonly summary: string; readonly commands: readonly string[] }[];
}

/** The script, the files beside it, and the commands of each change. Pure. */
export function runbookOf(
  entries: readonly UndoEntry[],
  notRestored: readonly string[],
  facts: ScriptFacts,
  undoScript: (toUndo: ToUndo) => UndoScript,
): Runbook {
  const made = entries.map((entry) => ({
    entry,
    undo: undoScript({ ...entry, undoingRuns: facts.undoingRuns, releaseListed: facts.releaseListed }),
  }));
  const files = [...new Map(made.flatMap(({ undo }) => undo.files).map((file) => [file.name, file])).values()];
  const needsOrganization = entries.some(({ applied }) => applied.step === 'scp');
  const script = lines([
    head(facts, entries.length),
    settings(facts, files),
    new Bash(prelude),
    side('quilt', facts.quilt),
    ...(needsOrganization ? [side('organization', facts.organization)] : []),
    ...made.map(({ entry, undo }) => block(entry, undo, entries.length)),
    closing(notRestored),
  ]);
  return {
    script: `${script.text}\n`,
    files,
    changes: made.map(({ entry: { applied }, undo }) => ({
      key: applied.change.key,
      summary: applied.change.summary,
      commands: undo.commands.map(({ text }) => plainCommand(text, facts)),
    })),
  };
}

function head({ place, journal, at, version, sandbox }: ScriptFacts, count: number): Bash {
  return lines([
    new Bash('#!/usr/bin/env bash'),
    comment(
      `Puts back what quilt-perimeter changed in account ${place.accountId}, Region ${place.region}: ${count} ${count === 1 ? 'change' : 'changes'}, denies first.`,
    ),
    comment(`Written ${at} by quilt-perimeter ${version} from ${journal}, without asking AWS.`),
    ...(sandbox === null ? [] : [comment(sandbox)]),
    comment(
      'It needs bash, the AWS CLI (1.29 or later, or 2.13 or later) and the files beside it. It may be cut off and run again: what is put back already is seen and passed over. What somebody changed or uses since is kept and said.',
    ),
    comment(
      'Exit code 0: all of it is put back. 3: something was kept. Anything else: a command failed; see to what AWS says and run it again. Where S3 refuses everything, run it as a role that carries the exempt tag.',
    ),
    comment(
      'Settings, from the environment: QUILT_PERIMETER_PROFILE and QUILT_PERIMETER_ORG_PROFILE (other profiles than below), QUILT_PERIMETER_POLL_SECONDS (pause between two questions, default 5), QUILT_PERIMETER_RELEASE_ADDRESS=yes (release an Elastic IP that others list).',
    ),
    new Bash('set -euo pipefail\numask 077\n'),
  ]);
}

function settings({ environment, secrets, place, folder, releaseListed }: ScriptFacts, files: readonly ScriptFile[]): Bash {
  const [first] = files;
  return lines([
    new Bash("export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off AWS_CLI_FILE_ENCODING=UTF-8 AWS_CLI_OUTPUT_ENCODING=UTF-8 PYTHONUTF8=1"),
    ...environment.map(({ name, value }) => bash`export ${new Bash(name)}=${value}`),
    ...secrets.map(
      (
        name,
      ) => bash`: "\${${new Bash(name)}:?set it as it was where this script was written; it holds a password, which is not written down}"
export ${new Bash(name)}`,
    ),
    bash`region=${place.region}
poll_seconds="\${QUILT_PERIMETER_POLL_SECONDS:-5}"
release_listed="\${QUILT_PERIMETER_RELEASE_ADDRESS:-${releaseListed ? 'yes' : 'no'}}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT`,
    ...(first === undefined
      ? []
      : [
          bash`# The files with what was there before: beside this script, else where they were written.
here="$(cd "$(dirname "$0")" && pwd)"
if [ ! -f "$here"/${first.name} ]; then here=${folder}; fi
for file in ${files.map(({ name }) => name)}; do
  if [ ! -f "$here/$file" ]; then
    printf '%s\\n' "$here/$file is missing: it belongs to this script" >&2
    exit 2
  fi
done`,
        ]),
    new Bash(''),
  ]);
}

/** The function that runs the AWS CLI for one side, and the check that it is the right account. */
function side(name: 'quilt' | 'organization', { profile, roleArn, accounts }: ScriptSide): Bash {
  const fn = new Bash(name);
  const variable = new Bash(name === 'quilt' ? 'QUILT_PERIMETER_PROFILE' : 'QUILT_PERIMETER_ORG_PROFILE');
  const what = name === 'quilt' ? 'in the Quilt account' : "on the organization's side";
  const base = bash`aws --region "$region" \${${fn}_profile:+--profile "$${fn}_profile"}`;
  const isRight = new Bash(accounts.map(quoted).join(' | '));
  return lines([
    comment(`${name}: the AWS CLI ${what}.`),
    bash`${fn}_profile=${profile ?? ''}
${fn}_profile="\${${variable}-$${fn}_profile}"`,
    roleArn === null
      ? bash`${fn}() { ${base} "$@"; }`
      : bash`assumed="$(${base} sts assume-role --role-arn ${roleArn} --role-session-name quilt-perimeter-rollback \\
  --query 'Credentials.[AccessKeyId, SecretAccessKey, SessionToken]' --output text)"
read -r ${fn}_key ${fn}_secret ${fn}_token < <(printf '%s\\n' "$assumed")
unset assumed
${fn}() (
  unset AWS_PROFILE AWS_DEFAULT_PROFILE
  export AWS_ACCESS_KEY_ID="$${fn}_key" AWS_SECRET_ACCESS_KEY="$${fn}_secret" AWS_SESSION_TOKEN="$${fn}_token"
  aws --region "$region" "$@"
)`,
    ...(accounts.length === 0
      ? []
      : [
          bash`account="$(${fn} sts get-caller-identity --query Account --output text)"
case "$account" in
  ${isRight}) ;;
  *) fail "These credentials belong to account $account and not to "${accounts.join(' or ')}": give the right ones with ${variable}." ;;
esac`,
        ]),
    new Bash(''),
  ]);
}

function block({ number, applied, carries, unlessKept }: UndoEntry, undo: UndoScript, count: number): Bash {
  const { change } = applied;
  const title = onOneLine(`${change.target.type} ${change.target.name} (${change.key})`);
  return lines([
    comment(`${number} of ${count}: ${title}`),
    comment(`What was done: ${change.summary}. Why: ${change.reason}.`),
    comment(`What was there before: ${inShort(change.before)}.`),
    ...(applied.made === null
      ? [comment('The journal has no answer of AWS to this call: what it may have made is looked for first.')]
      : []),
    ...(unlessKept === null ? [] : [comment(`Kept while something of ${unlessKept.steps.join(' or ')} is kept.`)]),
    bash`if undo ${number} ${title} ${carries.join(' ')} ${change.risk === 'additive' ? 'no' : 'yes'}; then
${undo.body}
fi
`,
  ]);
}

function inShort(before: Json): string {
  if (before === null) return 'nothing';
  const text = JSON.stringify(before);
  return text.length <= 200 ? text : 'see the files that the commands name';
}

function closing(notRestored: readonly string[]): Bash {
  return lines([
    bash`say "Undone: $undone_count. Kept: $kept_count."`,
    ...notRestored.map((sentence) => bash`say ${onOneLine(sentence)}`),
    bash`if [ "$kept_count" -gt 0 ]; then
  say 'See to what was kept, then run this script again.'
  exit 3
fi`,
  ]);
}

/** A command of the script as it can be typed: with `aws` and the profile in the place of the function. */
function plainCommand(text: string, { place, quilt, organization }: ScriptFacts): string {
  const [name = '', ...rest] = text.split(' ');
  const { profile } = name === 'organization' ? organization : quilt;
  const options = [`--region ${quoted(place.region)}`, ...(profile === null ? [] : [`--profile ${quoted(profile)}`])];
  return ['aws', ...options, ...rest].join(' ');
}
