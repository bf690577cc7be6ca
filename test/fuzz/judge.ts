// What a run may do when AWS answers strangely: end right, or with one clear error; never write what it would not have
// written, never tell less of what is dangerous.

import { explainError, rootOf } from '../../src/aws/explain-error.ts';
import type { Change, PipelinePlan } from '../../src/engine/types.ts';
import { PerimeterError } from '../../src/errors.ts';
import { unexpectedIn } from '../random/drive.ts';
import { OpenChoices } from '../support/whole-run.ts';

/** What a plan comes to, as far as safety goes. */
export interface Told {
  /** The changes of all steps. */
  readonly planned: readonly string[];
  /** Those of steps that no finding stops. */
  readonly changes: readonly string[];
  /** Codes of findings that are more than good to know, whatever their severity. */
  readonly codes: readonly string[];
  /** Codes of findings that stop. */
  readonly errors: readonly string[];
}

export function toldBy({ steps }: PipelinePlan): Told {
  const findings = steps.flatMap(({ plan }) => plan.findings).filter(({ severity }) => severity !== 'info');
  return {
    planned: steps.flatMap(({ plan }) => plan.changes.map(asText)),
    changes: steps.filter(({ state }) => state === 'pending').flatMap(({ plan }) => plan.changes.map(asText)),
    codes: findings.map(({ code }) => code),
    errors: findings.filter(({ severity, accepted }) => severity === 'error' && !accepted).map(({ code }) => code),
  };
}

const asText = ({ key, after }: Change): string => `${key} ${JSON.stringify(after)}`;

/** What is wrong with a plan made from strange answers, compared with the plan made from the right ones. */
export function lessSafe(right: Told, strange: Told): readonly string[] {
  const changes = strange.changes.filter((change) => !right.planned.includes(change));
  const lost = [...new Set(right.errors)].filter((code) => !strange.codes.includes(code));
  return [
    ...changes.map((change) => `it would make what it would not have made: ${change.slice(0, 300)}`),
    // Where anything else stops it, nothing is carried out unseen.
    ...(strange.errors.length > 0 ? [] : lost.map((code) => `${code} is not told any more`)),
  ];
}

/** What is wrong with how a run ended: errors must be ours or AWS's, and say what they are about without a secret. */
export function unclear(error: unknown, secrets: readonly string[]): readonly string[] {
  if (error instanceof OpenChoices) return [];
  const root = rootOf(error);
  const unexpected = root === null ? unexpectedIn(error) : null;
  // As the commands tell it.
  const told = root === null ? error : explainError(root);
  const message = told instanceof PerimeterError ? told.summary : told instanceof Error ? told.message : '';
  const text = `${textOf(error)} ${textOf(told)}`;
  return [
    ...(unexpected === null ? [] : [`not a clear error: ${unexpected}`]),
    ...(message.trim() === '' || /\bundefined\b|\[object|\bNaN\b/.test(message) ? [`an empty error: "${message}"`] : []),
    ...(message.length > 2000 ? [`an error of ${message.length} characters`] : []),
    ...secrets.filter((secret) => text.includes(secret)).map(() => `a secret in the error: ${message}`),
  ];
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const told = error instanceof PerimeterError ? `${error.summary} ${error.detail} ${error.remedy}` : error.message;
  return error.cause === undefined ? told : `${told} ${textOf(error.cause)}`;
}
