// How much later than a bare node wfa is done: node test/bench/startup.mjs [--rounds 25]; status 1 when over budget.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureInterleaved, median, timeNode } from './child.mjs';

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '25' } } });
const wfa = fileURLToPath(new URL('../../bin/wfa.js', import.meta.url));
const compare = [wfa, 'compare', 'uniform', 'non-uniform', '--data', 'sample:'];
/** Over budget by less than this share of the budget is the machine's noise. */
const NOISE_FRACTION = 0.1;

const commands = {
  'node -e 0': ['-e', '0'],
  'wfa --help': [wfa, '--help'],
  'wfa compare': compare,
  'wfa compare -f svg': [...compare, '-f', 'svg'],
};
const budgetsMs = { 'wfa --help': 60, 'wfa compare': 350, 'wfa compare -f svg': 900 };

const measured = await measureInterleaved(commands, Number(flags.rounds), timeNode);
const bare = measured['node -e 0'];
process.stdout.write(`medians of ${flags.rounds} interleaved rounds, in ms\n`);
process.stdout.write('command               wall  above node  budget\n');
for (const [name, runs] of Object.entries(measured)) {
  const wallMs = median(runs.map((run) => run.wallMs));
  // The difference inside each round, so that a slow round counts on both sides.
  const aboveMs = median(runs.map((run, i) => run.wallMs - bare[i].wallMs));
  const budgetMs = budgetsMs[name];
  const over = budgetMs !== undefined && aboveMs > budgetMs * (1 + NOISE_FRACTION);
  if (over) process.exitCode = 1;
  const words = budgetMs === undefined ? '' : `${aboveMs.toFixed(0).padStart(10)}  ${String(budgetMs).padStart(6)}`;
  process.stdout.write(`${name.padEnd(20)}${wallMs.toFixed(0).padStart(6)}  ${words}${over ? '  OVER BUDGET' : ''}\n`);
}
