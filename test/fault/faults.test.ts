import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../spawn-wfa.ts';

/**
 * Kinds of faults that users of such tools reported, or that fault injection found: each script in `cases/` makes the smallest input
 * that shows one. Its head says what is wrong and what is right.
 */
const FOLDER = join(ROOT, 'test/fault/cases');
const SCRIPTS = readdirSync(FOLDER).filter((name) => name.endsWith('.sh') && name !== '_lib.sh');

/** Status of a script on a machine that lacks a program it needs. */
const NOT_JUDGED = 77;

async function judge(script: string): Promise<{ status: number | null; output: string }> {
  const judged = spawn('bash', [join(FOLDER, script), join(ROOT, 'bin/wfa.js')], {
    // Where CI is named, no terminal has colours. By hand, those that depend on chance try four times as often.
    env: {
      ...process.env,
      ...(process.env['CI'] ? { TRIES: '10' } : {}),
      CI: undefined,
      XDG_CACHE_HOME: undefined,
      COLUMNS: undefined,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const status = new Promise<number | null>((resolve) => judged.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(judged.stdout), text(judged.stderr)]);
  return { status: await status, output: (stdout + stderr).slice(-2000) };
}

/** A script that looks at a clock, or acts at an instant, must not be kept waiting by another one. */
const isTimed = (script: string): boolean => /date \+%s%N|\bsleep\b/.test(readFileSync(join(FOLDER, script), 'utf8'));

async function expectRight(script: string): Promise<void> {
  const { status, output } = await judge(script);
  if (status === NOT_JUDGED && !process.env['CI']) return;
  expect({ status, output: status === 0 ? '' : output }).toEqual({ status: 0, output: '' });
}

// After all other tests, because some are about how long wfa takes.
describe('fault', () => {
  it.each(SCRIPTS.filter(isTimed))('%s', { timeout: 300_000 }, expectRight);
});

describe.concurrent('fault, two at a time', () => {
  it.each(SCRIPTS.filter((script) => !isTimed(script)))('%s', { timeout: 300_000 }, expectRight);
});
