import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { copyPackage } from '../copy-package.ts';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';
import { BIN, spawnToEnd, wfa } from '../spawn-wfa.ts';

const scratch = makeScratch();
const lines = [...readSample('older'), ...readSample('newer')].map((record) => `${JSON.stringify(record)}\n`);
const many = lines.concat(lines.map((line) => line.replace('"master_dag_id":"', '"master_dag_id":"again.')));
const text = `${many.join('')}${' '.repeat(2e6)}\n`;
const QUESTION = ['compare', 'uniform', 'non-uniform'];

/** Facts of a file that was changed in the last tick of the kernel's clock are not kept: nobody could tell a later change by its time. */
const letSettle = () => setTimeout(25);

/** An input of its own and a cache of its own. */
function prepare(name: string) {
  const data = scratch.write(`${name}.ndjson`, text);
  const cache = scratch.path(`cache-of-${name}`);
  const ask = async (...more: string[]) => {
    await letSettle();
    return askWfa([...QUESTION, '-d', data, ...more], { env: { XDG_CACHE_HOME: cache } });
  };
  const kept = () => readdirSync(`${cache}/wfa`);
  return { data, cache, ask, kept };
}

test('answers the second time from what it kept, byte for byte', async () => {
  const { ask, kept, cache } = prepare('twice');
  const first = await ask('-f', 'json');
  expect(kept()).toHaveLength(1);
  const path = `${cache}/wfa/${kept()[0]}`;
  // What is told is what was kept: here it is changed on purpose.
  const changed = gunzipSync(readFileSync(path)).toString().replaceAll('"label":"', '"label":"kept ');
  writeFileSync(path, gzipSync(seal(changed)));
  const second = await ask('-f', 'json');
  expect(second.stdout).toContain('"label": "kept ');
  expect({ ...second, stdout: second.stdout.replaceAll('kept ', '') }).toEqual(first);
  expect(await ask('-f', 'json', '--no-cache')).toEqual(first);
});

/** Puts the digest of the other lines into the last one. */
function seal(text: string): string {
  const lines = text.replace(/[^\n]*\n$/, '');
  return `${lines}${JSON.stringify({ end: createHash('sha256').update(lines).digest('hex') })}\n`;
}

test('does not answer another question, nor from a file that has changed', async () => {
  const { ask, kept, data } = prepare('changed');
  await ask();
  await ask('--metric', 'all');
  expect(kept()).toHaveLength(2);
  writeFileSync(data, text.replaceAll('"workflow"', '"workflow" '));
  utimesSync(data, 1, 1);
  await ask();
  expect(kept()).toHaveLength(3);
});

test('does not answer from what another build kept', async () => {
  const { ask, kept, cache, data } = prepare('build');
  const first = await ask();
  const other = copyPackage(scratch.path('other-build'));
  writeFileSync(`${other}/dist/build.sha256`, 'another');
  const args = [`${other}/bin/wfa.js`, ...QUESTION, '-d', data];
  const second = await spawnToEnd(process.execPath, args, { env: { XDG_CACHE_HOME: cache } });
  expect(second).toEqual(first);
  expect(kept()).toHaveLength(2);
});

test('a digest that was not worked out is worked out when it is shown', async () => {
  const { ask } = prepare('digest');
  const direct = await ask('-f', 'json', '--no-cache');
  await ask();
  expect(await ask('-f', 'json')).toEqual(direct);
});

test('may be damaged or deleted at any time', async () => {
  const { ask, kept, cache } = prepare('damaged');
  const direct = await ask();
  const path = `${cache}/wfa/${kept()[0]}`;
  writeFileSync(path, readFileSync(path).subarray(0, statSync(path).size / 2));
  expect(await ask()).toEqual(direct);
  expect(await ask()).toEqual(direct);
  const whole = gunzipSync(readFileSync(path)).toString();
  const changed = whole.replaceAll('"workflow":"', '"workflow":"other ');
  expect(changed).not.toBe(whole);
  writeFileSync(path, gzipSync(changed));
  expect(await ask()).toEqual(direct);
  rmSync(cache, { recursive: true });
  expect(await ask()).toEqual(direct);
});

test('two processes at once keep one whole file', async () => {
  const { ask, kept } = prepare('two');
  const [one, other] = await Promise.all([ask(), ask()]);
  expect(one).toEqual(other);
  expect(kept()).toHaveLength(1);
  expect(await ask()).toEqual(one);
});

test.skipIf(process.platform !== 'linux')('a place where the system makes no directories', async () => {
  const { ask, data } = prepare('nowhere');
  const nowhere = await wfa([...QUESTION, '-d', data], { env: { XDG_CACHE_HOME: '/proc/nowhere' } });
  expect(nowhere).toEqual(await ask('--no-cache'));
});

test('where it cannot be written nothing is kept and nothing is said', async () => {
  const { ask, cache, data } = prepare('nowhere');
  writeFileSync(cache, 'a file where the directory should be');
  const blocked = await ask();
  expect(blocked).toMatchObject({ status: 0, stderr: '' });
  rmSync(cache);
  mkdirSync(cache);
  chmodSync(cache, 0o500);
  expect(await ask()).toEqual(blocked);
  const full = await wfa([...QUESTION, '-d', data], { env: { XDG_CACHE_HOME: '/dev/full' } });
  expect(full).toEqual(blocked);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s while it is written ends at once and leaves nothing', async (signal) => {
  const { cache, kept } = prepare(signal);
  const slow = spawn(process.execPath, [BIN, ...QUESTION, '-d', manyFiles(signal), '--threads', '1'], {
    stdio: 'ignore',
    env: { ...process.env, XDG_CACHE_HOME: cache },
  });
  await until(() => kept().some((name) => name.endsWith('.tmp')));
  const startedAtMs = performance.now();
  const ended = new Promise((resolve) => slow.on('close', (_, by) => resolve(by)));
  slow.kill(signal);
  expect(await ended).toBe(signal);
  expect(performance.now() - startedAtMs).toBeLessThan(5000);
  expect(kept().filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

/** Enough to read for a while. */
function manyFiles(name: string): string {
  const large = text.repeat(8);
  return scratch.write(`${name}-large.ndjson`, large);
}

async function until(holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    try {
      if (holds()) return;
    } catch {
      // The directory is not there yet.
    }
    await setTimeout(10);
  }
  throw new Error('it never came to that');
}
