/**
 * Rank and failures on simulated runs whose truth is known: node test/simulation/rank-and-failures.mjs [repetitions].
 * Ranks found, regret with and without correction, Pareto statuses, the 2 × 2, and whether failed runs had been slow.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const repetitions = Number(process.argv[2] ?? 2000);
const only = process.argv[3] ?? '';

async function importSources() {
  const from = (path) => JSON.stringify(fileURLToPath(new URL(`../../src/${path}`, import.meta.url)));
  const contents = [
    `export { contrastPairs, judgePairs, measureMetric, rankArms } from ${from('analyses/rank/contrasts.ts')};`,
    `export { computeRegrets } from ${from('analyses/rank/regret.ts')};`,
    `export { findFronts } from ${from('analyses/rank/pareto.ts')};`,
    `export { contrastFactors } from ${from('analyses/rank/factorial.ts')};`,
    `export { judgePace } from ${from('analyses/failures/pace.ts')};`,
    `export { createNormal, createRandom } from ${from('stats/random.ts')};`,
  ].join('\n');
  const stdin = { contents, loader: 'ts', resolveDir: process.cwd() };
  const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', write: false, platform: 'node' });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}

const { contrastPairs, judgePairs, measureMetric, rankArms, computeRegrets, ...rest } = await importSources();
const { findFronts, contrastFactors, judgePace, createNormal, createRandom } = rest;
const random = createRandom(20261130);
const normal = createNormal(random);
const METRICS = [
  { key: 'makespan', unit: 'ms' },
  { key: 'resource-usage', unit: 'GB-s' },
];

/** `effects`: by arm, the logarithms of makespan and resource usage; `sigma`: of the logarithms, or by arm. */
function simulate({ effects, runs, blocks, sigma = 0.1 }) {
  return Array.from({ length: blocks }, (_, block) => {
    const level = 8 + normal();
    const draw = (effect, arm) => Math.exp(level + effect + (sigma[arm] ?? sigma) * normal());
    const cells = effects.map((own, arm) => ({
      facts: Array.from({ length: runs }, () => ({
        measurements: { makespan: draw(own[0], arm), 'resource-usage': draw(own[1], arm) },
      })),
    }));
    return { label: `${block}`, names: { workflow: 'w', structure: 's' }, cells };
  });
}

const say = (text) => process.stdout.write(`${text}\n`);
const percent = (count, of = repetitions) => `${((100 * count) / of).toFixed(1)} %`;
const isAsked = (name) => only === '' || only === name;

function rank(blocks, stat = 'mean') {
  const contrasts = METRICS.map((metric) => contrastPairs(measureMetric(blocks, metric), 1, stat));
  return judgePairs(contrasts).map((pairs) => rankArms(blocks[0].cells.length, pairs));
}

/** Ranks of which the true one lies outside, and arms whose rank is told exactly. */
function checkRanks(name, design, truth, times = repetitions, stat = 'mean') {
  let [wrong, exact] = [0, 0];
  for (let i = 0; i < times; i++) {
    const [ranks] = rank(simulate(design), stat);
    // Equal arms share a span of true ranks: none of them may be told outside it.
    if (ranks.some(({ low, high }, arm) => low > truth[arm][1] || high < truth[arm][0])) wrong++;
    if (ranks.every(({ low, high }, arm) => low === truth[arm][0] && high === truth[arm][1])) exact++;
  }
  say(
    `ranks, ${name}: a false rank in ${percent(wrong, times)}, all told exactly in ${percent(exact, times)} of ${times}`,
  );
}

/** Whether some arm is told better than its equal. */
function checkEqual(name, design, times = repetitions, stat = 'mean') {
  let told = 0;
  for (let i = 0; i < times; i++) if (rank(simulate(design), stat).some((of) => of.some(({ low }) => low > 1))) told++;
  say(`equal arms, ${name}: some told apart in ${percent(told, times)} of ${times}`);
}

const steps = [
  [0, 0],
  [0.1, 0],
  [0.1, 0],
  [0.3, 0],
];
const stepTruth = [
  [1, 1],
  [2, 3],
  [2, 3],
  [4, 4],
];
const equal = [0, 0, 0, 0].map(() => [0, 0]);
if (isAsked('ranks')) {
  for (const runs of [2, 5])
    checkRanks(`0, +10, +10, +30 %, 4 blocks × ${runs} runs`, { effects: steps, runs, blocks: 4 }, stepTruth);
  checkRanks('0, +10, +10, +30 %, 12 blocks × 1 run', { effects: steps, runs: 1, blocks: 12 }, stepTruth);
  checkEqual('4 blocks × 2 runs', { effects: equal, runs: 2, blocks: 4 });
  checkEqual('12 blocks × 1 run', { effects: equal, runs: 1, blocks: 12 });
  checkEqual('4 blocks × 3 runs, spread fourfold by arm', {
    effects: equal,
    runs: 3,
    blocks: 4,
    sigma: [0.05, 0.05, 0.2, 0.2],
  });
}
if (isAsked('quantiles')) {
  const times = Math.ceil(repetitions / 10);
  checkEqual('p90, 6 blocks × 12 runs', { effects: equal, runs: 12, blocks: 6 }, times, 'p90');
  checkEqual(
    'median, 8 blocks × 3 runs, a wild third and fourth arm of the same median',
    { effects: equal, runs: 3, blocks: 8, sigma: [0.1, 0.1, 0.6, 0.6] },
    times,
    'median',
  );
  checkRanks(
    'p90, 0, +10, +10, +30 %, 6 blocks × 20 runs',
    { effects: steps, runs: 20, blocks: 6 },
    stepTruth,
    times,
    'p90',
  );
}

/** Mean regret of the last arm, which is 5 % worse than four equal ones; and that of the first, which has none. */
function checkRegret(runs, blocks) {
  const effects = [0, 0, 0, 0, 0.05].map((effect) => [effect, 0]);
  const sums = { plain: [0, 0], corrected: [0, 0], held: 0, told: 0 };
  const truth = [0, Math.expm1(0.05)];
  for (let i = 0; i < repetitions; i++) {
    const { logs } = measureMetric(simulate({ effects, runs, blocks }), METRICS[0]);
    const regrets = computeRegrets({ logs }, 5, i);
    for (const [place, arm] of [0, 4].entries()) {
      sums.plain[place] += regrets[arm].regretMeanFraction / repetitions;
      sums.corrected[place] +=
        regrets[arm].regretCorrected === null ? Number.NaN : regrets[arm].regretCorrected / repetitions;
    }
    const { regretCorrectedLow: low, regretCorrectedHigh: high } = regrets[4];
    if (low === null) continue;
    sums.told++;
    if (low <= truth[1] && truth[1] <= high) sums.held++;
  }
  const words = (of) => of.map((regret) => (100 * regret).toFixed(2)).join(' and ');
  const interval = sums.told > 0 ? `; interval of the worse holds its truth in ${percent(sums.held, sums.told)}` : '';
  say(
    `regret, ${blocks} blocks × ${runs} runs, true ${words(truth)} %: uncorrected ${words(sums.plain)} %, corrected ${words(sums.corrected)} %${interval}`,
  );
}
if (isAsked('regret')) for (const runs of [1, 2, 5]) checkRegret(runs, 8);

/** a is fastest, b cheapest, c is worse than both in both by 15 %, and d equals a. */
function checkPareto(runs, blocks) {
  const effects = [
    [0, 0.3],
    [0.3, 0],
    [0.45, 0.45],
    [0, 0.3],
  ];
  let [certain, wrong, fronts] = [0, 0, 0];
  for (let i = 0; i < repetitions; i++) {
    const points = findFronts(simulate({ effects, runs, blocks }), METRICS, 1).filter(
      ({ scope }) => scope === 'overall',
    );
    const status = (place) => points.find((point) => point.place === place)?.status;
    if (status(2) === 'dominated-for-certain') certain++;
    if ([0, 1, 3].some((place) => status(place) === 'dominated-for-certain')) wrong++;
    if (status(1) === 'front' && [status(0), status(3)].includes('front')) fronts++;
  }
  say(
    `pareto, ${blocks} blocks × ${runs} runs: the dominated one told for certain in ${percent(certain)}, one of the front told dominated for certain in ${percent(wrong)}, true front kept in ${percent(fronts)}`,
  );
}
if (isAsked('pareto')) for (const runs of [2, 5]) checkPareto(runs, 6);

function checkFactorial(runs, blocks, interaction, sigma) {
  const design = { places: [0, 1, 2, 3], planners: ['u', 'n'], optimizations: ['PreLoad'] };
  const effects = [0, -0.1, 0.2, 0.1 + interaction].map((effect) => [effect, 0]);
  let [found, significant, held] = [0, 0, 0];
  for (let i = 0; i < repetitions; i++) {
    const { ciLow, ciHigh, pValue } = contrastFactors(
      design,
      simulate({ effects, runs, blocks, sigma }),
      [METRICS[0]],
      i,
    ).makespan.interaction;
    if (ciLow > 0 || ciHigh < 0) found++;
    if (pValue !== null && pValue < 0.05) significant++;
    if (ciLow <= Math.expm1(interaction) && Math.expm1(interaction) <= ciHigh) held++;
  }
  say(
    `2 × 2, ${blocks} blocks × ${runs} runs, interaction ${interaction}: interval excludes none in ${percent(found)}, p < .05 in ${percent(significant)}, interval holds the truth in ${percent(held)}`,
  );
}
if (isAsked('factorial')) {
  for (const [runs, blocks] of [
    [1, 8],
    [2, 8],
    [5, 8],
    [1, 20],
  ])
    for (const interaction of [0, 0.3]) checkFactorial(runs, blocks, interaction, 0.1);
}

/** Five functions one after the other, runs of different pace; fails at random, or the likelier the slower a run is. */
function checkFailures(name, failsAt) {
  const outcomes = { different: 0, hint: 0, equivalent: 0, inconclusive: 0, none: 0 };
  for (let i = 0; i < repetitions; i++) {
    const facts = Array.from({ length: 6 }, (_, block) =>
      Array.from({ length: 15 }, () => {
        const pace = Math.exp(0.2 * normal());
        let at = 0;
        const ends = Array.from({ length: 5 }, () => (at += 1000 * (1 + block) * pace * Math.exp(0.1 * normal())));
        const kept = failsAt(pace);
        const outputAfterMs = Object.fromEntries(ends.slice(0, kept ?? 5).map((end, k) => [`f${k}`, end]));
        const traits = { workflow: `w${block % 3}`, structure: 's', planner: `p${block % 2}` };
        return { run: { traits }, outputAfterMs, failure: kept === null ? null : {} };
      }),
    ).flat();
    outcomes[judgePace(facts, i)?.outcome ?? 'none']++;
  }
  const words = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${percent(count)}`);
  say(`failures ${name}: ${words.join(', ')}`);
}
if (isAsked('failures')) {
  const place = () => 1 + Math.floor(4 * random());
  checkFailures('at random, 10 %', () => (random() < 0.1 ? place() : null));
  checkFailures('of slow runs (half of those 20 % slower)', (pace) => (pace > 1.2 && random() < 0.5 ? place() : null));
}
