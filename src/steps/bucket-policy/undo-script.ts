// What puts a bucket's policy back, as bash.
import type { Applied } from '../../engine/types.ts';
import { text } from '../fields.ts';
import { bash, lines } from '../runbook/bash.ts';
import { asParameter, pathsOf, scriptFile, type ToUndo, type UndoScript } from '../runbook/undo-script.ts';
import { inspectPolicy } from './inspect-policy.ts';
import { policyIn, restoredPolicy } from './others.ts';

/** The script's part for one change of a bucket's policy: only versions that the journal knows are ever replaced. */
export function undoBucketPolicy({ applied, asUndone, neverMade, carries, replaces, history }: ToUndo): UndoScript {
  const { change } = applied;
  const bucket = text(change.after, 'bucket');
  const ofBucket = history.filter((each) => text(each.change.after, 'bucket') === bucket);
  const file = (policy: string | null) => scriptFile(`bucket-policy-${bucket}`, policy ?? '');
  const made = policyIn(change.after);
  const restored = restoredPolicy(asUndone.change, made);
  const known = [...new Set([made, restored, ...ofBucket.flatMap(versionsOf)])];
  const inState = (state: string) => known.filter((each) => inspectPolicy(change, each).state === state);
  const asMade = inState('as-made').map(file);
  // What undoing another change of the same policy leaves is nothing of this one either.
  const back = [...new Set([restored, ...inState('as-before'), ...ofBucket.map(restoredBy)])];
  const asBefore = back.filter((each) => inspectPolicy(change, each).state !== 'as-made').map(file);
  const trials = applied.made === null ? replaces.map((trial) => file(policyIn(trial.change.after))) : [];
  const preImage = file(restored);
  const where = bash`--region ${text(change.after, 'region')} --bucket ${bucket} --expected-bucket-owner ${text(change.after, 'owner')}`;
  const read = bash`quilt s3api get-bucket-policy ${where} --query Policy --output text`;
  const put =
    restored === null
      ? bash`quilt s3api delete-bucket-policy ${where}`
      : bash`quilt s3api put-bucket-policy ${where} --policy ${asParameter(preImage)}`;
  const otherwise = neverMade
    ? bash`    already 'AWS refused to put this version'`
    : bash`    case "$there" in *QuiltPerimeter*) ;; *) binds=no ;; esac
    changed "$there" "$(cat ${pathsOf([file(made)])})"`;
  return {
    body: lines([
      bash`  there="$(ask NoSuchBucket ${read})"
  if [ -z "$there" ] && refused 'NoSuchBucket[)]'; then
    already 'the bucket is gone'`,
      // Undoing a later change may have left it said the same, but written otherwise.
      ...(carries.length === 0 || neverMade
        ? []
        : [
            bash`  elif [ "$there" != "$(cat ${pathsOf([preImage])})" ] && same_policy "$there" ${pathsOf([preImage])}; then
    send NoSuchBucket ${put}
    undone`,
          ]),
      bash`  elif says "$there" ${pathsOf(asBefore)}; then
    already 'its policy is as it was before'`,
      ...(trials.length === 0
        ? []
        : [
            bash`  elif says "$there" ${pathsOf(trials)}; then
    already 'this version never took effect'`,
          ]),
      bash`  elif says "$there" ${pathsOf(asMade)}; then
    send NoSuchBucket ${put}
    await_policy ${`the policy of bucket ${bucket} is as it was`} ${pathsOf([preImage])} NoSuchBucket ${read}
    undone
  else
${otherwise}
  fi`,
    ]),
    commands: [put],
    files: [preImage, ...asMade, ...asBefore, ...trials],
  };
}

const versionsOf = ({ change }: Applied): readonly (string | null)[] =>
  change.undoes === undefined ? [policyIn(change.before), policyIn(change.after)] : [];

const restoredBy = ({ change: { temporary: _trial, ...change } }: Applied): string | null => restoredPolicy(change, policyIn(change.after));
