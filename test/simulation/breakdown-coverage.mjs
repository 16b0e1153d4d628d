/**
 * How often the intervals of `wfa breakdown` hold the truth: means in ms over blocks of workflows that take 3 to 15 s, with
 * as many runs as real designs have.
 *
 *     node test/simulation/breakdown-coverage.mjs [--repetitions 4000]
 *
 * Seeded; exits with 1 when an interval holds the truth in less than 93 %.
 */
import { parseArgs } from 'node:util';
import { importSource } from '../bench/import-source.mjs';

const { values: flags } = parseArgs({ options: { repetitions: { type: 'string', default: '4000' } } });
const REPETITIONS = Number(flags.repetitions);
const { estimateStratifiedMean, chooseMeanMethod, createRandom, createNormal } = await importSource(
  'stats/stratified-mean.ts',
  'stats/random.ts',
);
const repeat = (count, length) => new Array(length).fill(count);
const DESIGNS = {
  '2 runs in each of 4': repeat(2, 4),
  '3 runs in each of 8': repeat(3, 8),
  '5 runs in each of 4': repeat(5, 4),
  '2 to 4 runs in 12': [2, 3, 4, 2, 3, 4, 2, 3, 4, 2, 3, 4],
  '1 single of 6': [1, ...repeat(3, 5)],
  '1 single of 12': [1, ...repeat(2, 11)],
  '2 singles of 12': [1, 1, ...repeat(3, 10)],
  '1 single of 5': [1, ...repeat(3, 4)],
  'half single of 8': [1, 1, 1, 1, 3, 3, 3, 3],
};
const SPREADS = {
  'spread as the mean': (i) => 0.1 * levelOf(i),
  'fourfold by workflow': (i) => (i % 4 === 0 ? 0.4 : 0.1) * levelOf(i),
};
/** Mean of a block in s. */
const levelOf = (i) => 3 + (12 * ((i * 7) % 12)) / 11;

let fine = true;
for (const [spread, sigmaOf] of Object.entries(SPREADS)) {
  for (const [design, counts] of Object.entries(DESIGNS)) {
    const random = createRandom(counts.length * 100 + counts[0]);
    const normal = createNormal(random);
    const truth = counts.reduce((sum, _, i) => sum + levelOf(i), 0) / counts.length;
    let [held, given] = [0, 0];
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      // Which block is single is chance: it may be one that spreads.
      const order = counts.map((_, i) => ({ i, key: random() })).sort((a, b) => a.key - b.key);
      const strata = order.map(({ i }, place) =>
        Array.from({ length: counts[place] }, () => levelOf(i) + sigmaOf(i) * normal()),
      );
      const { ciLow, ciHigh } = estimateStratifiedMean(strata);
      if (ciLow === null) continue;
      given++;
      if (ciLow <= truth && truth <= ciHigh) held++;
    }
    const method = chooseMeanMethod(counts.map((length) => ({ length })));
    const rate = held / given;
    const holds = given === 0 || rate >= 0.93;
    fine &&= holds;
    const words = given === 0 ? 'no interval' : `${(100 * rate).toFixed(1)} % of ${given}`;
    process.stdout.write(
      `${holds ? 'ok  ' : 'BAD '} ${spread.padEnd(22)} ${design.padEnd(22)} ${method.padEnd(15)} ${words}\n`,
    );
  }
}
process.exitCode = fine ? 0 : 1;
