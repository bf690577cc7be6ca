// Who and where this process is, for the lock.
import { hostname, userInfo } from 'node:os';

export interface Machine {
  readonly pid: number;
  readonly host: string;
  readonly user: string;
  /** Whether a process of this host with that id runs. */
  isAlive(pid: number): boolean;
}

/** The machine that this process runs on; the composition root passes Node's own. */
export function machineOf(self: { readonly pid: number; kill(pid: number, signal: 0): unknown }): Machine {
  return {
    pid: self.pid,
    host: hostname(),
    user: userName(),
    isAlive(pid) {
      try {
        self.kill(pid, 0);
        return true;
      } catch (error) {
        // Somebody else's process may not be signalled, but it is there.
        return error instanceof Error && 'code' in error && error.code === 'EPERM';
      }
    },
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    // A container may run under a user id that has no name (ERR_SYSTEM_ERROR from uv_os_get_passwd).
    if (error instanceof Error) return 'an unnamed user';
    throw error;
  }
}
