import { spawnSync } from 'node:child_process';
import { test } from 'vitest';

/** `test`, or a skipped one where the program is not installed; in CI a missing program is a failure. */
export function testWith(program: string, args: readonly string[] = ['--version']): typeof test | typeof test.skip {
  if (spawnSync(program, args).status === 0) return test;
  if (process.env['CI']) throw new Error(`${program} is not installed, and CI needs it`);
  return test.skip;
}
