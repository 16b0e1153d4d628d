import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingS3Server, s3Environment, useS3Bucket } from '../s3/use-server.ts';
import { makeScratch } from '../scratch.ts';
import { ROOT, spawnToEnd, wfa } from '../spawn-wfa.ts';
import { answerAlone, answerOf, layOutShards, QUESTION, SHARD_NAMES } from './shards.ts';

/** The lines of samples/README.md for one machine, Spark and AWS Batch, run as they stand there. */

const README = readFileSync(join(ROOT, 'samples/README.md'), 'utf8');

/** The line behind the comment that begins so. */
function lineBelow(comment: string): string {
  const [, line] = README.match(new RegExp(`^# ${comment}.*\n(.*)$`, 'm')) ?? [];
  if (line === undefined) throw new Error(`samples/README.md has no line for ${comment}`);
  return line;
}

const scratch = makeScratch();
const cwd = scratch.directory;
const env = layOutShards(cwd);
const alone = answerAlone(cwd);
const clear = () => {
  for (const name of readdirSync(scratch.path('facts'))) rmSync(scratch.path(`facts/${name}`));
};

test('one machine, eight processes', { timeout: 120_000 }, async () => {
  const { status, stderr } = await spawnToEnd('sh', ['-c', lineBelow('one machine')], { env, cwd });
  expect(status, stderr).toBe(0);
  expect(readdirSync(scratch.path('facts')).sort()).toEqual([...SHARD_NAMES].sort());
  expect(await answerOf(cwd, ['facts/*'])).toEqual(await alone);
  const finished = await spawnToEnd('sh', ['-c', lineBelow('and one wfa finishes')], { env, cwd });
  expect(finished).toEqual(await wfa([...QUESTION, '--facts', 'facts/*'], { cwd }));
  expect(finished.stdout).toContain('Left out: duplicate run id (56)');
  clear();
});

/**
 * Does what `rdd.pipe` does (Spark's PipedRDD): splits the command at blanks, starts it once a partition, with no partition left out,
 * writes each element and a line feed, takes lines, and fails when the command does. Then what `saveAsTextFile` does.
 */
async function pipeAsSpark(partitions: readonly (readonly string[])[], command: string): Promise<void> {
  const [program = '', ...args] = command.split(/\s+/);
  for (const [number, partition] of partitions.entries()) {
    const child = spawn(program, args, { env: { ...process.env, ...env }, cwd, stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(partition.map((element) => `${element}\n`).join(''));
    let text = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) text += chunk;
    const status = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)));
    if (status !== 0) throw new Error(`Subprocess exited with status ${status}. Command ran: ${command}`);
    scratch.write(`facts/part-${String(number).padStart(5, '0')}`, text);
    scratch.write(`facts/.part-${String(number).padStart(5, '0')}.crc`, 'crc');
  }
  scratch.write('facts/_SUCCESS', '');
}

test('Spark: partitions through a pipe, some of them empty', { timeout: 120_000 }, async () => {
  const [, command = ''] = lineBelow('Spark').match(/^runs\.pipe\("(.*)"\)\.saveAsTextFile\("facts"\)$/) ?? [];
  const partitions = SHARD_NAMES.map((name) =>
    readFileSync(scratch.path(`shards/${name}`), 'utf8')
      .split('\n')
      .slice(0, -1),
  );
  await pipeAsSpark([[], ...partitions], command);
  const [{ stdout, stderr, status }, one] = [await answerOf(cwd, ['facts/*']), await alone];
  expect({ stderr, status }).toEqual({ stderr: expect.stringContaining('facts/_SUCCESS'), status: 0 });
  // Where a run was read says which of its partition's lines it was, and nothing else differs.
  expect(JSON.parse(stdout).result).toEqual(JSON.parse(one.stdout).result);
  clear();
});

const why = missingS3Server();
if (why !== null) process.stderr.write(`skipped: ${why}\n`);

test.skipIf(why !== null)(
  'AWS Batch: a line for each object, and the facts of the bucket',
  { timeout: 120_000 },
  async () => {
    const bucket = await useS3Bucket('campaign');
    const remote = { ...env, ...s3Environment(bucket.endpoint) };
    for (const name of SHARD_NAMES) {
      await bucket.put(name, readFileSync(scratch.path(`shards/${name}`)));
      const job = await spawnToEnd('sh', ['-c', lineBelow('AWS Batch')], { env: { ...remote, KEY: name }, cwd });
      expect(job, name).toMatchObject({ status: 0 });
    }
    const answer = await wfa([...QUESTION, '--facts', 's3://campaign/facts/', '-f', 'json'], { env: remote, cwd });
    expect(answer.status, answer.stderr).toBe(0);
    expect(JSON.parse(answer.stdout).result).toEqual(JSON.parse((await alone).stdout).result);
  },
);
