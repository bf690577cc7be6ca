// Faults as data: they are part of the world, so that a fault that was armed in one process strikes in another.

/** What a struck request meets. Codes are the service's own (faults.ts). */
export type FaultEffect =
  /** The operation takes effect, then the connection breaks. */
  | { readonly type: 'lost-answer' }
  /** The connection breaks and nothing takes effect. */
  | { readonly type: 'dropped' }
  /** HTTP 500 `InternalError`; nothing takes effect. */
  | { readonly type: 'http-500' }
  /** The service's throttling code; nothing takes effect. */
  | { readonly type: 'throttle' }
  /** So many simulated milliseconds pass before the operation is run and answered. */
  | { readonly type: 'stall'; readonly milliseconds: number }
  /** As if the caller's session had expired; nothing takes effect. */
  | { readonly type: 'expired-credentials' }
  /** `ConcurrentModificationException` (the service's nearest code elsewhere); nothing takes effect. */
  | { readonly type: 'concurrent-modification' }
  /** As if the caller lacked the permission; nothing takes effect. */
  | { readonly type: 'access-denied' };

/** What goes wrong after a call was accepted. The model that would complete the work takes it with `takeAsyncFailure`. */
export type AsyncFailure =
  /** A NAT gateway goes `failed` instead of `available`, with a failure code of (B13). */
  | { readonly kind: 'nat-gateway'; readonly code: string; readonly message: string }
  /** An interface endpoint goes `failed` instead of `available`. */
  | { readonly kind: 'vpc-endpoint'; readonly code: string; readonly message: string }
  /** A change set goes `FAILED` for a reason other than being empty. */
  | { readonly kind: 'change-set'; readonly reason: string }
  /** The stack's update fails on a resource and ends in `status`. */
  | {
      readonly kind: 'stack-update';
      readonly status: 'UPDATE_ROLLBACK_COMPLETE' | 'UPDATE_ROLLBACK_FAILED';
      readonly logicalId: string;
      readonly reason: string;
    }
  /** The policy type stays `PENDING_ENABLE`. */
  | { readonly kind: 'policy-type' };

/** Which requests a fault strikes: the `nth` match since it was armed and, from there, `times` matches in a row. */
export interface RequestFault {
  readonly type: 'request';
  readonly effect: FaultEffect;
  /** `CreateNatGateway` or `ec2:CreateNatGateway`; null: any operation. */
  readonly operation: string | null;
  /** Which calls count as a match. */
  readonly of: 'call' | 'write';
  /** From 1. */
  readonly nth: number;
  /** Null: for good. */
  readonly times: number | null;
  /** Matches seen so far. */
  seen: number;
}

export interface AsyncFault {
  readonly type: 'async';
  readonly failure: AsyncFailure;
  /** How many more times it strikes; null: for good. */
  remaining: number | null;
}

export type Fault = RequestFault | AsyncFault;

/**
 * Takes one armed failure of `kind` off the world, or null where none is armed. To be called once per thing, when the
 * work is accepted or completed, by the operation that makes it (a write), and remembered in the thing.
 */
export function takeAsyncFailure<K extends AsyncFailure['kind']>(
  world: { faults: Fault[] },
  kind: K,
): Extract<AsyncFailure, { readonly kind: K }> | null {
  const isOfKind = (failure: AsyncFailure): failure is Extract<AsyncFailure, { readonly kind: K }> => failure.kind === kind;
  for (const fault of world.faults) {
    if (fault.type !== 'async' || !isOfKind(fault.failure)) continue;
    if (fault.remaining !== null) {
      fault.remaining -= 1;
      if (fault.remaining <= 0) world.faults.splice(world.faults.indexOf(fault), 1);
    }
    return fault.failure;
  }
  return null;
}
