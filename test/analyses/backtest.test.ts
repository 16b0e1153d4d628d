import { describe, expect, test } from 'vitest';
import { analyzeBacktest } from '../../src/analyses/backtest/analyze.ts';
import type { BacktestFacts } from '../../src/analyses/backtest/extract.ts';
import { extractBacktest } from '../../src/analyses/backtest/extract.ts';
import { gateQuantities } from '../../src/analyses/backtest/gates.ts';
import { parseBacktest } from '../../src/analyses/backtest/options.ts';
import { parseStrategy } from '../../src/analyses/backtest/strategies.ts';
import { tellEngines, walkRuns } from '../../src/analyses/backtest/walk.ts';
import { UserError } from '../../src/errors.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { pinballLoss } from '../../src/stats/pinball.ts';
import { createNormal, createRandom } from '../../src/stats/random.ts';
import { sampleRuns } from '../sample-records.ts';

const OPTIONS = parseBacktest({ arguments: [], options: {} });
const dated = (facts: readonly BacktestFacts[]) =>
  tellEngines(facts.map((fact) => ({ ...fact, createdAtMs: fact.createdAtMs as number })));
const SAMPLE = sampleRuns().map((run) => extractBacktest(run, describeRun(run)));
const SAMPLE_RESULT = analyzeBacktest(SAMPLE, OPTIONS, 1).result;

const MINUTE_MS = 60_000;
/** Made-up runs of one structure and planner, one after the other, each of ten tasks of 1000 bytes. */
const makeRuns = (count: number, drawMs: (run: number) => number): BacktestFacts[] =>
  Array.from({ length: count }, (_, i) => ({
    run: {
      runId: `run-${String(i).padStart(4, '0')}`,
      submittedAtMs: i * MINUTE_MS,
      finishedAtMs: i * MINUTE_MS + 1000,
      traits: { workflow: 'w', structure: 's', planner: 'P', sla: 'p90', resourceMeasure: 'gb-seconds' },
      origin: { uri: 'made up', line: i + 1 },
    } as unknown as BacktestFacts['run'],
    createdAtMs: i * MINUTE_MS,
    unsizedTaskCount: 0,
    predicted: null,
    observations: {
      execution: [
        {
          kind: 'f',
          durationsMs: Array.from({ length: 10 }, () => drawMs(i)),
          sizes: new Array<number>(10).fill(1000),
          memoriesMb: new Array<number>(10).fill(2048),
        },
      ],
      download: [],
      upload: [],
      startup: [],
    },
  }));

const scoresOf = (facts: readonly BacktestFacts[]) => analyzeBacktest(facts, OPTIONS, 1).result.scores;

const skillOf = (facts: readonly BacktestFacts[], strategy: string) => {
  const score = scoresOf(facts).find(
    (own) => own.quantity === 'execution' && own.strategy === strategy && own.tau === 0.9,
  );
  if (!score) throw new Error(`no score of ${strategy}`);
  return score;
};

test('the replay gives every prediction that the plans of the bundled runs hold, of both engines', () => {
  const same = (count: number) => ({ predictedCount: count, exactCount: count });
  expect(SAMPLE_RESULT.fidelity).toEqual([
    { engine: 'newer', ...same(2017), notReplayed: [], upload: same(955), startup: same(832) },
    { engine: 'older', ...same(661), notReplayed: [], upload: same(299), startup: same(331) },
  ]);
  expect(SAMPLE_RESULT.headlines[0]).toContain(
    'in 2017 of 2017 (newer engine) and 661 of 661 (older engine) predictions of execution time, 1254 of 1254 of uploads and 1163 of 1163 of start-ups',
  );
});

test('a stored prediction that does not come out is listed with its reason', () => {
  const facts = SAMPLE.map((fact) => {
    const [first, ...rest] = fact.predicted?.execution ?? [];
    if (fact.predicted === null || first === undefined) return fact;
    const durationsMs = first.durationsMs.map((ms) => ms * 1.001);
    return { ...fact, predicted: { ...fact.predicted, execution: [{ ...first, durationsMs }, ...rest] } };
  });
  const { result, warnings } = analyzeBacktest(facts, OPTIONS, 1);
  const missed = result.fidelity.flatMap(({ notReplayed }) => notReplayed);
  expect(new Set(missed.map(({ reason }) => reason))).toEqual(new Set(['other-history-in-the-data']));
  const listedCount = missed.reduce((sum, { count }) => sum + count, 0);
  const differingCount = result.fidelity.reduce((sum, own) => sum + own.predictedCount - own.exactCount, 0);
  expect(listedCount).toBe(differingCount);
  expect(warnings.map(({ code }) => code)).toContain('replay-differs');
});

test('what had not ended when a run was made does not move its predictions', () => {
  const instantMs = [...SAMPLE].map(({ createdAtMs }) => createdAtMs as number).sort((a, b) => a - b)[90] as number;
  const slow = (ms: number) => ms * 7;
  const changed = SAMPLE.map((fact) => {
    if (fact.createdAtMs === instantMs || (fact.run.finishedAtMs ?? 0) < instantMs) return fact;
    const slowed = Object.entries(fact.observations).map(([quantity, kinds]) => [
      quantity,
      kinds.map((own) => ({ ...own, durationsMs: own.durationsMs.map(slow) })),
    ]);
    return { ...fact, observations: Object.fromEntries(slowed) };
  });
  expect(changed.filter((fact, i) => fact !== SAMPLE[i]).length).toBeGreaterThan(50);
  const before = (facts: readonly BacktestFacts[]) =>
    Object.values(walkRuns(dated(facts), { ...OPTIONS, withBudget: true }, 1).tallies).flatMap((variants) =>
      variants.flatMap((tallies) =>
        tallies
          .filter(({ fact }) => fact.createdAtMs === instantMs || (fact.run.finishedAtMs ?? 0) < instantMs)
          .map(({ fact: { run }, losses, errors }) => [run.runId, ...losses, ...errors]),
      ),
    );
  expect(before(SAMPLE).length).toBeGreaterThan(1000);
  expect(before(changed)).toEqual(before(SAMPLE));
});

test('a run that ended when another was made is no history of it, one that ended just before is', () => {
  const [first, second] = makeRuns(2, () => 100);
  const at = (createdAtMs: number) =>
    walkRuns(dated([first as BacktestFacts, { ...(second as BacktestFacts), createdAtMs }]), OPTIONS, 1).withoutHistory
      .length;
  expect([at(1000), at(1001)]).toEqual([2, 1]);
});

describe('made-up runs of which the truth is known', () => {
  test('after a change of pace recency wins', () => {
    const random = createRandom(7);
    const { skillFraction, ciLow } = skillOf(
      makeRuns(120, (run) => (run < 60 ? 100 : 300) * (0.8 + 0.4 * random())),
      'pooled-half-life-5',
    );
    expect(skillFraction).toBeGreaterThan(0.15);
    expect(ciLow).toBeGreaterThan(0);
  });

  test('without a change, few runs lose and many do not', () => {
    const random = createRandom(8);
    const facts = makeRuns(150, () => 100 * (0.5 + random()));
    const { result } = analyzeBacktest(facts, { ...OPTIONS, withBudget: true }, 1);
    const lost = (kept: string, amount: number) =>
      result.budget.find((own) => own.kept === kept && own.amount === amount && own.tau === 0.5)?.skillFraction ?? 1;
    // The median of n uniforms has a variance of 1/4(n + 2): it loses 1/(n + 2) of the loss that cannot be avoided.
    expect(lost('newest-runs', 1)).toBeGreaterThan(-2 / 12);
    expect(lost('newest-runs', 1)).toBeLessThan(-0.25 / 12);
    expect(lost('newest-runs', 10)).toBeGreaterThan(-0.02);
    expect(lost('reservoir', 5)).toBeLessThan(lost('reservoir', 100));
  });

  test('no strategy beats the true quantile by more than chance', () => {
    const [trueMs, z] = [100, 1.2815515655446004];
    for (let seed = 1; seed <= 5; seed++) {
      const normal = createNormal(createRandom(seed));
      const facts = makeRuns(100, () => trueMs * Math.exp(0.3 * normal()));
      const losses = facts.slice(1).map(({ observations: { execution } }) => {
        const durationsMs = execution[0]?.durationsMs as number[];
        const sum = (of: (ms: number) => number) => durationsMs.reduce((total, ms) => total + of(ms), 0);
        return sum((ms) => pinballLoss(0.9, trueMs * Math.exp(0.3 * z), ms)) / sum((ms) => ms);
      });
      const oracle = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      const scores = scoresOf(facts).filter(({ quantity, tau }) => quantity === 'execution' && tau === 0.9);
      expect(scores.length).toBeGreaterThan(1);
      for (const { loss } of scores) expect(loss).toBeGreaterThan(oracle * 0.995);
    }
  });
});

test('gates are set on skills, and on what is not replayed', () => {
  const quantities = gateQuantities(SAMPLE_RESULT);
  expect(new Set(quantities.map(({ name }) => name))).toEqual(
    new Set(['skill', 'execution-skill', 'download-skill', 'upload-skill', 'startup-skill', 'not-replayed']),
  );
  const hint = SAMPLE_RESULT.scores.find(({ outcome }) => outcome === 'hint');
  expect(quantities.find(({ of }) => of.startsWith(`${hint?.strategy}, ${hint?.quantity}`))).toBeDefined();
  expect(quantities.filter((own) => 'isHint' in own && own.isHint).length).toBe(
    2 * SAMPLE_RESULT.scores.filter(({ outcome }) => outcome === 'hint').length,
  );
});

describe('--strategy', () => {
  test.each([
    ['pooled,half-life=10', { history: 'pooled', halfLife: 10, model: 'per-byte', last: null, quantile: 'linear' }],
    ['weighted,regression', { history: 'weighted', model: 'regression' }],
    ['own,last=4', { history: 'own', last: 4, model: 'engine' }],
    ['pooled,quantile=step', { model: 'per-byte', quantile: 'step' }],
    ['Burst', { name: 'burst', model: 'burst' }],
  ])('%s', (text, expected) => expect(parseStrategy(text)).toMatchObject(expected));

  test.each(['pooled,halflife=10', 'last=0', 'engine,half-life=3', 'per-byte,reversed', 'burst,half-life=2', ''])(
    "'%s' is refused",
    (text) => expect(() => parseStrategy(text)).toThrow(UserError),
  );
});

test.each([
  ['p90', [0.9]],
  ['0.5,0.9', [0.5, 0.9]],
  ['90', [0.9]],
])('--tau %s', (text, taus) => expect(parseBacktest({ arguments: [], options: { tau: [text] } }).taus).toEqual(taus));

test.each(['0', '100', 'p0.9x', 'median'])('--tau %s is refused', (text) => {
  expect(() => parseBacktest({ arguments: [], options: { tau: [text] } })).toThrow(UserError);
});
