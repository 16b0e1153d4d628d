import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ANALYSES } from '../../src/analyses/list.ts';
import { askWfa } from '../ask-wfa.ts';
import { ROOT } from '../spawn-wfa.ts';

/** What the real command prints is what the schema that it prints says. */

const SAMPLE = ['-d', 'sample:newer', '--workflow', 'gemm'];
const MAP = 'start=requested,ready=started,end=ended,cold=cold,pool=function,memory=memory_mb,container=container_id';
const COMMANDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  compare: [['uniform', 'non-uniform', ...SAMPLE, '--fail-on', 'makespan>+50%']],
  claim: [['non-uniform is 53 % faster than uniform', ...SAMPLE]],
  preload: [['--planner', 'uniform-opt', '-d', 'sample:newer']],
  run: [['--latest', '--plan', ...SAMPLE]],
  runs: [['--list', '-d', join(ROOT, 'test/fixtures/engine-store.ndjson.gz')]],
  workers: [
    ['--plan', ...SAMPLE],
    ['--map', MAP, '--time-unit', 'iso', '--score', '-d', 'sample:invocations'],
  ],
};

describe.each(ANALYSES)('wfa $name', ({ name }) => {
  test.each(COMMANDS[name] ?? [SAMPLE])('%s …', { timeout: 60_000 }, async (...args) => {
    const [schema, document] = await Promise.all([askWfa(['schema', name]), askWfa([name, ...args, '-f', 'json'])]);
    expect(schema).toMatchObject({ status: 0, stderr: '' });
    expect([0, 3], document.stderr).toContain(document.status);
    const validator = z.fromJSONSchema(JSON.parse(schema.stdout) as Parameters<typeof z.fromJSONSchema>[0]);
    const report = JSON.parse(document.stdout) as object;
    expect(validator.safeParse(report).error?.issues ?? []).toEqual([]);
    expect(validator.safeParse({ ...report, unknownKey: 1 }).success).toBe(false);
    expect(validator.safeParse({ ...report, schemaVersion: '0.0.0' }).success).toBe(false);
  });
});

test('an unknown name is refused with those that there are', async () => {
  const { status, stdout, stderr } = await askWfa(['schema', 'comapre']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain("there is no result 'comapre'\n  Did you mean compare?");
});
