// Who and where this process is, for the lock.
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';

export interface Machine {
  readonly pid: number;
  readonly host: string;
  readonly user: string;
  /** Whether a process of this host with that id runs. */
  isAlive(pid: number): boolean;
  /** What tells a process from a later one with the same id; null where the host does not tell. Left out: likewise. */
  startOf?(pid: number): string | null;
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
    startOf,
  };
}

// Linux tells when a process began, in ticks since this boot (proc_pid_stat(5), field 22); its name in field 2 may hold anything.
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19);
    return ticks === undefined ? null : `${boot}/${ticks}`;
  } catch (error) {
    // Another system, or no such process.
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
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
