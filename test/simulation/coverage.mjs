// How often the intervals hold the truth and the tests raise a false alarm, on simulated log-normal runs.
// node test/simulation/coverage.mjs [--repetitions 2000] [--seed 20240]; status 1 when a figure is out of its bounds.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values: flags } = parseArgs({
  options: { repetitions: { type: 'string', default: '2000' }, seed: { type: 'string', default: '20240' } },
});
/** Designs with single runs have few arrangements: they are cheap enough for ten times the repetitions. */
const MORE = 10;

const { contrastStrata, permuteStrata, createRandom, createNormal } = await importStatistics();

const ratio = 0.92;
/** Spread of ln(metric) by block, and how much wider the candidate's is where variances are unequal. */
const [BLOCK_SIGMAS, UNEQUAL] = [[0.05, 0.1, 0.2, 0.3], 2.5];
const alike = (n, blockCount = 4) => Array.from({ length: blockCount }, () => [n, n]);
const MIXED = [
  [1, 3],
  [3, 2],
  [2, 1],
  [4, 3],
];

const cases = [
  { name: 'n = 2', cells: alike(2), coverage: [0.93, 0.98] },
  { name: 'n = 3', cells: alike(3), coverage: [0.93, 1] },
  { name: 'n = 5', cells: alike(5), coverage: [0.93, 1] },
  { name: 'n = 10', cells: alike(10), coverage: [0.93, 1] },
  // Cells with one run borrow the others' spread, which supposes that it is alike: here it is.
  { name: 'n = 1 to 4', cells: MIXED, coverage: [0.93, 1], sigmas: [0.15], unequal: 1, more: MORE },
  { name: 'n = 1, 8 blocks', cells: alike(1, 8), coverage: [0.93, 1], more: MORE },
];

const rows = cases.flatMap((design, i) => {
  const { unequal = UNEQUAL, more = 1 } = design;
  const repetitions = Number(flags.repetitions) * more;
  const base = Number(flags.seed) + 1000 * i;
  const effect = simulate(design, repetitions, Math.log(ratio), unequal, base, false);
  const nothing = simulate(design, repetitions, 0, 1, base + 1, true);
  const nothingUnequal = simulate(design, repetitions, 0, unequal, base + 2, false);
  return [
    row(
      design.name,
      `coverage, variances ${unequal === 1 ? 'alike' : 'unequal'}`,
      effect.coverage,
      design.coverage,
      repetitions,
    ),
    row(design.name, 'no effect: p < 0.05', nothing.significant, [0.04, 0.06], repetitions),
    row(design.name, 'no effect: different', nothing.different, [0, 0.06], repetitions),
    row(
      design.name,
      `no effect, variances ${unequal === 1 ? 'alike' : 'unequal'}: different`,
      nothingUnequal.different,
      [0, 0.06],
      repetitions,
    ),
  ];
});

const percent = (fraction) => `${(100 * fraction).toFixed(1)} %`;
process.stdout.write(`${flags.repetitions} repetitions (${MORE} times as many with single runs), seed ${flags.seed}\n`);
process.stdout.write(
  `${'runs per cell'.padEnd(17)}${'figure'.padEnd(42)}${'found'.padStart(7)}  ${'± s.e.'.padStart(6)}  bounds\n`,
);
for (const { name, figure, found, error, bounds, holds } of rows) {
  const within = `${percent(bounds[0])} to ${percent(bounds[1])}${holds ? '' : '  OUT OF BOUNDS'}`;
  process.stdout.write(
    `${name.padEnd(17)}${figure.padEnd(42)}${percent(found).padStart(7)}  ${percent(error).padStart(6)}  ${within}\n`,
  );
}
process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1;

/** Shares of repetitions; without an interval a repetition counts as not covered and not different. */
function simulate({ cells, sigmas = BLOCK_SIGMAS }, repetitions, effect, candidateSpread, seed, withTest) {
  const random = createRandom(seed);
  const normal = createNormal(random);
  const draw = (count, mean, sigma) => Array.from({ length: count }, () => Math.log(Math.exp(mean + sigma * normal())));
  const counts = { coverage: 0, different: 0, significant: 0 };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const strata = cells.map(([baseline, candidate], block) => {
      const mean = 8 + block;
      const sigma = sigmas[block % sigmas.length];
      return {
        baseline: draw(baseline, mean, sigma),
        candidate: draw(candidate, mean + effect, sigma * candidateSpread),
      };
    });
    const { ciLow, ciHigh } = contrastStrata(strata);
    if (ciLow !== null && ciLow <= effect && effect <= ciHigh) counts.coverage++;
    if (ciLow !== null && (ciLow > 0 || ciHigh < 0)) counts.different++;
    if (withTest && permuteStrata(strata, seed + repetition).pValue < 0.05) counts.significant++;
  }
  return Object.fromEntries(Object.entries(counts).map(([figure, count]) => [figure, count / repetitions]));
}

function row(name, figure, found, bounds, repetitions) {
  const error = Math.sqrt((found * (1 - found)) / repetitions);
  return { name, figure, found, error, bounds, holds: found >= bounds[0] && found <= bounds[1] };
}

/** The real code, bundled in memory: Node 20 does not read TypeScript. */
async function importStatistics() {
  const contents = ['contrast', 'permutation', 'random'].map((name) => `export * from './src/stats/${name}.ts';`);
  const { outputFiles } = await build({
    stdin: { contents: contents.join('\n'), resolveDir: fileURLToPath(new URL('../../', import.meta.url)) },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'warning',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
