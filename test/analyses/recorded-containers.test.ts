import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { CAMPAIGNS } from '../campaigns.ts';

/** Invocations of AWS Lambda with true container ids (pacslab/serverless-performance-modeling, MIT), where they are there. */
const FILES = CAMPAIGNS === '' ? [] : readdirSync(CAMPAIGNS).filter((name) => /^res-.*\.csv$/.test(name));
const MAP = 'start=start_time,end=end_time,cold=is_cold,container=exist_id';

describe.skipIf(FILES.length === 0)('containers of a real log', () => {
  test.each(FILES)('%s: as many as are recorded, where the states are', async (name) => {
    const args = [
      'workers',
      '-d',
      join(CAMPAIGNS, name),
      '--map',
      MAP,
      '--time-unit',
      'ms',
      '--score',
      '--format',
      'json',
    ];
    const { stdout } = await askWfa(args);
    const [recorded] = JSON.parse(stdout).result.scores;
    expect(recorded).toMatchObject({ states: 'recorded' });
    expect(recorded.total.containerCount).toBe(recorded.total.recordedContainerCount);
  });
});
