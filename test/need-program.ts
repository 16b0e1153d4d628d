import { spawnSync } from 'node:child_process';
import { test } from 'vitest';

/** `test`, or one that is skipped, with the reason on standard error, where the program is not installed; in CI that is a failure. */
export function testWith(program: string, args: readonly string[] = ['--version']): typeof test | typeof test.skip {
  if (spawnSync(program, args).status === 0) return test;
  if (process.env['CI']) throw new Error(`${program} is not installed, and CI needs it`);
  process.stderr.write(`skipped: ${program} ${args.join(' ')} cannot be run here, which these tests need\n`);
  return test.skip;
}
