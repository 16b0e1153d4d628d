import { expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';
import { readSample } from '../sample-records.ts';
import { makeScratch } from '../scratch.ts';

const scratch = makeScratch();

interface RunRecord {
  readonly plan: { readonly planner_name: string } | null;
  readonly tasks: readonly { readonly metrics: { tp_execution_time_ms: number } | null }[];
}

const write = (name: string, records: readonly unknown[]) =>
  scratch.write(name, records.map((record) => `${JSON.stringify(record)}\n`).join(''));

const QUESTION = ['compare', 'uniform', 'non-uniform', '--metric', 'execution-time'];

async function compare(...args: string[]) {
  const { status, stdout } = await askWfa([...QUESTION, ...args]);
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

const figuresOf = ({ result }: { result: { comparisons: { overall: Record<string, unknown>; blocks: unknown }[] } }) =>
  result.comparisons.map(({ overall, blocks }) => {
    const { ratio, ciLow, ciHigh, degreesOfFreedom, pValue, difference } = overall;
    return { ratio, ciLow, ciHigh, degreesOfFreedom, pValue, difference, blocks };
  });

test('a run with a time that cannot have been measured is left out, with a reason, wherever the facts come from', async () => {
  const records = readSample('newer') as unknown as RunRecord[];
  const at = records.findIndex(({ plan, tasks }) => plan?.planner_name === 'UniformPlanner' && tasks.length > 3);
  const without = await compare('-f', 'json', '-d', write('without.ndjson', records.toSpliced(at, 1)));
  for (const { metrics } of records[at]?.tasks ?? []) if (metrics) metrics.tp_execution_time_ms = 1.7e308;
  const data = write('damaged.ndjson', records);
  const direct = await compare('-f', 'json', '-d', data);
  expect(figuresOf(direct)).toEqual(figuresOf(without));
  expect(direct.ledger).toContainEqual({
    reason: 'wrong-field',
    scope: 'record',
    metric: null,
    count: 1,
    origins: [`${data}:${at + 1}`],
  });
  const facts = scratch.path('facts.ndjson');
  expect((await askWfa(['extract', ...QUESTION, '-d', data, '-o', facts])).status).toBe(0);
  const again = await compare('-f', 'json', '--facts', facts);
  expect([again.result, again.ledger]).toEqual([direct.result, direct.ledger]);
});
