import { expect, it } from 'vitest';
import { contextFor } from '../../src/engine/run.ts';
import type { EngineContext } from '../../src/engine/types.ts';
import { Toy } from './toy-run.ts';

it.each(['call', 'clean-up'] as const)(
  "the signal of a %s is never the operator's, and any number of calls may listen to it",
  async (how) => {
    const warnings: string[] = [];
    const hear = ({ name }: Error) => warnings.push(name);
    process.on('warning', hear);
    const toy = new Toy();
    const journal = await toy.open();
    const { signal } = contextFor({ ports: toy.ports, journal, ctxOf: (engine: EngineContext) => engine }, 'nat', how);
    toy.interrupt.abort();
    expect(signal.aborted).toBe(false);
    for (let calls = 0; calls < 100; calls += 1) signal.addEventListener('abort', () => undefined);
    await new Promise(setImmediate);
    process.off('warning', hear);
    expect(warnings).toEqual([]);
    await journal.close();
  },
);
