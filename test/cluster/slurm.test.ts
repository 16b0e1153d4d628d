import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeScratch } from '../scratch.ts';
import { ROOT } from '../spawn-wfa.ts';
import { answerAlone, answerOf, interruptReader, layOutShards, QUESTION, SHARD_NAMES } from './shards.ts';
import { type Slurm, startSlurm } from './slurm.ts';
import { whyMissing } from './why-missing.ts';

/** Facts extracted by array jobs of a real Slurm with the script of samples/cluster. */

const scratch = makeScratch();
const cwd = scratch.directory;
const env = layOutShards(cwd);
const slurm = await startIfHere();
afterAll(() => slurm?.stop());

/** In CI it must be there and must start; elsewhere standard error says why it does not. */
async function startIfHere(): Promise<Slurm | null> {
  const missing = whyMissing(['slurmctld', 'slurmd', 'munged', 'sbatch'], 'slurm-wlm munge');
  if (missing !== null) return null;
  return await startSlurm(scratch.directory, env).catch((error: Error) => {
    if (process.env['CI']) throw error;
    process.stderr.write(`skipped: Slurm does not start here: ${error.message}\n`);
    return null;
  });
}

const submit = (shardCount: number) =>
  (slurm as Slurm).ask('sbatch', ['--wait', `--array=1-${shardCount}`, 'extract.sbatch', ...QUESTION]);

const factsOf = (names: readonly string[]) => names.map((name) => readFileSync(scratch.path(`facts/${name}`)));

describe.skipIf(slurm === null)('Slurm', { timeout: 120_000 }, () => {
  beforeAll(() => copyFileSync(join(ROOT, 'samples/cluster/extract.sbatch'), scratch.path('extract.sbatch')));

  test('an array job over shards, one of whose tasks is killed, gives the bytes of one machine', async () => {
    const alone = await answerAlone(cwd);
    const killed = interruptReader(scratch.path('shards/b.ndjson'), (pid) => process.kill(pid, 'SIGKILL'));
    expect(await submit(SHARD_NAMES.length)).toMatchObject({ status: 0, stderr: '' });
    await killed;
    expect(await answerOf(cwd, ['facts/*'])).toEqual(alone);

    scratch.write('facts.ndjson', Buffer.concat(factsOf(SHARD_NAMES)));
    expect(await answerOf(cwd, ['facts.ndjson']), 'gathered in one file').toEqual(alone);
  });

  test('a node that fails: its task goes again and gives the same facts', async () => {
    const [first] = SHARD_NAMES as [string];
    const before = factsOf([first]);
    rmSync(scratch.path(`facts/${first}`));
    const lost = interruptReader(scratch.path(`shards/${first}`), (slurm as Slurm).failNode);
    expect(await submit(1)).toMatchObject({ status: 0, stderr: '' });
    await lost;
    expect(factsOf([first])).toEqual(before);
  });
});
