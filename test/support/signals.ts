// Signals to which many calls listen at once: Node warns from the eleventh listener on.
import { setMaxListeners } from 'node:events';

/** A controller whose signal any number may listen to, as the program's own. */
export function interruptible(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
