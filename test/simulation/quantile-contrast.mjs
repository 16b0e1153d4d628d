/**
 * Coverage of the intervals of `contrastQuantiles` in designs that users have: node test/simulation/quantile-contrast.mjs [repetitions].
 * Each line: design, quantile, and the worst of all shapes and spreads of the two arms with its bias and coverage. True values come from a large sample about the true levels of the blocks.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const { contrastQuantiles } = await importContrast();

async function importContrast() {
  const entryPoints = [fileURLToPath(new URL('../../src/stats/quantile-contrast.ts', import.meta.url))];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: 'esm', write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}

const repetitions = Number(process.argv[2] ?? 400);
let state = 20261130;
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
/** Shapes with mean 0: symmetric, skewed, and 8 % of runs far slower with a gap before them. */
const SHAPES = {
  normal,
  skewed: () => -Math.log(1 - random()) - 1,
  cold: () => (random() < 0.08 ? 4 : 0) - 0.32 + 0.5 * normal(),
};
const PAIRS = [
  ['normal', 'normal'],
  ['skewed', 'skewed'],
  ['normal', 'cold'],
  ['skewed', 'normal'],
  ['cold', 'cold'],
];
const SPREADS = [
  [0.1, 0.1],
  [0.1, 0.3],
  [0.3, 0.1],
];
/** Half the true effect of every block. */
const EFFECT = 0.05;

const quantile = (sample, p) => sample.sort((a, b) => a - b)[Math.floor(sample.length * p)];
const truthOf = (shape, spread, effect, p, scales) =>
  quantile(
    Float64Array.from({ length: 200_000 }, (_, i) => effect + spread * scales[i % scales.length] * SHAPES[shape]()),
    p,
  );

function simulate({ baseline, candidate, scales = baseline.map(() => 1) }, p, shapes, spreads) {
  const truths = [-EFFECT, EFFECT].map((effect, arm) => truthOf(shapes[arm], spreads[arm], effect, p, scales));
  const truth = truths[1] - truths[0];
  let [holds, bias, told] = [0, 0, 0];
  for (let i = 0; i < repetitions; i++) {
    const strata = baseline.map((count, block) => {
      const level = 3 * normal();
      const draw = (n, arm, effect) =>
        Array.from({ length: n }, () => level + effect + spreads[arm] * scales[block] * SHAPES[shapes[arm]]());
      return { baseline: draw(count, 0, -EFFECT), candidate: draw(candidate[block], 1, EFFECT) };
    });
    const found = contrastQuantiles(strata, p);
    if ('reason' in found) return found;
    told++;
    bias += found.difference - truth;
    if (found.ciLow <= truth && truth <= found.ciHigh) holds++;
  }
  return { truth, bias: bias / told, coverage: holds / told };
}

const even = (blocks, runs) => ({ baseline: Array(blocks).fill(runs), candidate: Array(blocks).fill(runs) });
const DESIGNS = [
  [
    '23 blocks, 1 to 3 runs a cell',
    [0.5, 0.9],
    {
      baseline: Array.from({ length: 23 }, (_, i) => 1 + (i % 3)),
      candidate: Array.from({ length: 23 }, (_, i) => 1 + ((2 * i) % 3)),
    },
  ],
  ['8 blocks, 1 to 3 runs a cell', [0.5], { baseline: [1, 2, 3, 1, 2, 3, 1, 2], candidate: [1, 3, 2, 1, 3, 2, 1, 3] }],
  ['8 blocks, 5 runs against 1', [0.5], { baseline: Array(8).fill(5), candidate: Array(8).fill(1) }],
  ['24 blocks, 1 run a cell', [0.5], even(24, 1)],
  ['48 blocks, 2 runs a cell', [0.5], even(48, 2)],
  ['4 blocks, 9 runs a cell', [0.5, 0.9], even(4, 9)],
  ['8 blocks, 5 runs a cell', [0.9], even(8, 5)],
  ['10 blocks, 5 runs a cell', [0.9], even(10, 5)],
  ['24 blocks, 12 runs a cell', [0.9, 0.95], even(24, 12)],
  ['40 blocks, 20 runs a cell', [0.9], even(40, 20)],
  [
    '8 blocks, 6 to 20 runs a cell, spread tenfold by block',
    [0.9],
    {
      baseline: [6, 8, 10, 12, 14, 16, 18, 20],
      candidate: [20, 18, 16, 14, 12, 10, 8, 6],
      scales: [0.3, 0.5, 0.8, 1, 1.4, 1.8, 2.4, 3],
    },
  ],
  ['4 blocks, 100 runs a cell', [0.99], even(4, 100)],
];
for (const [name, quantiles, design] of DESIGNS) {
  for (const p of quantiles) {
    const all = PAIRS.flatMap((shapes) =>
      SPREADS.map((spreads) => ({ shapes, spreads, ...simulate(design, p, shapes, spreads) })),
    );
    if (all[0].reason) {
      process.stdout.write(`${name}, ${p}: ${all[0].reason}, ${all[0].count} of ${all[0].fewest}\n`);
      continue;
    }
    const worst = all.reduce((a, b) => (b.coverage < a.coverage ? b : a));
    process.stdout.write(
      `${name}, ${p}: ${worst.shapes.join(' / ')}, spread ${worst.spreads.join(' / ')}: true ${worst.truth.toFixed(3)}, bias ${worst.bias.toFixed(3)}, coverage ${worst.coverage.toFixed(3)}\n`,
    );
  }
}
