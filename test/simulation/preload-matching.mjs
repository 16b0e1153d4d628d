// How well three ways to average over unlike task groups find a shift of −50 ms, and how often their intervals hold it. Runs of a block
// have different subsets of three positions, on cold and warm workers, whose levels are 150 ms to 2.8 s apart; both arms hold them in
// different shares. `plain`: a run's figure is the mean over the groups it has. `centred`: the same after subtracting each group's
// level, midway between the arms' means. `standardized`: `standardizeArms`, which wfa uses.
// node test/simulation/preload-matching.mjs [--repetitions 4000] [--seed 1]; status 1 when `standardized` holds less than 93 % in a row,
// or when the permutation test finds a shift of 0 in more than 6.5 % and two standard errors.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values: flags } = parseArgs({
  options: { repetitions: { type: 'string', default: '4000' }, seed: { type: 'string', default: '1' } },
});
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const REPETITIONS = Number(flags.repetitions);
const LEAST_COVERAGE = 0.93;
const MOST_ALARMS = 0.065 + 2 * Math.sqrt((0.065 * 0.935) / REPETITIONS);
const { standardizeArms, contrastStrata, permuteStrata, createRandom, createNormal } = await importStatistics();

const SHIFT_MS = -50;
/** Spread of a run, which all its tasks share, and of a task. */
const [RUN_MS, TASK_MS] = [60, 30];
const mean = (xs) => xs.reduce((sum, x) => sum + x, 0) / xs.length;

/** Runs of an arm in a block, of which each draw is as likely; `held`: chance of a run to have a position; `cold`: by arm. */
const MOSTLY_ONE = [1, 1, 1, 2];
const DESIGNS = [
  { name: '3 blocks, most cells single', blocks: 3, counts: [MOSTLY_ONE, MOSTLY_ONE], held: 0.8, cold: [0.7, 0.3] },
  { name: '4 blocks, most cells single', blocks: 4, counts: [MOSTLY_ONE, MOSTLY_ONE], held: 0.8, cold: [0.7, 0.3] },
  { name: '6 blocks, most cells single', blocks: 6, counts: [MOSTLY_ONE, MOSTLY_ONE], held: 0.8, cold: [0.7, 0.3] },
  { name: '8 blocks, most cells single', blocks: 8, counts: [MOSTLY_ONE, MOSTLY_ONE], held: 0.5, cold: [0.7, 0.3] },
  {
    name: '8 blocks, effect by block',
    blocks: 8,
    counts: [MOSTLY_ONE, MOSTLY_ONE],
    held: 0.8,
    cold: [0.7, 0.3],
    byBlockMs: 30,
  },
  { name: '8 blocks, one arm single', blocks: 8, counts: [[1, 2, 3], [1]], held: 0.8, cold: [0.6, 0.2] },
  {
    name: '4 blocks, 2 or 3 runs',
    blocks: 4,
    counts: [
      [2, 3],
      [2, 3],
    ],
    held: 0.8,
    cold: [0.7, 0.3],
  },
  { name: '2 blocks, 4 runs, half held', blocks: 2, counts: [[4], [4]], held: 0.5, cold: [0.7, 0.3] },
  { name: '1 block, 3 runs', blocks: 1, counts: [[3], [3]], held: 0.8, cold: [0.7, 0.3] },
  { name: '1 block, 6 runs', blocks: 1, counts: [[6], [6]], held: 0.8, cold: [0.7, 0.3] },
  { name: '1 block, 20 runs', blocks: 1, counts: [[20], [20]], held: 0.8, cold: [0.7, 0.3] },
  { name: '1 block, 20 runs, alike', blocks: 1, counts: [[20], [20]], held: 1, cold: [0, 0] },
];

const METHODS = {
  plain: (arms) => toStratum(arms, (run) => mean([...run.values()])),
  centred: (arms) => {
    const levels = new Map();
    for (const name of new Set(arms.flat().flatMap((run) => [...run.keys()]))) {
      const meanOf = (runs) => mean(runs.flatMap((run) => run.get(name) ?? []));
      levels.set(name, (meanOf(arms[0]) + meanOf(arms[1])) / 2);
    }
    return toStratum(arms, (run) => mean([...run].map(([name, amount]) => amount - levels.get(name))));
  },
  standardized: ([baseline, candidate]) => standardizeArms(baseline.map(toFigures), candidate.map(toFigures)),
};
const toFigures = (run) => ({ names: [...run.keys()], amounts: [...run.values()] });
const toStratum = ([baseline, candidate], figureOf) => ({
  baseline: baseline.map(figureOf),
  candidate: candidate.map(figureOf),
});

let failed = false;
for (const [i, design] of DESIGNS.entries()) {
  const rows = simulate(design, Number(flags.seed) + 1000 * i);
  process.stdout.write(`${design.name}\n`);
  for (const [method, { offMs, spreadMs, intervalCount, heldFraction, alarmFraction }] of Object.entries(rows)) {
    process.stdout.write(
      `  ${method.padEnd(13)} off by ${offMs.toFixed(1).padStart(7)} ms, spread ${spreadMs.toFixed(1).padStart(6)} ms; ` +
        `holds ${(100 * heldFraction).toFixed(1)} % of ${intervalCount}; test finds 0 in ${(100 * alarmFraction).toFixed(1)} %\n`,
    );
    if (method === 'standardized' && (heldFraction < LEAST_COVERAGE || alarmFraction > MOST_ALARMS)) failed = true;
  }
}
process.exitCode = failed ? 1 : 0;

function simulate(design, seed) {
  const random = createRandom(seed);
  const normal = createNormal(random);
  const tallies = Object.fromEntries(
    Object.keys(METHODS).map((method) => [method, { found: [], held: 0, intervals: 0, alarms: 0 }]),
  );
  for (let round = 0; round < REPETITIONS; round++) {
    const effects = Array.from({ length: design.blocks }, () => SHIFT_MS + (design.byBlockMs ?? 0) * normal());
    const blocks = effects.flatMap((effectMs) => {
      const levelMs = 300 * normal();
      const arms = [0, 1].map((arm) =>
        Array.from({ length: pick(design.counts[arm], random) }, () =>
          drawRun(design, arm, levelMs + (arm === 1 ? effectMs : 0), random, normal),
        ),
      );
      const common = keepCommon(arms);
      return common ? [{ common, effectMs }] : [];
    });
    if (blocks.length === 0) continue;
    const truth = mean(blocks.map(({ effectMs }) => effectMs));
    for (const [method, toFigures] of Object.entries(METHODS)) {
      const strata = blocks.map(({ common }) => toFigures(common));
      tally(tallies[method], strata, truth, blocks, round);
    }
  }
  return Object.fromEntries(Object.entries(tallies).map(([method, own]) => [method, summarize(own)]));
}

function tally(own, strata, truth, blocks, round) {
  const { difference, ciLow, ciHigh } = contrastStrata(strata);
  own.found.push(difference - truth);
  if (ciLow !== null) own.intervals++;
  if (ciLow !== null && ciLow <= truth && truth <= ciHigh) own.held++;
  // The effect taken off again, the test must not find anything.
  const none = strata.map(({ baseline, candidate }, i) => ({
    baseline,
    candidate: candidate.map((amount) => amount - blocks[i].effectMs),
  }));
  if (permuteStrata(none, round).pValue < 0.05) own.alarms++;
}

function summarize({ found, held, intervals, alarms }) {
  const offMs = mean(found);
  return {
    offMs,
    spreadMs: Math.sqrt(mean(found.map((x) => (x - offMs) ** 2))),
    intervalCount: intervals,
    heldFraction: held / intervals,
    alarmFraction: alarms / found.length,
  };
}

function pick(choices, random) {
  return choices[Math.floor(random() * choices.length)];
}

function drawRun({ held, cold }, arm, levelMs, random, normal) {
  const runMs = RUN_MS * normal();
  const groups = new Map();
  while (groups.size === 0) {
    for (const position of [0, 1, 2]) {
      const isCold = random() < cold[arm];
      if (random() >= held) continue;
      const placeMs = [0, 600, 2800][position] + (isCold ? 150 : 0);
      groups.set(`${position}${isCold}`, 4000 + placeMs + levelMs + runMs + TASK_MS * normal());
    }
  }
  return groups;
}

function keepCommon(arms) {
  const names = arms.map((runs) => new Set(runs.flatMap((run) => [...run.keys()])));
  const common = [...names[0]].filter((name) => names[1].has(name));
  if (common.length === 0) return null;
  return arms.map((runs) =>
    runs.map((run) => new Map([...run].filter(([name]) => common.includes(name)))).filter((run) => run.size > 0),
  );
}

async function importStatistics() {
  const modules = ['analyses/design/standardize', 'stats/contrast', 'stats/permutation', 'stats/random'];
  const { outputFiles } = await build({
    stdin: { contents: modules.map((name) => `export * from './src/${name}.ts';`).join('\n'), resolveDir: ROOT },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'warning',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
