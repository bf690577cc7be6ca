// Faults that a test arms: which request they strike, and what each service answers then.
import type { Fault, FaultEffect, RequestFault } from './fault-types.ts';
import { AwsError, type Write } from './types.ts';
import type { ServiceName } from './wire/services.ts';

/** A fault for requests, with what is left out filled in: any operation, the first call, once. */
export const requestFault = (effect: FaultEffect, when: Partial<Omit<RequestFault, 'type' | 'effect' | 'seen'>> = {}): RequestFault => ({
  type: 'request',
  effect,
  operation: null,
  of: 'call',
  nth: 1,
  times: 1,
  ...when,
  seen: 0,
});

/**
 * The effect that strikes this request, or null. Counts the request on every armed fault that it matches; of several
 * that strike at once the one armed first is meant. Spent faults are taken off the world.
 */
export function strike(world: { faults: Fault[] }, call: { service: string; operation: string; kind: Write }): FaultEffect | null {
  let effect: FaultEffect | null = null;
  for (const fault of [...world.faults]) {
    if (fault.type !== 'request' || !matches(fault, call)) continue;
    fault.seen += 1;
    const last = fault.times === null ? Number.POSITIVE_INFINITY : fault.nth + fault.times - 1;
    if (fault.seen >= fault.nth && fault.seen <= last) effect ??= fault.effect;
    if (fault.seen >= last) world.faults.splice(world.faults.indexOf(fault), 1);
  }
  return effect;
}

/** Whether any fault for requests is armed. */
export const anyArmed = (world: { readonly faults: readonly Fault[] }): boolean => world.faults.some((fault) => fault.type === 'request');

function matches(fault: RequestFault, { service, operation, kind }: { service: string; operation: string; kind: Write }): boolean {
  if (fault.of === 'write' && kind !== 'write') return false;
  return fault.operation === null || fault.operation === operation || fault.operation === `${service}:${operation}`;
}

/** The service's own throttling error (EC2 `RequestLimitExceeded`, S3 `SlowDown`, …). */
export function throttled(service: ServiceName): AwsError {
  switch (service) {
    case 'ec2':
      return new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
    case 's3':
    case 's3control':
      return new AwsError('SlowDown', 'Please reduce your request rate.', 503);
    case 'organizations':
    case 'servicequotas':
    case 'athena':
    case 'lambda':
    case 'synthetics':
      return new AwsError('TooManyRequestsException', 'You have sent too many requests in too short a period of time.', 400);
    case 'cloudtrail':
      return new AwsError('ThrottlingException', 'Rate exceeded', 400);
    case 'cloudformation':
    case 'sts':
    case 'iam':
    case 'route53':
      return new AwsError('Throttling', 'Rate exceeded', 400);
    default:
      return service satisfies never;
  }
}

/** HTTP 500 as the service words it. */
export function internalError(service: ServiceName): AwsError {
  switch (service) {
    case 'ec2':
      return new AwsError('InternalError', 'An internal error has occurred', 500);
    case 's3':
    case 's3control':
      return new AwsError('InternalError', 'We encountered an internal error. Please try again.', 500);
    case 'organizations':
    case 'servicequotas':
      return new AwsError('ServiceException', 'An internal error occurred.', 500);
    case 'athena':
    case 'lambda':
    case 'synthetics':
      return new AwsError('InternalServerException', 'An internal error occurred.', 500);
    case 'cloudtrail':
    case 'cloudformation':
    case 'sts':
    case 'iam':
    case 'route53':
      return new AwsError('InternalFailure', 'The request processing has failed because of an unknown error.', 500);
    default:
      return service satisfies never;
  }
}

/** What the service says where somebody else is changing the same thing. */
export function concurrentModification(service: ServiceName): AwsError {
  if (service === 's3' || service === 's3control') {
    return new AwsError(
      'OperationAborted',
      'A conflicting conditional operation is currently in progress against this resource. Please try again.',
      409,
    );
  }
  if (service === 'iam') return new AwsError('ConcurrentModification', 'Another request is modifying this resource.', 409);
  return new AwsError('ConcurrentModificationException', 'The target of the request is being modified by a different request.', 400);
}
