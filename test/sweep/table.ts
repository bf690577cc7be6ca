// The one table: what went wrong by scenario, how often, and how often it was survived.
import { type CaseResult, type SweepCase, scenarios } from './cases.ts';

export interface Cell {
  readonly cases: number;
  readonly survived: number;
}

/** One row: a fault of a command. */
export interface Row extends Cell {
  readonly name: string;
  readonly cells: readonly Cell[];
  readonly calls: number;
  readonly asked: number;
}

/** The rows of all cases, in their order, with what came out of those that were run. */
export function rowsOf(all: readonly SweepCase[], results: ReadonlyMap<string, CaseResult>): readonly Row[] {
  const nameOf = ({ command, fault }: SweepCase) => `${command}: ${fault}`;
  return [...new Set(all.map(nameOf))].map((name) => {
    const inRow = all.filter((each) => nameOf(each) === name);
    const cellOf = (cases: readonly SweepCase[]) => {
      const run = cases.flatMap(({ id }) => results.get(id) ?? []);
      const sum = (of: (result: CaseResult) => number) => run.reduce((total, result) => total + of(result), 0);
      return {
        cases: run.length,
        survived: run.filter(({ failure }) => failure === null).length,
        calls: sum(({ calls }) => calls),
        asked: sum(({ asked }) => asked),
      };
    };
    return { name, cells: scenarios.map((scenario) => cellOf(inRow.filter((each) => each.scenario === scenario.name))), ...cellOf(inRow) };
  });
}

/** The rows as a table to read: in each cell how many survived of how many. */
export function table(rows: readonly Row[]): string {
  const cell = ({ cases, survived }: Cell): string => (cases === 0 ? '-' : `${survived}/${cases}`);
  const head = ['', ...scenarios.map(({ name }) => name), 'survived', 'invariant asked'];
  const lines = rows.map((row) => [row.name, ...row.cells.map(cell), cell(row), String(row.asked)]);
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => (line[column] ?? '').length)));
  const padded = (line: readonly string[]): string =>
    line.map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0))).join('  ');
  return [head, ...lines].map((line) => padded(line).trimEnd()).join('\n');
}
