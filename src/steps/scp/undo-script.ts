// What lifts the SCP, detaches and deletes it, as bash.
import type { Applied } from '../../engine/types.ts';
import { unknownKind } from '../change-kind.ts';
import { text, truth } from '../fields.ts';
import { probeIn } from '../probing.ts';
import { Bash, bash, inQuery, lines } from '../runbook/bash.ts';
import { asParameter, findId, idOf, pathsOf, scriptFile, type ToUndo, type UndoScript } from '../runbook/undo-script.ts';
import { allOurs, contentsToPutBack, inspectContent } from './content.ts';

/** The script's part for one change of the SCP. */
export function undoScp(toUndo: ToUndo): UndoScript {
  const kind = text(toUndo.applied.change.after, 'kind');
  switch (kind) {
    case 'content':
      return undoContent(toUndo);
    case 'attachment':
      return undoAttachment(toUndo);
    case 'policy':
      return undoPolicy(toUndo);
    default:
      throw unknownKind(toUndo.applied, kind);
  }
}

const missing = 'PolicyNotFoundException';
/** The absent key that the lifted version of this script denies. */
const liftedKey = 'quilt-perimeter-probe/runbook/scp/lifted';
const keyOfRun = (run: string): string => `quilt-perimeter-probe/${run}/scp/lifted`;

function undoContent({ applied, history, undoingRuns, neverMade }: ToUndo): UndoScript {
  const { change } = applied;
  const id = text(change.after, 'policyId');
  const { former, lifted, denies } = contentsToPutBack(applied, liftedKey);
  const known = [...new Set([former, lifted, ...versionsIn(history, undoingRuns, id)])];
  const inState = (state: string) => known.filter((each) => inspectContent(applied, each).state === state).map(file);
  const [made, asMade, asBefore] = [text(change.after, 'content'), inState('as-made'), inState('as-before')];
  const idle = truth(change.before, 'idle');
  const read = bash`organization organizations describe-policy --policy-id ${id} --query Policy.Content --output text`;
  const version = idle ? new Bash('"$version"') : pathsOf([file(former)]);
  const update = (content: Bash) => bash`organization organizations update-policy --policy-id ${id} --content ${content}`;
  const put = update(idle ? new Bash('"file://$version"') : asParameter(file(former)));
  return {
    body: lines([
      bash`  there="$(ask ${missing} ${read})"
  if [ -z "$there" ]; then
    already 'the SCP is gone'
  elif says "$there" ${pathsOf(asBefore)}; then
    already 'its content is as it was before, or denies nothing'
  elif says "$there" ${pathsOf(asMade)}; then`,
      ...(idle
        ? [
            bash`    # It was attached to nothing. Where it is attached now, what is put back must bind nobody.
    version=${pathsOf([file(former)])}
    targets="$(ask ${missing} ${listTargets(id)} | rows)"
    if [ -n "$targets" ]; then version=${pathsOf([file(lifted)])}; fi`,
          ]
        : []),
      bash`    send ${missing} ${put}
    await_policy ${`SCP ${id} has its former content`} ${version} ${missing} ${read}`,
      ...(change.undoFirst === true && !denies ? seeLifted(applied) : []),
      bash`    undone
  else
${
  neverMade
    ? bash`    already 'AWS refused to put this version'`
    : bash`    case "$there" in *QuiltPerimeter*) ;; *) binds=no ;; esac
    changed "$there" "$(cat ${pathsOf([file(made)])})"`
}
  fi`,
    ]),
    commands: [update(asParameter(file(former)))],
    files: [file(former), file(made), ...(idle ? [file(lifted)] : []), ...asMade, ...asBefore],
  };
}

/** Waits until S3 shows that the lifted version is in force; where that cannot be seen, detaching lifts it as well. */
function seeLifted({ change, run }: Applied): readonly Bash[] {
  const probe = probeIn(change.after, { run: { id: run } });
  if (probe === null) return [];
  const get = (key: string) =>
    bash`quilt s3api get-object --bucket ${probe.bucket} --expected-bucket-owner ${probe.owner} --key ${key} "$work/object"`;
  return [
    bash`    # The lifted version denies one absent key: once S3 refuses that key and lets the other one pass, it is in force.
    say '   waiting until S3 shows that the perimeter is lifted, at most four minutes'
    for _ in $(seq 1 48); do
      control="$(${get(liftedKey)} 2>&1 || true)"
      sentinel="$(${get(probe.sentinel)} 2>&1 || true)"
      case "$control $sentinel" in *AccessDenied*NoSuchKey*) break ;; esac
      sleep "$poll_seconds"
    done`,
  ];
}

function undoAttachment({ applied: { change } }: ToUndo): UndoScript {
  const [id, target] = [text(change.after, 'policyId'), text(change.after, 'targetId')];
  const read = bash`${listTargets(id)} --query ${`Targets[?TargetId==${inQuery(target)}].TargetId`}`;
  const detach = bash`organization organizations detach-policy --policy-id ${id} --target-id ${target}`;
  return {
    body: bash`  there="$(ask ${missing} ${read} | rows)"
  if [ -z "$there" ]; then
    already 'it is not attached'
  else
    send 'PolicyNotAttachedException|PolicyNotFoundException|TargetNotFoundException' ${detach}
    await ${`SCP ${id} is detached from ${target}`} 120 '' ${missing} ${read}
    undone
  fi`,
    commands: [detach],
    files: [],
  };
}

function undoPolicy(toUndo: ToUndo): UndoScript {
  const { applied, history, undoingRuns } = toUndo;
  const { change, made } = applied;
  const [name, description] = [text(change.after, 'name'), text(change.after, 'description')];
  const id = idOf(applied);
  const mark = `Policies[?Name==${inQuery(name)} && Description==${inQuery(description)}].Id`;
  const look = bash`organization organizations list-policies --filter SERVICE_CONTROL_POLICY --query ${mark} --output text`;
  const known = [text(change.after, 'content'), ...(made === null ? [] : versionsIn(history, undoingRuns, made.id))];
  const ours = [...new Set(known)].filter(allOurs).map(file);
  const read = bash`organization organizations describe-policy --policy-id ${id} --query Policy.Content --output text`;
  const remove = bash`organization organizations delete-policy --policy-id ${id}`;
  return {
    body: bash`  ${findId(toUndo, look)}
  there=''
  if [ -n "$id" ]; then there="$(ask ${missing} ${read})"; fi
  if [ -z "$there" ]; then
    already 'the SCP is gone'
  elif ! says "$there" ${pathsOf(ours)}; then
    changed "$there" 'a version of its own'
  else
    targets="$(ask ${missing} ${listTargets(id)} --query 'Targets[].Name' | rows)"
    if ! used "$targets"; then
      send ${missing} ${remove}
      undone
    fi
  fi`,
    commands: [remove],
    files: ours,
  };
}

const listTargets = (id: string | Bash): Bash => bash`organization organizations list-targets-for-policy --policy-id ${id} --output text`;

const file = (content: string) => scriptFile('scp', content);

/** Every content that this tool may have put into the SCP. */
function versionsIn(history: readonly Applied[], runs: readonly string[], id: string): readonly string[] {
  return history.flatMap((each): readonly string[] => {
    const { change, made } = each;
    const kind = text(change.after, 'kind');
    if (kind === 'policy' && (made === null || made.id === id)) return [text(change.after, 'content')];
    if (kind !== 'content' || text(change.after, 'policyId') !== id) return [];
    const putBack = [liftedKey, ...runs.map(keyOfRun)].flatMap((key) => {
      const { former, lifted } = contentsToPutBack(each, key);
      return [former, lifted];
    });
    return [text(change.after, 'content'), ...putBack];
  });
}
