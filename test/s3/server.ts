import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real S3 server (radosgw) on a free port; it ends with this process at the latest. */
export interface S3Server {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'wfa-radosgw-'));
  const [monitorPort, port] = [await freePort(), await freePort()];
  const script = join(import.meta.dirname, 'start-radosgw.sh');
  const child = spawn(script, [directory, String(monitorPort), String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const said = await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
  if (String(said) !== 'ready\n') throw new Error(`radosgw did not start: see ${directory}/log/start.out`);
  return {
    port,
    stop: async () => {
      child.stdin.end();
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
