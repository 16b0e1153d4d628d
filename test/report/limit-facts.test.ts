import { expect, it } from 'vitest';
import { FactsLimiter } from '../../src/engine/limit-facts.ts';
import { chooseRuns, createThinner } from '../../src/report/choose-runs.ts';

const event = (runId: string, facts: object | null = { of: 'all' }) => ({ run: { runId }, facts }) as never;
const reduce = (facts: { of: string }) => {
  facts.of = 'few';
};
const limitTo = (mostRuns: number) => new FactsLimiter({ mostRuns, reduce, extraction: null as never });

it('reduces the facts of all runs as soon as there are more than so many', () => {
  const limiter = limitTo(2);
  const facts = Array.from({ length: 4 }, () => ({ of: 'all' }));
  limiter.take(facts.slice(0, 2).map((own, i) => event(`r${i}`, own)));
  expect(limiter.isExceeded).toBe(false);
  expect(facts[1]).toEqual({ of: 'all' });
  limiter.take(facts.slice(2).map((own, i) => event(`r${i + 2}`, own)));
  expect(limiter.isExceeded).toBe(true);
  expect(facts).toEqual(facts.map(() => ({ of: 'few' })));
});

it('counts a run that comes twice once, and one that filters leave out not at all', () => {
  const limiter = limitTo(2);
  limiter.take([event('r1'), event('r2'), event('r1'), event('r3', null)]);
  expect(limiter.isExceeded).toBe(false);
});

const candidate = (i: number, sinkRecorded = true) => ({
  run: {
    runId: `r${i}`,
    submittedAtMs: i,
    traits: { sinkRecorded, planned: true, planner: i % 2 === 0 ? 'UniformPlanner' : 'WukongPlanner' },
  },
  makespanMs: sinkRecorded ? i : null,
  detail: 'tasks' as unknown,
});

it('shows the slowest, the median, a failed one, and the slowest of the planners compared', () => {
  const runs = [...Array.from({ length: 9 }, (_, i) => candidate(i)), candidate(20, false)] as never[];
  const chosen = chooseRuns(runs, ['UniformPlanner', 'WukongPlanner'], 5);
  expect(chosen).toEqual([
    { runId: 'r8', why: 'slowest run' },
    { runId: 'r4', why: 'median run' },
    { runId: 'r20', why: 'failed run' },
    { runId: 'r7', why: 'slowest planned run of wukong' },
    { runId: 'r6', why: 'slowest run but 2' },
  ]);
  expect(chooseRuns(runs, [], 0)).toEqual([]);
});

it('keeps the details of slow, failed and sampled runs of many', () => {
  const runs = Array.from({ length: 9000 }, (_, i) => candidate((i * 7919) % 9000, i !== 4500));
  const thin = createThinner(3);
  for (const run of runs) thin(run as never);
  const detailed = runs.filter(({ detail }) => detail !== null);
  expect(detailed.length).toBeLessThan(4500);
  const [slowest, median, failed] = chooseRuns(runs as never, [], 3);
  expect(slowest?.runId).toBe('r8999');
  expect(Math.abs(Number(median?.runId.slice(1)) - 4500)).toBeLessThan(150);
  expect(failed?.why).toBe('failed run');
});
