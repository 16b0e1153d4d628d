import { describe, expect, it } from 'vitest';
import { replayBestAllocation } from '../../src/analyses/memory/allocate.ts';
import { analyzeMemory } from '../../src/analyses/memory/analyze.ts';
import { extractMemory } from '../../src/analyses/memory/extract.ts';
import { fitFunction, gatherFunctions, type ObservedTask } from '../../src/analyses/memory/fit.ts';
import { gateQuantities } from '../../src/analyses/memory/gates.ts';
import { countNeighbours } from '../../src/analyses/memory/neighbours.ts';
import { parseMemory } from '../../src/analyses/memory/options.ts';
import { contrastPlanners } from '../../src/analyses/memory/planners.ts';
import type { FunctionMemory } from '../../src/analyses/memory/result.ts';
import type { Run, Task } from '../../src/model/run.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { createNormal, createRandom } from '../../src/stats/random.ts';
import { readSample, toRun } from '../sample-records.ts';

const OPTIONS = parseMemory({ arguments: [], options: {} });
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const analyze = (runs: readonly Run[], options = OPTIONS) =>
  analyzeMemory(
    runs.map((run) => extractMemory(run, describeRun(run))),
    options,
    1,
  );

interface Truth {
  readonly exponent: number;
  readonly neighbour?: number;
  readonly drift?: number;
}

const DRIFT_AT_MS = 1000;

/** 30 runs with 4 tasks at two positions, three sizes in turn, errors of runs and tasks. */
function simulate({ exponent, neighbour = 0, drift = 0 }: Truth, random: () => number): ObservedTask[] {
  return range(30).flatMap((run) => {
    const memoryMb = 1024 * 2 ** ((run * 7) % 3);
    const ofRun = 0.1 * random();
    const submittedAtMs = run * 70;
    return range(4).map((i): ObservedTask => {
      const beside = Math.abs(random());
      const bytes = Math.exp(10 + 0.5 * random());
      const position = String(i % 2);
      const log =
        5 +
        (i % 2) -
        exponent * Math.log(memoryMb / 1024) +
        neighbour * beside +
        0.4 * Math.log(bytes) +
        (submittedAtMs >= DRIFT_AT_MS ? drift : 0) +
        ofRun +
        0.1 * random();
      return {
        runId: String(run),
        planner: `P${run % 2}`,
        position,
        submittedAtMs,
        row: [memoryMb, Math.exp(log), beside, bytes],
      };
    });
  });
}

const fitTasks = (
  tasks: readonly ObservedTask[],
  driftAtMs: number | null = null,
  usdPerMs = (mb: number) => mb,
): FunctionMemory =>
  fitFunction(
    { workflow: 'w', structure: 's', functionName: 'f', tasks, criticalPathFraction: 0.5 },
    driftAtMs,
    usdPerMs,
  );

const holds = (low: number | null | undefined, truth: number, high: number | null | undefined) =>
  low != null && high != null && low <= truth && truth <= high;

describe('simulated functions of known exponent', () => {
  it.each([0, 0.3, 1])(
    '%d: intervals hold it, the neighbour factor and the step in 93 to 97 %% of cases',
    (exponent) => {
      const random = createNormal(createRandom(11 + exponent));
      const fits = range(600).map(() =>
        fitTasks(simulate({ exponent, neighbour: 0.1, drift: 0.5 }, random), DRIFT_AT_MS),
      );
      const shares = [
        fits.filter(({ ciLow, ciHigh }) => holds(ciLow, exponent, ciHigh)),
        fits.filter(({ neighbourFactor: own }) => holds(own?.ciLow, Math.exp(0.1), own?.ciHigh)),
        fits.filter(({ driftFactor: own }) => holds(own?.ciLow, Math.exp(0.5), own?.ciHigh)),
      ].map((held) => held.length / fits.length);
      for (const share of shares) {
        expect(share).toBeGreaterThanOrEqual(0.925);
        expect(share).toBeLessThanOrEqual(0.98);
      }
    },
  );

  it('says that memory helps in at most 5 % of cases where it does not', () => {
    const random = createNormal(createRandom(5));
    const verdicts = range(400).map(() => fitTasks(simulate({ exponent: 0 }, random)).verdict);
    expect(verdicts.filter((verdict) => verdict === 'helps').length / 400).toBeLessThanOrEqual(0.05);
    expect(verdicts.filter((verdict) => verdict === 'no-help').length).toBeGreaterThan(200);
  });
});

describe('the verdict', () => {
  const random = createNormal(createRandom(3));
  const tasks = simulate({ exponent: 0.5 }, random);

  it('is that it helps, with the largest size fastest and the smallest cheapest by the GB', () => {
    expect(fitTasks(tasks)).toMatchObject({ verdict: 'helps', reason: null, fastestMb: 4096, cheapestMb: 1024 });
    // Where all sizes cost the same, the fastest is the cheapest.
    expect(fitTasks(tasks, null, () => 1)).toMatchObject({ cheapestMb: 4096 });
  });

  it('is by the ends of the interval alone: no help below 0.1, help above 0', () => {
    const fits = range(80).map((i) => fitTasks(simulate({ exponent: 0.04 + 0.001 * i }, random)));
    const told = fits.map(({ ciLow, ciHigh, verdict }) => ({ low: ciLow as number, high: ciHigh as number, verdict }));
    for (const { low, high, verdict } of told)
      expect(verdict).toBe(high < 0.1 ? 'no-help' : low > 0 ? 'helps' : 'cannot-tell');
    const between = (least: number, most: number) => told.filter(({ high }) => high > least && high < most).length;
    expect([between(0.05, 0.1) > 0, between(0.1, 0.2) > 20]).toEqual([true, true]);
    expect(new Set(told.map(({ verdict }) => verdict)).size).toBe(3);
  });

  it('takes a run that was submitted at the instant of the drift for one after it', () => {
    const drifted = simulate({ exponent: 0.3, drift: 0.5 }, random);
    // Runs are 70 ms apart: the fourteenth was submitted at 980.
    expect(fitTasks(drifted, 980)).toEqual(fitTasks(drifted, 950));
    expect(fitTasks(drifted, 981)).not.toEqual(fitTasks(drifted, 980));
    expect(fitTasks(drifted, 0).driftFactor).toBeNull();
  });

  it('has no fastest size where the interval holds 0', () => {
    const own = range(40)
      .map(() => fitTasks(simulate({ exponent: 0 }, random)))
      .find(({ ciLow, ciHigh }) => holds(ciLow, 0, ciHigh));
    expect(own).toMatchObject({ fastestMb: null, cheapestMb: 1024 });
  });

  it('needs 12 runs and two sizes', () => {
    const few = (count: number) => fitTasks(tasks.filter(({ runId }) => Number(runId) < count));
    expect(few(11)).toMatchObject({ exponent: null, verdict: 'cannot-tell', reason: 'too-few-runs' });
    expect(few(12).exponent).not.toBeNull();
    const one = tasks.map((task): ObservedTask => ({ ...task, row: [1024, task.row[1], task.row[2], task.row[3]] }));
    expect(fitTasks(one)).toMatchObject({ exponent: null, verdict: 'cannot-tell', reason: 'one-size' });
  });

  it('reports a size that goes with the position, and believes nothing of it', () => {
    const bound = tasks.map((task): ObservedTask => {
      const memoryMb = task.position === '0' ? 1024 : 2048;
      return { ...task, row: [memoryMb, memoryMb * 10, task.row[2], task.row[3]] };
    });
    expect(fitTasks(bound)).toMatchObject({
      exponent: null,
      reason: 'confounded',
      verdict: 'cannot-tell',
      neighbourFactor: null,
    });
  });

  it('rests on no interval that few runs decide', () => {
    const rare = tasks.map((task): ObservedTask => {
      const isLarge = Number(task.runId) < 3;
      return { ...task, row: [isLarge ? 4096 : 1024, isLarge ? 10 : task.row[1], task.row[2], task.row[3]] };
    });
    const own = fitTasks(rare);
    expect(own).toMatchObject({ verdict: 'cannot-tell', reason: 'few-runs-decide', cheapestMb: null, fastestMb: null });
    expect(own.ciLow).toBeGreaterThan(0);
    expect(gateQuantities({ functions: [own] } as never)[0]).toMatchObject({ name: 'exponent', low: null, high: null });
  });
});

describe('a fitted line and a share of the path', () => {
  it('goes through the mean of the logarithms, and falls by the exponent', () => {
    const normal = createNormal(createRandom(9));
    const tasks = simulate({ exponent: 0.5 }, normal);
    const { sizes, exponent } = fitTasks(tasks);
    const meanOf = (amounts: readonly number[]) => amounts.reduce((sum, x) => sum + x, 0) / amounts.length;
    const [middle, level] = [
      meanOf(tasks.map(({ row: [mb] }) => Math.log(mb))),
      meanOf(tasks.map(({ row: [, ms] }) => Math.log(ms))),
    ];
    expect(sizes.map(({ memoryMb }) => memoryMb)).toEqual([1024, 2048, 4096]);
    expect(sizes.map(({ taskCount }) => taskCount)).toEqual([40, 40, 40]);
    for (const { memoryMb, fittedMs } of sizes)
      expect(fittedMs).toBeCloseTo(Math.exp(level) * (memoryMb / Math.exp(middle)) ** -(exponent as number), 9);
    // Half the time with four times the memory, by the truth.
    expect((sizes[2]?.fittedMs as number) / (sizes[0]?.fittedMs as number)).toBeCloseTo(0.5, 1);
  });

  it('is the time of all its positions on the path ÷ the makespans of their runs', () => {
    const fact = (runId: string, pathMakespanMs: number | null, pathsMs: readonly number[]) => ({
      run: { runId, submittedAtMs: 0, traits: { workflow: 'w', structure: 's', planner: 'P' } },
      pathMakespanMs,
      functions: pathsMs.map((pathMs, i) => ({ functionName: 'f', position: String(i), pathMs, tasks: [] })),
    });
    // (100 + 50 + 150) of 1000 + 500 ms; a run whose path could not be followed tells nothing.
    const facts = [fact('a', 1000, [100, 50]), fact('b', 500, [150]), fact('c', null, [999])];
    const [own] = gatherFunctions(facts as never);
    expect(own?.criticalPathFraction).toBeCloseTo(0.2, 12);
  });
});

describe('neighbours', () => {
  it('are none to the last digit of tasks one after the other', () => {
    const tasks = range(50).map((i) => task('a', 1e12 + 0.3 * i, 0.1 + 0.001 * i));
    expect(new Set(countNeighbours(tasks))).toEqual(new Set([0]));
  });

  it('agree with every task held against every other one', () => {
    const random = createRandom(4);
    const tasks = range(300).map((i): Task => {
      // On a coarse grid many begin or end together; some take no time at all.
      const [startedAtMs, executionMs] = [1e12 + Math.floor(400 * random()), Math.floor(12 * random())];
      return { workerId: `w${i % 3}`, startedAtMs, executionMs, inputWaitMs: null } as Task;
    });
    const endOf = ({ startedAtMs, executionMs }: Task) => (startedAtMs as number) + executionMs;
    const overlap = (one: Task, other: Task) =>
      Math.max(
        0,
        Math.min(endOf(one), endOf(other)) - Math.max(one.startedAtMs as number, other.startedAtMs as number),
      );
    const expected = tasks.map((own) => {
      if (own.executionMs === 0) return null;
      const others = tasks.filter((other) => other !== own && other.workerId === own.workerId);
      return others.reduce((sum, other) => sum + overlap(own, other), 0) / own.executionMs;
    });
    expect(countNeighbours(tasks)).toEqual(expected.map((count) => count && expect.closeTo(count, 9)));
  });

  const task = (workerId: string | null, startedAtMs: number, executionMs: number): Task =>
    ({ workerId, startedAtMs, executionMs, inputWaitMs: null }) as Task;

  it('are the overlap with others of the worker ÷ the own time', () => {
    // 0–10 with 5–15 and 8–9; another worker; one that nothing is known of.
    const tasks = [task('a', 0, 10), task('a', 5, 10), task('b', 0, 10), task('a', 8, 1), task(null, 0, 10)];
    expect(countNeighbours(tasks)).toEqual([0.6, 0.6, 0, 2, null]);
  });
});

describe('on the bundled newer runs', () => {
  const runs = readSample('newer').map((record, i) => toRun(record, i + 1));
  const { result } = analyze(runs);

  it('no exponent reaches what the engine assumes, and nine of thirteen functions are slower beside others', () => {
    const fitted = result.functions.filter(({ exponent }) => exponent !== null);
    expect(fitted).toHaveLength(21);
    expect(fitted.every(({ ciHigh }) => ciHigh !== null && ciHigh < 0.3)).toBe(true);
    const exponents = fitted.map(({ exponent }) => exponent as number).sort((a, b) => a - b);
    expect(exponents[10]).toBeCloseTo(-0.0124, 4);
    const factors = result.functions.flatMap(({ neighbourFactor }) => neighbourFactor ?? []);
    expect(factors).toHaveLength(13);
    expect(factors.filter(({ ciLow }) => (ciLow ?? 0) > 1)).toHaveLength(9);
  });

  it('explains by that why one planner spends more for nothing', () => {
    expect(result.planners).toMatchObject({
      baselinePlanner: 'UniformPlanner',
      candidatePlanner: 'NonUniformPlanner',
      explained: true,
      resourceUsage: { outcome: 'different' },
    });
    expect(result.headline).toMatch(/non-uniform against uniform has 3\.8 times the memory/);
  });

  it('explains nothing where a function gets faster', () => {
    const faster = runs.map(
      (run): Run => ({
        ...run,
        tasks: run.tasks.map((task) => ({
          ...task,
          executionMs: task.executionMs / Math.sqrt((task.memoryMb as number) / 2048),
        })),
      }),
    );
    const other = analyze(faster).result;
    expect(other.planners?.explained).toBe(false);
    expect(other.functions.filter(({ verdict }) => verdict === 'helps').length).toBeGreaterThan(15);
    expect(other.bestAllocation?.makespanChangeFraction).toBeGreaterThan(0.05);
  });

  it('replays runs with the cheapest sizes: as recorded where all workers have them', () => {
    const { bestAllocation: best } = result;
    expect(best?.costChangeFraction).toBeLessThan(-0.3);
    expect(best?.makespanChangeLowFraction).toBeLessThan(best?.makespanChangeFraction as number);
    const smallest = runs.filter((run) => run.tasks.every(({ memoryMb }) => memoryMb === 2048));
    const facts = smallest.map((run) => extractMemory(run, describeRun(run)));
    const kept = replayBestAllocation(facts, result.functions, OPTIONS.prices.table);
    expect(kept?.runCount).toBeGreaterThan(5);
    expect(kept?.changedCount).toBe(0);
    expect(kept?.makespanChangeFraction).toBeCloseTo(0, 7);
    expect(kept?.costChangeFraction).toBeCloseTo(0, 7);
  });
});

describe('planners of which the memory differs most', () => {
  const fact = (planner: string, sla: string, memoryMb: number | null, optimizations: readonly string[] = []) => ({
    run: { traits: { planner, sla, workflow: 'w', structure: 's', optimizations } },
    functions: memoryMb === null ? [] : [{ tasks: [[memoryMb, 10, null, null]] }],
    measurements: {},
  });
  const contrast = (facts: readonly ReturnType<typeof fact>[]) => contrastPlanners(facts as never, [], 1);

  it('are found among all pairs, by the mean logarithm of their common blocks', () => {
    const facts = [
      ...[fact('a', 'p50', 1024), fact('a', 'p90', 1024)],
      ...[fact('b', 'p50', 4096), fact('b', 'p90', 1024)],
      ...[fact('c', 'p90', 600), fact('c', 'p99', 64)],
    ];
    // b ÷ a: √(4 · 1) = 2 in two blocks; a ÷ c and b ÷ c: 1.7 in one block.
    expect(contrast(facts)).toMatchObject({ baselinePlanner: 'a', candidatePlanner: 'b', blockCount: 2 });
    expect(contrast(facts)?.memoryRatio).toBeCloseTo(2, 12);
    // a ÷ d and b ÷ d are 16, in the one block of two where its memory is known: the first of the names is taken.
    const less = contrast([...facts, fact('d', 'p90', 64), fact('d', 'p50', null)]);
    expect(less).toMatchObject({ baselinePlanner: 'd', candidatePlanner: 'a', blockCount: 2 });
    expect(less?.memoryRatio).toBeCloseTo(16, 12);
  });

  it('are those of the largest mean, not of the most blocks', () => {
    const one = [fact('a', 'p50', 1000), fact('b', 'p50', 1700)];
    // 1.5 in each of two blocks is less than 1.7 in one.
    const two = ['p90', 'p99'].flatMap((sla) => [fact('e', sla, 1000), fact('f', sla, 1500)]);
    expect(contrast([...one, ...two])).toMatchObject({ baselinePlanner: 'a', candidatePlanner: 'b' });
  });

  it('have the same optimizations, a block in common and 10 % between them', () => {
    expect(contrast([fact('a', 'p50', 1024), fact('b', 'p50', 4096, ['PreLoad'])])).toBeNull();
    expect(contrast([fact('a', 'p50', 1024), fact('b', 'p90', 4096)])).toBeNull();
    expect(contrast([fact('a', 'p50', 1000), fact('b', 'p50', 1099)])).toBeNull();
    expect(contrast([fact('a', 'p50', 1000), fact('b', 'p50', 1101)])?.memoryRatio).toBeCloseTo(1.101, 9);
  });
});
