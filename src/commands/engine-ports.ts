// What the engine needs of the outside, made from a session.
import type { EngineContext, EnginePorts } from '../engine/types.ts';
import type { Finding } from '../findings.ts';
import type { Journal } from '../journal/journal.ts';
import type { Choices } from '../steps/choices.ts';
import type { StepContext } from '../steps/context.ts';
import type { Survey } from '../steps/landscape.ts';
import type { RememberedChoices } from './remembered.ts';
import { identitiesOf, placeOf, type Session } from './session.ts';

/** The engine's ports: events, plans and questions go to the Ui. `choices` null: rollback and status, which clear nothing. */
export function enginePorts(session: Session, choices: Pick<Choices, 'testBucket'> | null): EnginePorts {
  const { ui, ctx, ids } = session;
  return {
    clock: ctx.clock,
    ids,
    signal: ctx.signal,
    emit: (event) => ui.event(event),
    show: async (step, plan) => ui.showStep(step, plan),
    confirm: async ({ id, text, typed, byPersonOnly }) => {
      if (byPersonOnly === true && (!ui.interactive || session.run.flags.yes === true)) return false;
      const answer = await ui.ask(typed.length === 0 ? { kind: 'confirm', id, text } : { kind: 'typed', id, text, typed });
      return answer.length > 0;
    },
    clear: async (_step, finding) => (choices === null ? false : clear(session, finding, choices.testBucket)),
  };
}

/** What steps are given: the engine's context and the clients. */
export const contextOf =
  ({ ctx }: Session) =>
  (engine: EngineContext): StepContext => ({ ...ctx, ...engine });

/** The context of a command that only reads: nothing waits and nothing is probed. */
export const readingContext = (session: Session, journal: Journal): StepContext =>
  contextOf(session)({
    clock: session.ctx.clock,
    signal: session.ctx.signal,
    run: journal.run,
    waiting: () => undefined,
    probed: () => undefined,
  });

// --yes answers confirmations; an error finding it does not clear.
async function clear({ ui, run }: Session, finding: Finding, testBucket: string): Promise<boolean> {
  if (!ui.interactive || run.flags.yes === true) return false;
  switch (finding.code) {
    case 'QP413': {
      const text = `Open ${testBucket} in the Quilt catalog. Does it list, preview and download?`;
      return (await ui.ask({ kind: 'typed', id: 'QP413', text, typed: [testBucket] })).length > 0;
    }
    case 'QP302':
      return (await ui.ask({ kind: 'confirm', id: 'QP302', text: `${finding.detail} Go on without that proof?` })).length > 0;
    default:
      return false;
  }
}

type Who = Pick<Survey, 'quilt' | 'organizationSide' | 'organization'>;
interface Chosen {
  readonly stack: string | null;
  readonly vpc: string | null;
}

/** The folder's journal for this place, without a lock. */
export const openForReading = (session: Session, who: Who, chosen: Chosen): Promise<Journal> => open(session, who, chosen, 'read');

/** The folder's journal for this place, locked and open for writing. `choices`: what this run changes things after. */
export const openForWriting = (session: Session, who: Who, chosen: Chosen, choices?: RememberedChoices): Promise<Journal> =>
  open(session, who, chosen, 'write', choices);

async function open(session: Session, who: Who, chosen: Chosen, mode: 'read' | 'write', choices?: RememberedChoices): Promise<Journal> {
  const { openJournal, machineOf } = await import('../journal/journal.ts');
  const { ports } = session.run;
  return openJournal({
    dir: session.paths.state,
    place: placeOf(who, chosen),
    clock: session.ctx.clock,
    ids: session.ids,
    mode,
    command: ports.commandLine,
    toolVersion: ports.version,
    machine: machineOf(ports.process),
    identities: identitiesOf(who),
    ...(choices === undefined ? {} : { choices }),
  });
}
