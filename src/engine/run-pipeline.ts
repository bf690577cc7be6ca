// Carries the steps out in order. Steps of a group overlap: while one waits, the next is looked at, shown and asked.
import type { PerimeterError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import { explained, interruption } from './failure.ts';
import { lasts } from './plan-shape.ts';
import { contextFor, endAfter, goOn, Halt, oneAtATime, type Run } from './run.ts';
import { openStep, type Stage, settleStep, startStep } from './run-step.ts';
import { newRecord, type StepRecord } from './step-work.ts';
import type { EngineContext, EnginePorts, Phase, RunOptions, RunSummary, Step, StepId, StepState } from './types.ts';

/**
 * Runs the pipeline and journals it.
 * @param ctxOf adds the steps' own ports to what the engine gives; called often, so it only puts objects together
 * @returns the summary, also where it stopped on purpose (a finding, a probe, a declined question)
 * @throws PerimeterError where it failed (exit 1) or was interrupted (exit 130)
 */
export async function runPipeline<Input, Ctx extends EngineContext>(
  phases: readonly Phase<Input, Ctx>[],
  input: Input,
  ctxOf: (engine: EngineContext) => Ctx,
  ports: EnginePorts,
  journal: Journal,
  options: RunOptions,
): Promise<RunSummary> {
  const { accept, skipProbes } = options;
  const run: Run<Ctx> = { ports, journal, ctxOf, accept, skipProbes, halt: new Halt(), inTurn: oneAtATime() };
  const book = openBook(phases, options.steps);
  try {
    let passed = input;
    for (const [index, phase] of phases.entries()) passed = await runPhase(run, phase, passed, book, phases.slice(index + 1));
  } catch (error) {
    const reason = ports.signal.aborted ? interruption(error) : explained(error, 'running the steps');
    await endAfter(reason, journal);
    if (reason.kind !== 'stopped') throw reason;
    return summaryOf(book, 'stopped', reason);
  }
  await journal.end('done');
  return summaryOf(book, 'done', null);
}

/** What is kept of each step over the run. */
interface Book {
  readonly leftOut: readonly StepId[];
  readonly records: ReadonlyMap<StepId, StepRecord>;
  readonly states: Map<StepId, StepState>;
}

function openBook<Input, Ctx extends EngineContext>(phases: readonly Phase<Input, Ctx>[], selected: readonly StepId[]): Book {
  const ids = idsOf(phases);
  const leftOut = ids.filter((id) => !selected.includes(id));
  const states = new Map(ids.map((id): [StepId, StepState] => [id, leftOut.includes(id) ? 'skipped' : 'pending']));
  return { leftOut, records: new Map(ids.map((id) => [id, newRecord()])), states };
}

/** Every step once, where it is carried out to its end. */
export const idsOf = <Input, Ctx extends EngineContext>(phases: readonly Phase<Input, Ctx>[]): readonly StepId[] => [
  ...new Set(phases.filter(({ only }) => only === undefined).flatMap(({ steps }) => steps.map(({ id }) => id))),
];

/** Whether a step that is left out has to be looked at all the same, since a selected one comes after it. */
const isNeededLater = <Input, Ctx extends EngineContext>(
  later: readonly Step<Input, Ctx>[],
  afterwards: readonly Phase<Input, Ctx>[],
  leftOut: readonly StepId[],
): boolean => [...later, ...afterwards.flatMap(({ steps }) => steps)].some(({ id }) => !leftOut.includes(id));

async function runPhase<Input, Ctx extends EngineContext>(
  run: Run<Ctx>,
  phase: Phase<Input, Ctx>,
  input: Input,
  book: Book,
  afterwards: readonly Phase<Input, Ctx>[],
): Promise<Input> {
  const underWay: Promise<void>[] = [];
  const stages: Stage<Input, Ctx>[] = [];
  let passed = input;
  const stageOf = (step: Step<Input, Ctx>): Stage<Input, Ctx> => {
    const record = book.records.get(step.id) ?? newRecord();
    return { run, step, only: phase.only, input: passed, leftOut: book.leftOut, record };
  };
  try {
    for (const [index, step] of phase.steps.entries()) {
      goOn(run);
      if (book.leftOut.includes(step.id)) {
        if (phase.only === undefined && isNeededLater(phase.steps.slice(index + 1), afterwards, book.leftOut))
          passed = await lookOnly(run, step, passed);
        continue;
      }
      const stage = stageOf(step);
      stages.push(stage);
      start(stage, book);
      const opened = await openStep(stage);
      underWay.push((await startStep(stage, opened)).finished);
      passed = opened.next;
    }
  } catch (error) {
    run.halt.stop(error);
  }
  await Promise.all(underWay);
  markBlocked(book);
  goOn(run);
  return settlePhase(run, phase, stages, input, passed, book, afterwards);
}

/** Looks again at what was carried out, each step with what the ones before it really made. */
async function settlePhase<Input, Ctx extends EngineContext>(
  run: Run<Ctx>,
  phase: Phase<Input, Ctx>,
  stages: readonly Stage<Input, Ctx>[],
  input: Input,
  lookedAt: Input,
  book: Book,
  afterwards: readonly Phase<Input, Ctx>[],
): Promise<Input> {
  const isTouched = stages.some(({ record }) => record.touched);
  let passed = isTouched ? input : lookedAt;
  for (const [index, step] of phase.steps.entries()) {
    const stage = stages.find((each) => each.step === step);
    if (stage === undefined) {
      const isNeeded = phase.only === undefined && isNeededLater(phase.steps.slice(index + 1), afterwards, book.leftOut);
      if (isTouched && isNeeded) passed = await lookOnly(run, step, passed);
      continue;
    }
    if (isTouched) passed = await settleStep({ ...stage, input: passed });
    if (phase.only === undefined) finishStep(stage, book);
    else if (stage.record.touched) passed = await checkPrepared({ ...stage, input: passed }, book);
  }
  return passed;
}

/** What was prepared is checked and shown before anything is done that cannot be hidden. */
async function checkPrepared<Input, Ctx extends EngineContext>(stage: Stage<Input, Ctx>, book: Book): Promise<Input> {
  try {
    return (await openStep({ ...stage, only: undefined })).next;
  } finally {
    stage.record.touched = false;
    markBlocked(book);
  }
}

async function lookOnly<Input, Ctx extends EngineContext>(run: Run<Ctx>, step: Step<Input, Ctx>, input: Input): Promise<Input> {
  try {
    return (await step.look(input, contextFor(run, step.id, 'waits'))).next;
  } catch (error) {
    throw explained(error, `looking at step ${step.id}`);
  }
}

function start<Input, Ctx extends EngineContext>({ run, step, record }: Stage<Input, Ctx>, book: Book): void {
  if (record.started) return;
  record.started = true;
  book.states.set(step.id, 'pending');
  run.ports.emit({ type: 'step-started', step: step.id });
}

function finishStep<Input, Ctx extends EngineContext>({ run, step }: Stage<Input, Ctx>, book: Book): void {
  book.states.set(step.id, 'done');
  run.ports.emit({ type: 'step-done', step: step.id });
}

function markBlocked(book: Book): void {
  for (const [id, record] of book.records) if (record.blocked) book.states.set(id, 'blocked');
}

const summaryOf = (book: Book, outcome: 'done' | 'stopped', stoppedBy: PerimeterError | null): RunSummary => ({
  outcome,
  steps: [...book.states].map(([id, state]) => {
    const record = book.records.get(id);
    return {
      id,
      state,
      made: record?.done.filter(({ change }) => lasts(change)) ?? [],
      findings: [...(record?.told.values() ?? [])],
      certificates: [...(record?.certificates.values() ?? [])],
    };
  }),
  stoppedBy,
});
