// For programs: one document, or one event a line; never a question, never a colour.
import { ask } from './questions.ts';
import { line, type Ui, type UiOptions } from './ui.ts';

/** `--json`: everything on stdout; without `--yes`, a question stops the run (exit 3). */
export function jsonUi(options: UiOptions): Ui {
  const { stdout } = options;
  const emit = (event: { readonly type: string }): void => {
    const { type, ...rest } = event;
    stdout.write(line({ type, at: options.now(), ...rest }));
  };
  return {
    page: options.page,
    json: true,
    interactive: false,
    progress: () => undefined,
    working: () => undefined,
    result: () => undefined,
    document: (value) => {
      stdout.write(line(value));
    },
    showStep: () => undefined,
    learn: () => undefined,
    event: (event) => {
      if (options.events) emit(event);
    },
    ask: (question) => ask(question, { prompt: null, yes: options.yes, print: () => undefined }),
    error: ({ code, summary, detail, remedy, versions }) => {
      const error = { code, summary, detail, remedy, ...(versions === null ? {} : { versions }) };
      if (options.events) emit({ type: 'error', ...error });
      else stdout.write(line({ error }));
    },
    done: (outcome, exitCode) => {
      if (options.events) emit({ type: 'done', ...{ outcome, exitCode } });
    },
    close: () => undefined,
  };
}
