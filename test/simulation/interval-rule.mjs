// How often the interval of `contrastStrata` holds the truth, over designs (how many cells have one run) × spreads × blocks, and for
// arms drawn from the same real runs. Truth: the mean effect of the blocks at hand.
// node test/simulation/interval-rule.mjs [--repetitions 4000] [--seed 1] [--data runs.ndjson.gz …]; status 1 below 93 % in a row.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values: flags } = parseArgs({
  options: {
    repetitions: { type: 'string', default: '4000' },
    seed: { type: 'string', default: '1' },
    data: { type: 'string', multiple: true, default: ['sample:newer', 'sample:older'] },
  },
});
const REPETITIONS = Number(flags.repetitions);
const LEAST_COVERAGE = 0.93;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { contrastStrata, createRandom, createNormal } = await importStatistics();

const EFFECT = Math.log(0.92);
const SIGMA = 0.15;
/** Runs of a cell that is not single. */
const MORE_RUNS = 3;

/** How many runs each of 2k cells has; single ones spread evenly over blocks and arms. */
const DESIGNS = {
  'no cell single': (k) => counts(k, () => false),
  '1 in 8 single': (k) => counts(k, spreadSingles(2 * k, 1 / 8)),
  'half single': (k) => counts(k, spreadSingles(2 * k, 1 / 2)),
  '15 in 16 single': (k) => counts(k, (cell) => cell !== 2 * k - 2),
  'all single': (k) => counts(k, () => true),
  'one arm single': (k) => counts(k, (cell) => cell % 2 === 0),
};

function counts(k, isSingle) {
  return Array.from({ length: k }, (_, b) => [0, 1].map((arm) => (isSingle(2 * b + arm) ? 1 : MORE_RUNS)));
}

/** A given share of the cells, in an order that puts the same number into both arms, or one more. */
function spreadSingles(cellCount, share) {
  const order = Array.from({ length: cellCount }, (_, i) => (i * 5 + (i >> 1)) % cellCount);
  const chosen = new Set([...new Set(order)].slice(0, Math.round(cellCount * share)));
  return (cell) => chosen.has(cell);
}

const alike = { sigmaOf: () => SIGMA, effectOf: () => EFFECT, heavy: false };
const SPREADS = {
  'equal spread': alike,
  'by arm ×3': { ...alike, sigmaOf: (_, arm) => SIGMA * (arm === 1 ? 3 : 1) },
  'by workflow ×4': { ...alike, sigmaOf: (block) => SIGMA * (block % 4 === 3 ? 4 : 1) },
  'effect by block': { ...alike, effectOf: (_, normal) => EFFECT + 0.2 * normal() },
  'heavy tails': { ...alike, heavy: true },
};

const rows = [];
for (const k of [3, 4, 8, 23]) {
  for (const [design, countsOf] of Object.entries(DESIGNS)) {
    for (const [spread, settings] of Object.entries(SPREADS)) {
      rows.push({ name: `${k} blocks, ${design}, ${spread}`, ...simulate(countsOf(k), settings) });
    }
  }
}
for (const source of flags.data) for (const row of drawFromReal(source)) rows.push(row);

process.stdout.write(`${REPETITIONS} repetitions, seed ${flags.seed}; half-width on the log scale, median\n`);
for (const { name, method, coverage, halfWidth } of rows) {
  const text =
    coverage === null ? 'no interval' : `${(100 * coverage).toFixed(1).padStart(5)} %  ±${halfWidth.toFixed(3)}`;
  const low = coverage !== null && coverage < LEAST_COVERAGE ? '  TOO LOW' : '';
  process.stdout.write(`${name.padEnd(50)} ${method.padEnd(15)} ${text}${low}\n`);
}
process.exitCode = rows.every(({ coverage }) => coverage === null || coverage >= LEAST_COVERAGE) ? 0 : 1;

function simulate(cells, { sigmaOf, effectOf, heavy }) {
  const random = createRandom(Number(flags.seed));
  const normal = createNormal(random);
  // Student's t with 3 degrees of freedom, scaled to variance 1.
  const student = () => normal() / Math.sqrt((normal() ** 2 + normal() ** 2 + normal() ** 2) / 3) / Math.sqrt(3);
  const noise = heavy ? student : normal;
  return tally(() => {
    let truth = 0;
    const strata = cells.map(([baseline, candidate], block) => {
      const effect = effectOf(block, normal);
      truth += effect / cells.length;
      const draw = (count, mean, arm) => Array.from({ length: count }, () => mean + sigmaOf(block, arm) * noise());
      return { baseline: draw(baseline, block, 0), candidate: draw(candidate, block + effect, 1) };
    });
    return { strata, truth };
  });
}

/** Coverage by repetition; identical figures in every run give no interval and do not count. */
function tally(draw) {
  let [held, told] = [0, 0];
  const widths = [];
  const methods = new Set();
  for (let i = 0; i < REPETITIONS; i++) {
    const { strata, truth } = draw();
    const { ciLow, ciHigh, method } = contrastStrata(strata);
    if (ciLow === null) continue;
    methods.add(method);
    told++;
    if (ciLow <= truth && truth <= ciHigh) held++;
    widths.push((ciHigh - ciLow) / 2);
  }
  widths.sort((a, b) => a - b);
  return {
    method: [...methods].join('/') || 'none',
    coverage: told === 0 ? null : held / told,
    halfWidth: widths[widths.length >> 1],
  };
}

/** Both arms of each block are drawn from the same real runs of one workflow and structure, so that the truth is no effect. */
function drawFromReal(source) {
  const text = execFileSync('node', [`${ROOT}bin/wfa.js`, 'runs', '--list', '-d', source, '-f', 'csv'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const [head, ...lines] = text.trim().split('\n');
  const columns = head.split(',');
  const records = lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [columns[i], cell])));
  return ['makespanMs', 'resourceUsageGbSeconds'].flatMap((metric) => {
    if (!columns.includes(metric)) return [];
    const groups = new Map();
    for (const record of records) {
      const [key, amount] = [`${record.workflow} ${record.structure}`, Number(record[metric])];
      if (amount > 0) groups.set(key, [...(groups.get(key) ?? []), Math.log(amount)]);
    }
    const pools = [...groups.values()].filter((pool) => pool.length >= 8);
    if (pools.length < 2) return [];
    return Object.entries(DESIGNS).map(([design, countsOf]) => {
      const random = createRandom(Number(flags.seed));
      const cells = countsOf(8);
      const drawn = tally(() => {
        const strata = cells.map(([baseline, candidate], block) => {
          const pool = [...pools[block % pools.length]];
          const take = (count) =>
            Array.from({ length: count }, () => pool.splice(Math.floor(random() * pool.length), 1)[0]);
          return { baseline: take(baseline), candidate: take(candidate) };
        });
        return { strata, truth: 0 };
      });
      return { name: `real, ${source}, ${metric.replace(/[A-Z].*/, '')}, ${design}`, ...drawn };
    });
  });
}

/** The real code, bundled in memory: Node 20 does not read TypeScript. */
async function importStatistics() {
  const contents = ['contrast', 'random'].map((name) => `export * from './src/stats/${name}.ts';`);
  const { outputFiles } = await build({
    stdin: { contents: contents.join('\n'), resolveDir: ROOT },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'warning',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
