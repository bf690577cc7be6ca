// Faults as a test writes them in JSON: what is left out is filled in, what makes no sense is said.
import type { AsyncFailure, Fault, FaultEffect } from './fault-types.ts';
import { requestFault } from './faults.ts';

const effects = [
  'lost-answer',
  'dropped',
  'http-500',
  'throttle',
  'stall',
  'expired-credentials',
  'concurrent-modification',
  'access-denied',
] as const satisfies readonly FaultEffect['type'][];

const kinds = [
  'nat-gateway',
  'vpc-endpoint',
  'change-set',
  'stack-update',
  'policy-type',
] as const satisfies readonly AsyncFailure['kind'][];

/**
 * One fault or a list of them, out of parsed JSON; an empty list disarms all. Answers what is wrong as a text.
 *
 *     { "effect": "throttle", "operation": "ec2:CreateNatGateway", "of": "write", "nth": 1, "times": 10 }
 *     { "effect": "stall", "milliseconds": 600000 }
 *     { "async": { "kind": "nat-gateway", "code": "InsufficientFreeAddressesInSubnet", "message": "…" }, "times": 1 }
 */
export function faultsOf(value: unknown): readonly Fault[] | string {
  const faults: Fault[] = [];
  for (const item of Array.isArray(value) ? value : [value]) {
    const fault = faultOf(item);
    if (typeof fault === 'string') return fault;
    faults.push(fault);
  }
  return faults;
}

function faultOf(value: unknown): Fault | string {
  if (!isRecord(value)) return 'a fault is a JSON object';
  const { operation = null, of = 'call', nth = 1, times = 1 } = value;
  if (times !== null && !isCount(times)) return 'times is a number from 1, or null for good';
  if (value.async !== undefined) {
    const failure = failureOf(value.async);
    return typeof failure === 'string' ? failure : { type: 'async', failure, remaining: times };
  }
  const effect = effectOf(value);
  if (typeof effect === 'string') return effect;
  if (operation !== null && typeof operation !== 'string') return 'operation is a name, service:name, or null';
  if (of !== 'call' && of !== 'write') return 'of is call or write';
  if (!isCount(nth)) return 'nth is a number from 1';
  return requestFault(effect, { operation, of, nth, times });
}

function effectOf({ effect, milliseconds }: Record<string, unknown>): FaultEffect | string {
  const type = effects.find((name) => name === effect);
  if (type === undefined) return `effect is one of ${effects.join(', ')}`;
  if (type !== 'stall') return { type };
  return typeof milliseconds === 'number' && milliseconds >= 0 ? { type, milliseconds } : 'a stall has milliseconds';
}

function failureOf(value: unknown): AsyncFailure | string {
  if (!isRecord(value)) return 'async is a JSON object with a kind';
  const text = (name: string): string => (typeof value[name] === 'string' ? value[name] : '');
  const kind = kinds.find((name) => name === value.kind);
  switch (kind) {
    case 'nat-gateway':
    case 'vpc-endpoint':
      return { kind, code: text('code'), message: text('message') };
    case 'change-set':
      return { kind, reason: text('reason') };
    case 'stack-update': {
      const status = text('status');
      if (status !== 'UPDATE_ROLLBACK_COMPLETE' && status !== 'UPDATE_ROLLBACK_FAILED')
        return 'status is UPDATE_ROLLBACK_COMPLETE or _FAILED';
      return { kind, status, logicalId: text('logicalId'), reason: text('reason') };
    }
    case 'policy-type':
      return { kind };
    case undefined:
      return `kind is one of ${kinds.join(', ')}`;
    default:
      return kind satisfies never;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 1;
