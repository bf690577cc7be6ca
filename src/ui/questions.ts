// Every question of the program as data with an id, and the one function through which every question passes.
import { badInput, stopped } from '../errors.ts';

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly detail: string;
}

/** A line of a tree. It stands below the last one before it that has less depth; the top has depth 0. */
export interface Branch extends Option {
  readonly depth: number;
}

export type Question =
  /** Yes or no; default no. Answered `['yes']` or `[]`. */
  | { readonly kind: 'confirm'; readonly id: string; readonly text: string }
  /** One of these has to be typed; anything else is no. Answered `['yes']` or `[]`. */
  | { readonly kind: 'typed'; readonly id: string; readonly text: string; readonly typed: readonly string[] }
  /** One option; a list with search where it is long. */
  | {
      readonly kind: 'select';
      readonly id: string;
      readonly text: string;
      readonly options: readonly Option[];
      readonly initial: string | null;
      readonly flag: string;
    }
  /** One line of a tree, any of them. */
  | {
      readonly kind: 'tree';
      readonly id: string;
      readonly text: string;
      readonly options: readonly Branch[];
      readonly initial: string | null;
      readonly flag: string;
    }
  /** Any number of options; a list with search where it is long. */
  | {
      readonly kind: 'checkbox';
      readonly id: string;
      readonly text: string;
      readonly options: readonly Option[];
      readonly initial: readonly string[];
      readonly flag: string;
    }
  /** Values typed on one line, separated by commas; none is an answer too where `check` lets it. */
  | {
      readonly kind: 'input';
      readonly id: string;
      readonly text: string;
      readonly initial: string;
      readonly check: (values: readonly string[]) => string | null;
      readonly flag: string;
    }
  /** A code that is not shown. */
  | { readonly kind: 'code'; readonly id: string; readonly text: string };

/** Answers of a confirmation: `['yes']` or none. Of the others: what was chosen or typed. */
export type Answer = readonly string[];

/** Puts a question to a person. */
export type Prompt = (question: Question) => Promise<Answer>;

export interface Asking {
  /** Null where there is no terminal to ask on. */
  readonly prompt: Prompt | null;
  /** `--yes`: confirmations are answered yes. */
  readonly yes: boolean;
  /** A question that was answered without asking is still shown, with its answer. */
  print(line: string): void;
}

/**
 * Asks. Confirmations default to no: silence is no.
 * @throws PerimeterError (exit 3) where there is no terminal, naming the flag that answers it.
 */
export async function ask(question: Question, asking: Asking): Promise<Answer> {
  const isConfirmation = question.kind === 'confirm' || question.kind === 'typed';
  if (isConfirmation && asking.yes) {
    asking.print(`? ${question.text} yes (--yes)`);
    return ['yes'];
  }
  if (asking.prompt !== null) return asking.prompt(question);
  const usual = asking.yes ? usualAnswer(question) : null;
  if (usual !== null) {
    asking.print(`? ${question.text} ${usual.join(', ') || 'none'}`);
    return usual;
  }
  throw stopped('NO_TERMINAL', `asking (${question.id}): there is no terminal to ask on: ${question.text}`, remedyOf(question));
}

// Choices have defaults; what to type and codes have none.
function usualAnswer(question: Question): Answer | null {
  switch (question.kind) {
    case 'select':
    case 'tree':
      return question.initial === null ? null : [question.initial];
    case 'checkbox':
      return question.initial;
    case 'input': {
      const values = splitValues(question.initial);
      return question.check(values) === null ? values : null;
    }
    case 'confirm':
    case 'typed':
    case 'code':
      return null;
    default:
      return question satisfies never;
  }
}

/** What is typed on one line, as values. */
export const splitValues = (typed: string): readonly string[] => typed.split(/[\s,]+/).filter((value) => value !== '');

function remedyOf(question: Question): string {
  switch (question.kind) {
    case 'confirm':
    case 'typed':
      return 'run on a terminal, or answer yes to all confirmations with --yes';
    case 'select':
    case 'tree':
    case 'checkbox':
    case 'input':
      return `give it with ${question.flag}`;
    case 'code':
      return 'run on a terminal, or use credentials that need no MFA code';
    default:
      return question satisfies never;
  }
}

/** The choice among several, as `plan` and `apply` put it: exit 2, the flag and the candidates. */
export function openChoiceError(open: {
  readonly question: string;
  readonly reason: string;
  readonly key: string;
  readonly flag: string;
  readonly candidates: readonly Option[];
}) {
  const shown = open.candidates
    .slice(0, 12)
    .map((candidate) => (candidate.detail === '' ? candidate.value : `${candidate.value} (${candidate.detail})`));
  const more = open.candidates.length > shown.length ? `; and ${open.candidates.length - shown.length} more` : '';
  const list = shown.length === 0 ? '' : `: ${shown.join('; ')}${more}`;
  return badInput('CHOICE', `choosing ${open.key}: ${open.question} ${open.reason}`, `${open.flag} VALUE${list}`);
}
