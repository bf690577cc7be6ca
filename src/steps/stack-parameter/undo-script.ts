// What puts the stack's parameter back and deletes the change set, as bash.
import { unknownKind } from '../change-kind.ts';
import { text, texts } from '../fields.ts';
import { Bash, bash, inQuery, quoted } from '../runbook/bash.ts';
import { scriptFile, type ToUndo, type UndoScript } from '../runbook/undo-script.ts';
import { changeSetName } from './change-set.ts';

/** The script's part for one change of the stack. */
export function undoStack(toUndo: ToUndo): UndoScript {
  const kind = text(toUndo.applied.change.after, 'kind');
  switch (kind) {
    case 'execute':
      return undoExecution(toUndo);
    case 'change-set':
      return undoChangeSet(toUndo);
    default:
      throw unknownKind(toUndo.applied, kind);
  }
}

const missing = 'ChangeSetNotFound|does not exist';

function undoChangeSet({ applied: { change } }: ToUndo): UndoScript {
  const stack = text(change.after, 'stack');
  const name = changeSetName(text(change.after, 'value'));
  const { look, remove, gone } = removal(stack, name);
  return {
    body: bash`  ${look}
  if [ -z "$standing" ]; then
    already 'the change set is gone'
  else
    send ${missing} ${remove}
    ${gone}
    undone
  fi`,
    commands: [remove],
    files: [],
  };
}

/** Looking for a change set, deleting it, and waiting until its name is free again. */
function removal(stack: string, name: string): { readonly look: Bash; readonly remove: Bash; readonly gone: Bash } {
  const which = bash`--stack-name ${stack} --change-set-name ${name}`;
  const read = bash`quilt cloudformation describe-change-set ${which} --query ${"[Status][?@!='DELETE_COMPLETE']"} --output text`;
  return {
    look: bash`standing="$(ask ${missing} ${read} | rows)"`,
    remove: bash`quilt cloudformation delete-change-set ${which}`,
    gone: bash`await ${`change set ${name} is deleted`} 300 '' ${missing} ${read}`,
  };
}

/** Another change set with the former value: the template, all other parameters, the tags and the role stay as they are. */
function undoExecution({ applied }: ToUndo): UndoScript {
  const { before, after } = applied.change;
  const [stack, parameter] = [text(after, 'stack'), text(after, 'parameter')];
  const [former, made] = [text(before, 'value'), text(after, 'value')];
  const name = `quilt-perimeter-undo-${applied.token}`.slice(0, 128);
  const preImage = scriptFile(`stack-parameter-${parameter}`, JSON.stringify({ ParameterKey: parameter, ParameterValue: former }));
  const which = bash`--stack-name ${stack} --change-set-name ${name}`;
  const stacks = bash`quilt cloudformation describe-stacks --stack-name ${stack} --output text`;
  const valueQuery = `Stacks[0].Parameters[?ParameterKey==${inQuery(parameter)}].ParameterValue`;
  const { look, remove, gone } = removal(stack, name);
  const ways = new Bash(
    'After UPDATE_ROLLBACK_FAILED: aws cloudformation continue-update-rollback; after UPDATE_FAILED: aws cloudformation rollback-stack. Then run this script again.',
  );
  const capabilities = texts(after, 'capabilities');
  const acknowledged = capabilities.length === 0 ? bash`` : bash` --capabilities ${capabilities}`;
  const create = bash`quilt cloudformation create-change-set ${which} --change-set-type UPDATE --use-previous-template --include-nested-stacks --parameters "[$others$(cat "$here"/${new Bash(quoted(preImage.name))})]"${acknowledged}`;
  const execute = bash`quilt cloudformation execute-change-set ${which}`;
  return {
    body: bash`  # An update that is under way ends first.
  left=3600
  while :; do
    status="$(ask 'does not exist' ${stacks} --query 'Stacks[0].StackStatus')"
    case "$status" in *_IN_PROGRESS) ;; *) break ;; esac
    if [ "$left" -le 0 ]; then fail 'Waiting until the stack is still took too long. Run this script again to go on.'; fi
    left=$((left - 5))
    sleep "$poll_seconds"
  done
  there="$(ask 'does not exist' ${stacks} --query ${valueQuery} | rows)"
  case "$status" in
    UPDATE_ROLLBACK_FAILED | UPDATE_FAILED) fail "Stack "${stack}" is in $status, and its resources may have either value. ${ways}" ;;
  esac
  if [ -z "$status" ]; then
    already 'the stack is gone'
  elif [ "$there" = ${former} ]; then
    already 'the parameter has its former value'
  elif [ "$there" != ${made} ]; then
    changed "$there" ${made}
  else
    # Left by an earlier run of this script.
    ${look}
    if [ -n "$standing" ]; then
      send ${missing} ${remove}
      ${gone}
    fi
    others=''
    keys="$(ask - ${stacks} --query ${`Stacks[0].Parameters[?ParameterKey!=${inQuery(parameter)}].ParameterKey`} | rows)"
    for key in $keys; do
      others="$others{\\"ParameterKey\\":\\"$key\\",\\"UsePreviousValue\\":true},"
    done
    send - ${create}
    left=900
    while :; do
      made="$(ask - quilt cloudformation describe-change-set ${which} --query Status --output text)"
      case "$made" in
        CREATE_COMPLETE) break ;;
        *_PENDING | *_IN_PROGRESS) ;;
        *)
          ask - quilt cloudformation describe-change-set ${which} --query StatusReason --output text >&2
          fail 'The change set that puts the former value back could not be made: see the reason above.'
          ;;
      esac
      if [ "$left" -le 0 ]; then fail 'Making the change set took too long. Run this script again to go on.'; fi
      left=$((left - 5))
      sleep "$poll_seconds"
    done
    send - ${execute}
    say '   waiting until the stack is updated'
    left=3600
    while :; do
      now="$(ask - ${stacks} --query 'Stacks[0].StackStatus')"
      there="$(ask - ${stacks} --query ${valueQuery} | rows)"
      case "$now" in
        *_ROLLBACK_COMPLETE | *_FAILED)
          # A status that stood before may still be read for a while.
          if [ "$now" != "$status" ] || [ "$left" -lt 3480 ]; then
            fail "Updating stack "${stack}" ended in $now: aws cloudformation describe-stack-events says why. ${ways}"
          fi
          ;;
        *_COMPLETE) if [ "$there" = ${former} ]; then break; fi ;;
      esac
      if [ "$left" -le 0 ]; then fail 'Updating the stack took too long. Run this script again to go on.'; fi
      left=$((left - 5))
      sleep "$poll_seconds"
    done
    undone
  fi`,
    commands: [create, execute],
    files: [preImage],
  };
}
