import { describe, expect, test } from 'vitest';
import { analyzeClaims } from '../../src/analyses/claim/analyze.ts';
import { gateQuantities } from '../../src/analyses/claim/gates.ts';
import { parseClaims } from '../../src/analyses/claim/options.ts';
import { type JudgedClaim, listClaims, type Way } from '../../src/analyses/claim/result.ts';
import { parseSentence } from '../../src/analyses/claim/sentence.ts';
import { judgeClaim, roundsTo } from '../../src/analyses/claim/verdict.ts';
import { viewClaims } from '../../src/analyses/claim/view.ts';
import { findChanceOfMatch } from '../../src/analyses/claim/ways.ts';
import type { MeasuredRun } from '../../src/analyses/design/cells.ts';
import { judgeGates, parseGate } from '../../src/analyses/gate.ts';
import { UserError } from '../../src/errors.ts';
import { plainRun } from './diagnostics/cases.ts';

const SENTENCES: readonly (readonly [text: string, metric: string, fraction: number])[] = [
  ['non-uniform vs uniform: makespan -53 %', 'makespan', -0.53],
  ['non-uniform vs. uniform: makespan \u221253%', 'makespan', -0.53],
  ['non-uniform vs uniform: makespan \u221253\u202f%', 'makespan', -0.53],
  ['non-uniform against uniform: execution time +8,1 percent', 'execution time', 0.081],
  ['non-uniform vs uniform: makespan 53 % less', 'makespan', -0.53],
  ['non-uniform vs uniform: resource-usage 1.5x', 'resource-usage', 0.5],
  ['non-uniform vs uniform: workers x0.5', 'workers', -0.5],
  ['non-uniform is 53 % faster than uniform', 'makespan', -0.53],
  ['Non-uniform is about 53% faster than uniform.', 'makespan', -0.53],
  ['non-uniform is 20 % slower than uniform', 'makespan', 0.2],
  ['non-uniform is 150 % faster than uniform', 'makespan', -0.6],
  ['non-uniform is 2 times faster than uniform', 'makespan', -0.5],
  ['non-uniform is twice as fast as uniform', 'makespan', -0.5],
  ['non-uniform is twice as slow as uniform', 'makespan', 1],
  ['non-uniform uses 45 % less memory than uniform', 'memory', -0.45],
  ['The non-uniform planner uses 45 per cent less memory than the uniform planner', 'memory', -0.45],
  ['non-uniform uses 45 % of the memory of uniform', 'memory', -0.55],
  ['non-uniform uses half the memory of uniform', 'memory', -0.5],
  ['non-uniform uses twice as much memory as uniform', 'memory', 1],
  ['non-uniform starts and uses 20 % fewer workers than uniform', 'workers', -0.2],
  ['non-uniform takes 1.5 times as long as uniform', 'makespan', 0.5],
  ['non-uniform takes half as long as uniform', 'makespan', -0.5],
  ['non-uniform takes 12.5 % less time than uniform', 'makespan', -0.125],
  ['non-uniform takes 12 % longer than uniform', 'makespan', 0.12],
  ['non-uniform reduces the makespan by 12 % compared to uniform', 'makespan', -0.12],
  ['Compared to uniform, non-uniform reduces the makespan by 12 %', 'makespan', -0.12],
  ['non-uniform increases the download time by 12 % over uniform', 'download time', 0.12],
  ['non-uniform saves 12 % of the memory compared with uniform', 'memory', -0.12],
  ['non-uniform has a 12 % lower makespan than uniform', 'makespan', -0.12],
  ['the makespan of non-uniform is 12 % lower than that of uniform', 'makespan', -0.12],
  ['non-uniform costs 10 % more than uniform', 'cost', 0.1],
  ['non-uniform is 10 % cheaper than uniform', 'cost', -0.1],
];

describe('a sentence', () => {
  const N = { candidate: 'non-uniform', baseline: 'uniform' };
  test.each(SENTENCES)('%s', (text, metric, fraction) => {
    const parsed = parseSentence(text);
    if ('problem' in parsed) throw new Error(parsed.problem);
    expect({ candidate: parsed.candidate.toLowerCase().split(' ')[0], baseline: parsed.baseline }).toEqual(N);
    expect(parsed.metric.toLowerCase()).toBe(metric);
    expect(parsed.claimed.fraction).toBeCloseTo(fraction, 12);
    expect(parsed.claimed.low).toBeLessThan(parsed.claimed.fraction);
    expect(parsed.claimed.high).toBeGreaterThan(parsed.claimed.fraction);
  });

  test('takes selectors', () => {
    const parsed = parseSentence('planner=uniform,sla=p90 vs planner=uniform,sla!=p90: makespan +10 %');
    expect(parsed).toMatchObject({ candidate: 'planner=uniform,sla=p90', baseline: 'planner=uniform,sla!=p90' });
  });

  test('of 53 % faster is read as less time, and else as more speed', () => {
    const parsed = parseSentence('a is 53 % faster than b');
    expect(parsed).toMatchObject({ claimed: { fraction: -0.53 } });
    expect('otherReading' in parsed && parsed.otherReading?.fraction).toBeCloseTo(1 / 1.53 - 1, 12);
    expect(parseSentence('a is 20 % slower than b')).toMatchObject({ otherReading: null });
    expect(parseSentence('a vs b: makespan -53 %')).toMatchObject({ otherReading: null });
  });

  test.each([
    ['non-uniform is better than uniform', /no figure/],
    ['non-uniform is 53 % faster and uses 45 % less memory than uniform', /2 figures/],
    ['non-uniform vs uniform: makespan 53 %', /without a sign/],
    ['non-uniform vs uniform: makespan -53 % less', /both a sign and a word/],
    ['a vs b: makespan -100 %', /leaves nothing/],
    ['a vs b: makespan +0 %', /no change/],
    ['a vs b: makespan -1,234 %', /three digits/],
    ['non-uniform is 53 % faster', /compares with/],
    ['non-uniform uses 45 % less than uniform', /of what/],
    ['', /no figure/],
    [`${'a '.repeat(500_000)}is 53 % faster than b`, /has 1000021 characters: a claim has at most 1000/],
  ])('is refused: %.80s', (text, problem) => {
    const parsed = parseSentence(text);
    expect('problem' in parsed && parsed.problem).toMatch(problem);
  });
});

test('the digits that were written say what rounds to the number, a half away from no change', () => {
  const rounding = (text: string) => {
    const parsed = parseSentence(`a vs b: makespan ${text}`);
    if ('problem' in parsed) throw new Error(parsed.problem);
    return (change: number) => roundsTo(change, parsed.claimed);
  };
  const whole = rounding('-53 %');
  expect([-0.525, -0.53, -0.5349].map(whole)).toEqual([true, true, true]);
  expect([-0.5249, -0.535].map(whole)).toEqual([false, false]);
  const tenth = rounding('+8.1 %');
  expect([0.0805, 0.0814].map(tenth)).toEqual([true, true]);
  expect([0.0804, 0.0815].map(tenth)).toEqual([false, false]);
  const times = rounding('1.5 times');
  expect([0.45, 0.549].map(times)).toEqual([true, true]);
  expect([0.44, 0.55].map(times)).toEqual([false, false]);
});

describe('the verdict', () => {
  const claimed = { fraction: -0.1, low: -0.105, high: -0.095 };
  const blocked = (ciLow: number | null, ciHigh: number | null, over = {}) => ({
    ciLow,
    ciHigh,
    allEqual: false,
    withinEquivalence: false,
    ...over,
  });
  const way = (over: Partial<Way> = {}): Way => ({
    way: 'pooled-medians',
    scope: 'all',
    changeFraction: -0.1,
    matches: true,
    ...over,
  });
  test.each([
    ['supported', blocked(-0.2, -0.05), []],
    ['supported', blocked(-0.2, -0.1049), [way()]],
    ['cannot-tell', blocked(-0.2, 0.05), [way()]],
    ['cannot-tell', blocked(-0.09, 0.05), []],
    ['cannot-tell', blocked(null, null), [way()]],
    ['direction-only', blocked(-0.3, -0.2), []],
    ['direction-only', blocked(-0.09, -0.01), []],
    ['contradicted', blocked(0.01, 0.2), []],
    ['contradicted', blocked(-0.01, 0.01, { withinEquivalence: true }), []],
    ['contradicted', blocked(null, null, { allEqual: true, withinEquivalence: true }), []],
    ['artefact', blocked(0.01, 0.2), [way()]],
    ['artefact', blocked(-0.09, 0.05), [way({ scope: 'every-run', way: 'sums' })]],
    ['direction-only', blocked(-0.3, -0.2), [way({ scope: 'sla=p50' }), way({ scope: 'workflow=w' })]],
    ['direction-only', blocked(-0.3, -0.2), [way({ matches: false }), way({ way: 'blocked' })]],
  ])('is %s', (verdict, change, ways) => {
    expect(judgeClaim(claimed, change, ways)).toBe(verdict);
  });
});

test('the chance of a match is the share of numbers that ways cover', () => {
  const ways = [-0.1, -0.104, 0.2].map((changeFraction) => ({
    way: 'sums' as const,
    scope: 'all',
    changeFraction,
    matches: false,
  }));
  const chance = findChanceOfMatch(ways, { fraction: 0.1, low: 0.095, high: 0.105 });
  // From −0.109 to 0.205; covered from −0.109 to −0.095 and 0.01 around 0.2.
  expect(chance).toBeCloseTo((0.014 + 0.01) / 0.314, 12);
});

interface Given {
  readonly workflow: string;
  readonly planner: string;
  readonly makespan: number | null;
  readonly planned?: boolean;
}

function toFacts(runs: readonly Given[]): MeasuredRun[] {
  return runs.map(({ workflow, planner, makespan, planned = true }, i) => ({
    run: plainRun({
      runId: `r${i}`,
      submittedAtMs: i * 60_000,
      finishedAtMs: i * 60_000 + 1,
      traits: { workflow, planner, planned },
    }) as MeasuredRun['run'],
    measurements: { makespan: makespan ?? 'sink-without-metrics' },
  }));
}

const judge = (runs: readonly Given[], claim: string, options = {}): JudgedClaim => {
  const asked = parseClaims({ arguments: [claim], options });
  return listClaims(analyzeClaims(toFacts(runs), asked, 1).result)[0] as JudgedClaim;
};

/** Half of the workflows short, half long, 30 runs a cell, no effect, and the last long run of the candidate missing. */
const bimodal = (): Given[] =>
  ['s1', 's2', 'l1', 'l2'].flatMap((workflow, w) =>
    Array.from({ length: 30 }, (_, i) => {
      const makespan = (w < 2 ? 10_000 : 33_500) * (1 + 0.001 * ((i * 7 + w) % 30));
      const other = (w < 2 ? 10_000 : 33_500) * (1 + 0.001 * ((i * 11 + w) % 30));
      return [
        { workflow, planner: 'Uniform', makespan },
        { workflow, planner: 'NonUniform', makespan: workflow === 'l2' && i === 29 ? null : other },
      ];
    }).flat(),
  );

describe('bimodal workflows with one run missing', () => {
  const judged = judge(bimodal(), 'non-uniform is 53 % faster than uniform');
  test('make an artefact of no effect', () => {
    const medians = judged.ways.find(({ way, scope }) => way === 'pooled-medians' && scope === 'all');
    expect(Math.round(100 * (medians?.changeFraction ?? 0))).toBe(-53);
    expect(judged.verdict).toBe('artefact');
    expect(Math.abs(judged.blocked.changeFraction ?? 1)).toBeLessThan(0.01);
    expect(judged.armsWithGap).toEqual(['baseline']);
    expect(judged.answers.join(' ')).toMatch(/lies in a gap where no run is.*leaving out any one run moves it between/);
    expect(judged.pooledMedianWithoutOneRun?.high).toBeCloseTo(0, 9);
    expect(judged.composition.map(({ shareBaseline }) => shareBaseline)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test('trip both gates', () => {
    const statuses = ['contradicted', 'unsupported'].map(
      (name) => judgeGates([parseGate(name)], gateQuantities(judged))[0]?.verdict,
    );
    expect(statuses).toEqual(['tripped', 'tripped']);
  });
});

describe('a true effect', () => {
  const runs = (factor: number): Given[] =>
    ['a', 'b', 'c'].flatMap((workflow, w) =>
      [0, 1, 2, 3].flatMap((i) => [
        { workflow, planner: 'Uniform', makespan: 1000 * (w + 1) * (1 + 0.01 * i) },
        { workflow, planner: 'NonUniform', makespan: factor * 1000 * (w + 1) * (1 + 0.01 * ((i + w) % 4)) },
      ]),
    );
  test('supports its claim, and passes', () => {
    const judged = judge(runs(0.9), 'non-uniform vs uniform: makespan -10 %');
    expect(judged.verdict).toBe('supported');
    expect(judgeGates([parseGate('unsupported')], gateQuantities(judged))[0]?.verdict).toBe('passed');
  });
  test('of the other reading is said', () => {
    const { verdict, otherReading } = judge(runs(1 / 1.5), 'non-uniform is 50 % faster than uniform');
    expect([verdict, otherReading?.verdict]).toEqual(['direction-only', 'supported']);
  });
  test('on the other side contradicts', () => {
    const judged = judge(runs(1.1), 'non-uniform vs uniform: makespan -3 %');
    expect(judged.verdict).toBe('contradicted');
    expect(judged.answers.join(' ')).toMatch(/other side.*report instead: non-uniform changes makespan by \+10/);
  });
  test('in the direction is not supported, and not contradicted', () => {
    const judged = judge(runs(0.9), 'non-uniform vs uniform: makespan -40 %');
    expect(judged.verdict).toBe('direction-only');
    const found = ['contradicted', 'unsupported'].map(
      (name) => judgeGates([parseGate(name)], gateQuantities(judged))[0]?.verdict,
    );
    expect(found).toEqual(['passed', 'tripped']);
  });
  test('cannot be told from one run a cell in one block', () => {
    const judged = judge(runs(0.9).slice(0, 2), 'non-uniform vs uniform: makespan -10 %');
    expect(judged.verdict).toBe('cannot-tell');
    expect(judgeGates([parseGate('unsupported')], gateQuantities(judged))[0]?.verdict).toBe('undecided');
  });
  test('of runs that no block joins cannot be told, but the ways are there', () => {
    const apart = runs(0.9).filter(({ workflow, planner }) => (workflow === 'a') === (planner === 'Uniform'));
    const judged = judge(apart, 'non-uniform vs uniform: makespan +125 %');
    expect(judged.verdict).toBe('cannot-tell');
    expect(judged.ways.some(({ way, matches }) => way === 'pooled-means' && matches)).toBe(true);
  });
  test('counts runs without plan only as dashboards do', () => {
    const more = [...runs(0.9), { workflow: 'a', planner: 'NonUniform', makespan: 90_000, planned: false }];
    const { ways } = judge(more, 'non-uniform vs uniform: makespan -10 %');
    const means = ways.filter(({ way }) => way === 'pooled-means').slice(0, 2);
    expect(means.map(({ scope }) => scope)).toEqual(['all', 'every-run']);
    expect(means[0]?.changeFraction).toBeCloseTo(-0.1, 9);
    expect(means[1]?.changeFraction).toBeGreaterThan(2);
  });
});

describe('a hint', () => {
  test('decides no gate', () => {
    const judged = {
      verdict: 'supported',
      blocked: { outcome: 'hint', ciLow: -0.2, ciHigh: -0.1 },
      claim: 'c',
      line: null,
    };
    const quantities = gateQuantities(judged as JudgedClaim);
    expect(judgeGates([parseGate('unsupported')], quantities)[0]).toMatchObject({ verdict: 'undecided' });
  });
});

describe('a list', () => {
  const list = '# checked\n\nnon-uniform vs uniform: makespan -53 %\r\nnon-uniform is 2 % slower than uniform\n';
  test('is a table of verdicts by line', () => {
    const options = parseClaims({ arguments: [], options: { claims: list } });
    const outcome = analyzeClaims(toFacts(bimodal()), options, 1);
    expect(listClaims(outcome.result).map(({ line, verdict }) => [line, verdict])).toEqual([
      [3, 'artefact'],
      [4, 'contradicted'],
    ]);
    const { tables, headlines } = viewClaims(outcome, options);
    expect(headlines).toEqual(['2 claims: 1 contradicted, 1 artefact']);
    expect(tables).toHaveLength(1);
    expect(tables[0]?.rows.map(({ line }) => line)).toEqual(['3', '4']);
  });
  const refuse = (claims: string) => {
    try {
      analyzeClaims(toFacts(bimodal()), parseClaims({ arguments: [], options: { claims } }), 1);
    } catch (error) {
      if (error instanceof UserError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return 'nothing';
  };
  test.each([
    [`${list}non-uniform is better\n`, /^bad-option: --claims line 5, 'non-uniform is better' has no figure/],
    [`${list}nobody vs uniform: makespan -5 %\n`, /^unknown-arm: --claims line 5, .*No run has the planner 'nobody'/],
    [`${list}uniform vs uniform: makespan -5 %\n`, /^same-arm: --claims line 5/],
    [`${list}non-uniform vs uniform: makespn -5 %\n`, /^unknown-metric: --claims line 5, .*no metric 'makespn'/],
    ['# nothing\n', /^bad-option: --claims holds no claim/],
  ])('with a broken line is refused by its number', (claims, message) => {
    expect(refuse(claims)).toMatch(message);
  });
});

test('a gate that is a word takes no bound, and a figure needs one', () => {
  const quantities = gateQuantities(judge(bimodal(), 'non-uniform vs uniform: makespan -53 %'));
  expect(() => judgeGates([parseGate('contradicted>5%')], quantities)).toThrow(/takes no bound/);
  const figure = { name: 'makespan', of: 'a vs b', unit: 'fraction', low: 0, high: 1 } as const;
  expect(() => judgeGates([parseGate('makespan')], [figure])).toThrow(/sets no bound/);
});
