import { expect, it } from 'vitest';
import { createLimiter } from '../../src/engine/limit-facts.ts';
import { chooseRuns, createThinner } from '../../src/report/choose-runs.ts';

const jointly = () => ({ run: {}, of: { few: { run: null }, many: { run: null } } }) as never;

it('lets go of the facts of a question beyond its runs, of earlier and later ones', () => {
  const limit = createLimiter({ few: 2 });
  const facts = [jointly(), jointly(), jointly(), jointly()] as readonly { readonly of: object }[];
  for (const one of facts.slice(0, 2)) limit(one as never);
  expect(facts.slice(0, 2).map(({ of }) => Object.keys(of))).toEqual([
    ['few', 'many'],
    ['few', 'many'],
  ]);
  for (const one of facts.slice(2)) limit(one as never);
  expect(facts.map(({ of }) => Object.keys(of))).toEqual([['many'], ['many'], ['many'], ['many']]);
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
