import { describe, expect, test } from 'vitest';
import { analyzeClaims } from '../../src/analyses/claim/analyze.ts';
import { gateQuantities } from '../../src/analyses/claim/gates.ts';
import { parseClaims } from '../../src/analyses/claim/options.ts';
import { type JudgedClaim, listClaims, type Way } from '../../src/analyses/claim/result.ts';
import { parseSentence } from '../../src/analyses/claim/sentence.ts';
import { judgeClaim, roundsTo } from '../../src/analyses/claim/verdict.ts';
import { viewClaims } from '../../src/analyses/claim/view.ts';
import { dropOneRun, findChanceOfMatch } from '../../src/analyses/claim/ways.ts';
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
  ['non-uniform is 10 % dearer than uniform', 'cost', 0.1],
  ['non-uniform is 10 % more expensive than uniform', 'cost', 0.1],
  ['non-uniform is 10 % less expensive than uniform', 'cost', -0.1],
  ['non-uniform is 2 times cheaper than uniform', 'cost', -0.5],
  ['non-uniform is 2 times slower than uniform', 'makespan', 1],
  ['non-uniform is 20 % quicker than uniform', 'makespan', -0.2],
  ['non-uniform is 100 % faster than uniform', 'makespan', -0.5],
  ['non-uniform is twice as quick as uniform', 'makespan', -0.5],
  ['non-uniform is twice as cheap as uniform', 'cost', -0.5],
  ['non-uniform is thrice as expensive as uniform', 'cost', 2],
  ['non-uniform is 80 % as fast as uniform', 'makespan', 0.25],
  ['non-uniform uses 4 times less memory than uniform', 'memory', -0.75],
  ['non-uniform uses 4 times more memory than uniform', 'memory', 3],
  ['non-uniform reduces the makespan by 4 times compared to uniform', 'makespan', -0.75],
  ['non-uniform increases the makespan by 4 times compared to uniform', 'makespan', 3],
  ...(
    [
      ['less|fewer|lower|shorter|smaller|reduced', -0.12],
      ['more|higher|longer|larger|greater|increased', 0.12],
    ] as const
  ).flatMap(([words, change]) =>
    words.split('|').flatMap((word): [string, string, number][] => [
      [`non-uniform vs uniform: makespan 12 % ${word}`, 'makespan', change],
      [`non-uniform has a 12 % ${word} makespan than uniform`, 'makespan', change],
    ]),
  ),
  ...(
    [
      ['reduces|cuts|lowers|decreases|shortens|saves|improves|drops', -0.12],
      ['increases|raises|lengthens|worsens', 0.12],
    ] as const
  ).flatMap(([words, change]) =>
    words
      .split('|')
      .map((word): [string, string, number] => [
        `non-uniform ${word} the makespan by 12 % compared to uniform`,
        'makespan',
        change,
      ]),
  ),
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

  test('of a thousand characters is read', () => {
    const claim = ' vs b: makespan -5 %';
    expect(parseSentence(`${'a'.repeat(1000 - claim.length)}${claim}`)).not.toHaveProperty('problem');
    expect(parseSentence(`${'a'.repeat(1001 - claim.length)}${claim}`)).toHaveProperty('problem');
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
    ['non-uniform is -53 % faster than uniform', /both a sign and a word/],
    ['a is 0 times faster than b', /a multiple of 0/],
    ['a is 0 % as fast as b', /a multiple of 0/],
    [`a vs b: makespan +${'9'.repeat(320)} %`, /beyond all numbers/],
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
    // An end of the interval that the number's own rounding touches is not outside of it.
    ['supported', blocked(-0.2, -0.105), [way()]],
    ['supported', blocked(-0.095, -0.01), [way()]],
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

describe('the medians without one run', () => {
  const arms = (baseline: number[], candidate: number[]) => ({
    baseline: { facts: [], amounts: baseline },
    candidate: { facts: [], amounts: candidate },
  });
  const median = (amounts: number[]) => {
    const sorted = [...amounts].sort((a, b) => a - b);
    return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
  };
  test.each([
    [
      [1, 5, 9],
      [2, 3, 8, 20],
    ],
    [
      [4, 4, 5, 30],
      [1, 2, 40],
    ],
  ])('are those of leaving each out: %j, %j', (baseline, candidate) => {
    const without = (amounts: number[]) => amounts.map((_, i) => amounts.filter((__, j) => j !== i));
    const changes = [
      ...[baseline, ...without(baseline)].map((own) => median(candidate) / median(own) - 1),
      ...without(candidate).map((own) => median(own) / median(baseline) - 1),
    ];
    const found = dropOneRun(arms(baseline, candidate));
    expect(found?.low).toBeCloseTo(Math.min(...changes), 12);
    expect(found?.high).toBeCloseTo(Math.max(...changes), 12);
  });
  test('are not told of a median of 0, or of one run', () => {
    expect(dropOneRun(arms([0, 0, 1], [1, 2]))).toBeNull();
    expect(dropOneRun(arms([1], [1, 2]))).toBeNull();
  });
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
    // 1.53 times the speed is 35 % less time, which no way of counting gives.
    expect(judged.otherReading?.verdict).toBe('contradicted');
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
  test('takes as many more runs to see as its opposite: half the time and twice the time', () => {
    const noisy = ['a', 'b'].flatMap((workflow) =>
      [1, 4, 2].flatMap((makespan, i) => [
        { workflow, planner: 'Uniform', makespan },
        { workflow, planner: 'NonUniform', makespan: 5 - makespan + i },
      ]),
    );
    const [less, more] = ['-50 %', '+100 %'].map(
      (change) => judge(noisy, `non-uniform vs uniform: makespan ${change}`).additionalRunsForClaim,
    );
    expect(less).toBeGreaterThan(0);
    expect(less).toBe(more);
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

describe('ways of counting', () => {
  // a: means 20 and 30, medians 10 and 30; b: means 200 and 100, medians 200 and 100. All runs of a come first.
  const given = (planner: string, workflow: string, makespans: number[]): Given[] =>
    makespans.map((makespan) => ({ planner, workflow, makespan }));
  const runs = [
    ...given('Uniform', 'a', [10, 10, 40]),
    ...given('NonUniform', 'a', [30, 30, 30, 30]),
    ...given('Uniform', 'b', [200]),
    ...given('NonUniform', 'b', [100]),
  ];
  const waysOf = (of: Given[]) => judge(of, 'non-uniform vs uniform: makespan -10 %').ways;
  const changes = (of: Given[], scope: string) =>
    Object.fromEntries(
      waysOf(of)
        .filter((own) => own.scope === scope)
        .map(({ way, changeFraction }) => [way, Math.round(1e9 * (changeFraction ?? Number.NaN)) / 1e9]),
    );

  test('are those worked out by hand', () => {
    const { blocked: _, ...all } = changes(runs, 'all');
    expect(all).toEqual({
      'pooled-medians': Math.round(1e9 * (30 / 25 - 1)) / 1e9,
      'pooled-means': Math.round(1e9 * (44 / 65 - 1)) / 1e9,
      sums: Math.round(1e9 * (220 / 260 - 1)) / 1e9,
      'workflow-means': Math.round(1e9 * (65 / 110 - 1)) / 1e9,
      'workflow-changes': 0,
      'workflow-median-changes': (2 - 0.5) / 2,
    });
    expect(changes(runs, 'workflow=a')).toEqual({
      blocked: expect.any(Number),
      'pooled-medians': 2,
      'pooled-means': 0.5,
    });
  });

  test('are told of every run, and of a workflow alone, only where that is something else', () => {
    const scopes = (of: Given[]) => [...new Set(waysOf(of).map(({ scope }) => scope))];
    expect(scopes(runs)).toEqual(['all', 'workflow=a', 'workflow=b']);
    expect(scopes(runs.filter(({ workflow }) => workflow === 'a'))).toEqual(['all']);
    expect(scopes([...runs, { workflow: 'a', planner: 'Uniform', makespan: 9, planned: false }])[1]).toBe('every-run');
  });
});

describe('gates', () => {
  const verdictsOf = (over: object) => {
    const judged = { claim: 'c', line: null, claimedFraction: -0.1, claimedLow: -0.105, claimedHigh: -0.095, ...over };
    return ['contradicted', 'unsupported'].map(
      (name) => judgeGates([parseGate(name)], gateQuantities(judged as JudgedClaim))[0]?.verdict,
    );
  };
  const blocked = (outcome: string, ciLow: number | null, ciHigh: number | null) => ({
    blocked: { outcome, ciLow, ciHigh, allEqual: false },
  });

  test('find a number unsupported that the interval excludes, though the direction is open', () => {
    const verdict = 'cannot-tell';
    expect(verdictsOf({ verdict, ...blocked('inconclusive', -0.09, 0.05) })).toEqual(['undecided', 'tripped']);
    expect(verdictsOf({ verdict, ...blocked('inconclusive', -0.2, 0.05) })).toEqual(['undecided', 'undecided']);
    expect(verdictsOf({ verdict, ...blocked('inconclusive', null, null) })).toEqual(['undecided', 'undecided']);
  });

  test('trip on an artefact even where the other change is a hint: its number is excluded all the same', () => {
    expect(verdictsOf({ verdict: 'artefact', ...blocked('hint', 0.01, 0.2) })).toEqual(['tripped', 'tripped']);
    expect(verdictsOf({ verdict: 'contradicted', ...blocked('hint', 0.01, 0.2) })).toEqual(['undecided', 'undecided']);
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
  test('is one family: every claim is adjusted for all of them', () => {
    const runs = ['a', 'b', 'c', 'd'].flatMap((workflow, w) =>
      [0, 1, 2].flatMap((i) => [
        { workflow, planner: 'Uniform', makespan: 100 * (w + 1) + i },
        { workflow, planner: 'NonUniform', makespan: 90 * (w + 1) + ((i + w) % 3) },
      ]),
    );
    const claim = 'non-uniform vs uniform: makespan -10 %';
    const pOf = (claims: string) =>
      listClaims(analyzeClaims(toFacts(runs), parseClaims({ arguments: [], options: { claims } }), 1).result).map(
        ({ blocked }) => blocked.pAdjusted as number,
      );
    const [alone] = pOf(claim) as [number];
    expect(alone).toBeLessThan(1 / 3);
    expect(pOf(`${claim}\n${claim}\n${claim}`).map((p) => p / alone)).toEqual([3, 3, 3]);
  });

  test('and a claim of its own are not taken together, and one of them is needed', () => {
    expect(() => parseClaims({ arguments: ['a vs b: makespan -5 %'], options: { claims: list } })).toThrow(/not both/);
    expect(() => parseClaims({ arguments: [], options: {} })).toThrow(/needs a claim/);
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
