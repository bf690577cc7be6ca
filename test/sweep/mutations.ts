// What the program relies on, turned off one at a time: the sweep's cases must not survive it.
import type { Step, StepId } from '../../src/engine/types.ts';
import type { StepContext } from '../../src/steps/context.ts';
import type { PerimeterInput } from '../../src/steps/landscape.ts';
import { MemoryDisk } from '../journal/memory-disk.ts';
import type { SweptScenario } from './cases.ts';
import type { Company } from './company.ts';

type PerimeterStep = Step<PerimeterInput, StepContext>;

export interface Mutation {
  readonly name: string;
  readonly prepare: (company: Company) => void;
  readonly prepareRecording?: true;
  /** Which cases may catch it: ids that begin so. */
  readonly cases: readonly string[];
  /** What the one that does says. */
  readonly shows: RegExp;
}

/** The scenario as the mutated program meets it. */
export const mutated = (scenario: SweptScenario, { prepare, prepareRecording }: Mutation): SweptScenario => ({
  ...scenario,
  prepare,
  ...(prepareRecording === undefined ? {} : { prepareRecording }),
});

export const mutations: readonly Mutation[] = [
  {
    name: 'the client token is left out of requests to EC2',
    cases: ['apply/greenfield/killed-after-call-unseen@'],
    shows: /192\.0\.2\.\d+ is associated/,
    prepare({ sandbox: { requestHandler } }) {
      const { handle } = requestHandler;
      requestHandler.handle = (request, options) => {
        if (typeof request.body === 'string' && request.hostname.startsWith('ec2.'))
          request.body = request.body.replace(/&ClientToken=[^&]*/, '');
        return handle.call(requestHandler, request, options);
      };
    },
  },
  {
    name: 'what was begun is not synced to the disk before the call',
    cases: ['apply/greenfield/killed-after-call@'],
    shows: /rollback afterwards: stopped|after rollback the world is not the one before/,
    prepareRecording: true,
    prepare({ run: { disk } }) {
      disk.openForAppend = async (path) => {
        const file = await MemoryDisk.prototype.openForAppend.call(disk, path);
        let last = '';
        return {
          ...file,
          append(bytes) {
            last = Buffer.from(bytes).toString('utf8');
            return file.append(bytes);
          },
          sync: async () => (last.includes('"type":"begun"') ? undefined : file.sync()),
        };
      };
    },
  },
  {
    name: 'what somebody changed since counts as ours',
    cases: ['rollback/greenfield/edited-by-colleague@'],
    shows: /does not stop with QP703|was overwritten/,
    prepare: (company) =>
      wrapSteps(company, (step) => ({
        ...step,
        async inspect(applied, ctx) {
          const seen = await step.inspect(applied, ctx);
          return seen.state === 'drifted' ? { state: 'as-made', aws: seen.aws, inUseBy: [] } : seen;
        },
      })),
  },
  {
    name: 'the baseline passes unasked',
    cases: ['apply/greenfield/clock-ahead@'],
    shows: /does not expire within the hour/,
    prepare: (company) => wrapSteps(company, (step) => ({ ...step, precheck: async () => ({ passed: true }) })),
  },
  {
    name: 'rollback begins with the network',
    cases: ['rollback/greenfield/dropped@'],
    shows: /quiltLambda was let in before and is refused/,
    prepare({ run }) {
      const { phases, rollbackOrder } = run.steps;
      run.steps = { phases, rollbackOrder: [...rollbackOrder].reverse() };
    },
  },
];

function wrapSteps({ run }: Company, wrap: (step: PerimeterStep) => PerimeterStep): void {
  const wrapped = new Map<StepId, PerimeterStep>();
  const once = (step: PerimeterStep): PerimeterStep => {
    const known = wrapped.get(step.id) ?? wrap(step);
    wrapped.set(step.id, known);
    return known;
  };
  const { phases, rollbackOrder } = run.steps;
  run.steps = {
    phases: phases.map((phase) => ({ ...phase, steps: phase.steps.map(once) })),
    rollbackOrder: rollbackOrder.map((group) => ({ ...group, steps: group.steps.map(once) })),
  };
}
