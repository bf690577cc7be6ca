// Starts moto_server, an AWS look-alike that we did not write. Its ways are in docs/sandbox.md; peers skip where it is missing.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';

/** Whether a program answers `--help` on the PATH. */
export const isOnPath = (program: string): boolean => spawnSync(program, ['--help'], { stdio: 'ignore' }).error === undefined;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });

export interface Moto {
  readonly url: string;
  reset(): Promise<void>;
  stop(): void;
}

/** Starts moto on a free loopback port and waits until it answers, at most 60 s. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const child: ChildProcess = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const answers = async (): Promise<boolean> => {
    try {
      return (await fetch(`${url}/moto-api/`)).status < 500;
    } catch (error) {
      if (error instanceof TypeError) return false;
      throw error;
    }
  };
  const until = Date.now() + 60_000;
  while (!(await answers())) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`starting moto_server: no answer on ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    reset: async () => {
      await fetch(`${url}/moto-api/reset`, { method: 'POST' });
    },
    stop: () => {
      child.kill('SIGKILL');
    },
  };
}
