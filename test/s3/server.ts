import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';

const PROGRAMS = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph', 'curl'];

/** Why the S3 server cannot be started here; `null` when it can. In CI it must. */
export function missingS3Server(): string | null {
  const folders = (process.env['PATH'] ?? '').split(':');
  const missing = PROGRAMS.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  if (missing.length === 0) return null;
  if (process.env['CI']) throw new Error(`not here: ${missing.join(', ')}`);
  return `${missing.join(', ')} (Debian: ceph-mon ceph-osd ceph-common radosgw) not here`;
}

export interface S3Server {
  readonly port: number;
  readonly endpoint: string;
  /** What a process needs to reach it, and nothing of the surroundings that would lead it elsewhere. */
  readonly env: Readonly<Record<string, string>>;
  /** The SDK itself, to prepare buckets and to look at them. */
  readonly client: S3Client;
  stop(): Promise<void>;
}

/** A real S3 server (radosgw) of our own; it ends with this process at the latest. */
export async function startS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'wfa-radosgw-'));
  const [monitorPort, port] = [await freePort(), await freePort()];
  const script = join(import.meta.dirname, 'start-radosgw.sh');
  const child = spawn(script, [directory, String(monitorPort), String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const said = await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
  if (String(said) !== 'ready\n') throw new Error(`radosgw did not start: see ${directory}/log/start.out`);
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    port,
    endpoint,
    env: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ACCESS_KEY_ID: 'TESTKEY',
      AWS_SECRET_ACCESS_KEY: 'TESTSECRET',
      AWS_SESSION_TOKEN: '',
      AWS_PROFILE: '',
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
    client: new S3Client({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'TESTKEY', secretAccessKey: 'TESTSECRET' },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    }),
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
