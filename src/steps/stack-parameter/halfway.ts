// A stack whose update was neither carried out nor taken back.

/**
 * The AWS CLI's command that takes a stack in this status back to where it can be updated, without its options; null where the
 * status is no such one (G10).
 */
export function wayOut(status: string): string | null {
  switch (status) {
    case 'UPDATE_ROLLBACK_FAILED':
      return 'aws cloudformation continue-update-rollback';
    case 'UPDATE_FAILED':
      return 'aws cloudformation rollback-stack';
    default:
      return null;
  }
}
