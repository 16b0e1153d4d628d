import type { CommandDefinition } from '../analyses/analysis.ts';
import { PRICES_OPTION } from '../analyses/prices-option.ts';

/** What `wfa report` offers on the command line. */
export const REPORT: CommandDefinition = {
  name: 'report',
  summary: 'one HTML page of everything: which planner, how sure, at what price, what limits it, what to run next',
  description:
    'Reads the data once, asks every question that they can answer, and writes one HTML page that needs nothing else: no network, ' +
    'no other file. Its figures, words and charts are those of the commands, each of which stands beside its answer. First the ' +
    'ranking of planners, what limits it and what to run next; then a section a question, and charts of single runs: the slowest, ' +
    'the median and those that failed. Names are the planners to compare; without, the two that ran most.',
  arguments: [
    { name: '[planner...]', description: 'planners to compare, the baseline first (default: the two with most runs)' },
  ],
  options: [
    { flags: '--runs <number>', description: 'single runs with a chart of their own (default: 5)' },
    { flags: '--no-interaction', description: 'a page without a script: pictures, and tables that fold' },
    PRICES_OPTION,
  ],
  chartKinds: {},
  gates: {},
  gateExample: null,
  examples: [
    { command: 'wfa report --data sample: -o report.html', comment: 'everything about the bundled runs' },
    {
      command: 'wfa report uniform non-uniform --workflow gemm --data runs.ndjson.gz -o gemm.html',
      comment: 'two planners, one workflow',
    },
    {
      command: "wfa report --facts 'facts-*.ndjson.gz' -o report.html",
      comment: 'from what wfa extract report --data SHARD -o FACTS wrote on several machines: the same page',
    },
  ],
};

/** The output flags that it takes. */
export const REPORT_FLAGS: readonly string[] = ['--output', '--font', '--seed'];
