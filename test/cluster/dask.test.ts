import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { testWith } from '../need-program.ts';
import { makeScratch } from '../scratch.ts';
import { ROOT, spawnToEnd } from '../spawn-wfa.ts';
import { type Daemon, findFreePort, startDaemon, waitUntil } from './daemon.ts';
import { answerAlone, answerOf, interruptReader, layOutShards, parentOf, QUESTION } from './shards.ts';

/** Facts extracted by a real Dask scheduler with two workers, with the script of samples/cluster. */

/** Debian's packages are for Debian's Python, whichever stands first in the path. */
const PYTHON = '/usr/bin/python3';

const scratch = makeScratch();
const cwd = scratch.directory;
const env = layOutShards(cwd);
const daemons: Daemon[] = [];
afterAll(() => Promise.all(daemons.map((daemon) => daemon.stop())));

async function startDask(): Promise<{ readonly address: string; readonly workers: readonly Daemon[] }> {
  const port = await findFreePort();
  const address = `tcp://127.0.0.1:${port}`;
  const start = async (name: string, args: readonly string[]) => {
    const all = ['-m', `distributed.cli.dask_${name}`, ...args, '--no-dashboard'];
    const daemon = await startDaemon(PYTHON, all, { log: scratch.path('dask.log'), env, cwd });
    daemons.push(daemon);
    return daemon;
  };
  await start('scheduler', ['--host', '127.0.0.1', '--port', String(port)]);
  const own = ['--host', '127.0.0.1', '--nthreads', '1', '--no-nanny', '--local-directory', cwd];
  const workers = [await start('worker', [address, ...own]), await start('worker', [address, ...own])];
  const said = () => readFileSync(scratch.path('dask.log'), 'utf8').match(/Registered to/g)?.length ?? 0;
  await waitUntil('two workers', () => said() === workers.length, [scratch.path('dask.log')]);
  return { address, workers };
}

testWith(PYTHON, ['-c', 'import distributed'])(
  'Dask, one of whose workers is lost, gives the bytes of one machine, in one file',
  { timeout: 120_000 },
  async () => {
    const [alone, { address, workers }] = [await answerAlone(cwd), await startDask()];
    const lost = interruptReader(scratch.path('shards/b.ndjson'), async (wfaPid) => {
      const worker = workers.find(({ pid }) => pid === parentOf(parentOf(wfaPid)));
      if (worker === undefined) throw new Error('wfa runs outside the workers');
      await worker.stop();
      process.kill(wfaPid, 'SIGKILL');
    });
    const script = join(ROOT, 'samples/cluster/dask_extract.py');
    const { status, stderr } = await spawnToEnd(PYTHON, [script, address, 'shards/*', ...QUESTION], { env, cwd });
    expect(status, stderr).toBe(0);
    await lost;
    expect(await answerOf(cwd, ['facts.ndjson'])).toEqual(alone);
  },
);
