// Reads what `POST /_sandbox/athena` gives: workgroups, tables and the answer of the next queries, each as a whole.
import type { AthenaState, PrimedAnswer, TableState, WorkGroupState } from './state.ts';

export type Primed = Partial<Pick<AthenaState, 'workGroups' | 'tables' | 'answer'>>;

/** The parts that are given, or a sentence about what is wrong with them. */
export function primedOf(value: unknown): Primed | string {
  if (!isRecord(value)) return 'give { "workGroups", "tables", "answer" }, each or any of them';
  const { workGroups, tables, answer } = value;
  if (workGroups !== undefined && !isListOf(workGroups, isWorkGroup))
    return 'give workGroups as [{ "name", "bytesScannedCutoff": N or null, "outputLocation": text or null }]';
  if (tables !== undefined && !isListOf(tables, isTable)) {
    return 'give tables as [{ "database", "name", "columns": [{ "name", "type" }], "partitionKeys": [...], "parameters": {} }]';
  }
  if (answer !== undefined && answer !== null && !isAnswer(answer)) {
    return 'give answer as { "columns": [...], "rows": [[text or null]], "seconds": N, "scannedBytes": N, "failure": text or null }, or null';
  }
  return {
    ...(workGroups === undefined ? {} : { workGroups }),
    ...(tables === undefined ? {} : { tables }),
    ...(answer === undefined ? {} : { answer }),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isListOf = <T>(value: unknown, is: (item: unknown) => item is T): value is T[] => Array.isArray(value) && value.every(is);

const isText = (value: unknown): value is string => typeof value === 'string';

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

const isWorkGroup = (value: unknown): value is WorkGroupState =>
  isRecord(value) &&
  isText(value.name) &&
  (value.bytesScannedCutoff === null || isCount(value.bytesScannedCutoff)) &&
  (value.outputLocation === null || isText(value.outputLocation));

const isColumn = (value: unknown): value is { name: string; type: string } => isRecord(value) && isText(value.name) && isText(value.type);

const isTable = (value: unknown): value is TableState =>
  isRecord(value) &&
  isText(value.database) &&
  isText(value.name) &&
  isListOf(value.columns, isColumn) &&
  isListOf(value.partitionKeys, isColumn) &&
  isRecord(value.parameters) &&
  Object.values(value.parameters).every(isText);

const isAnswer = (value: unknown): value is PrimedAnswer =>
  isRecord(value) &&
  isListOf(value.columns, isText) &&
  isListOf(value.rows, (row): row is (string | null)[] => isListOf(row, (cell): cell is string | null => cell === null || isText(cell))) &&
  isCount(value.seconds) &&
  isCount(value.scannedBytes) &&
  (value.failure === null || isText(value.failure));
