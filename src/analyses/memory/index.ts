import type { AnalysisDefinition } from '../analysis.ts';
import { PRICES_OPTION } from '../prices-option.ts';

/**
 * The analysis tells what memory and neighbours do to functions: the times of tasks come in with the size of their worker and the tasks
 * beside them, exponents and factors go out, and the runs replayed with the sizes that these say are cheapest. It knows of no size that
 * nobody ran.
 */
export const memoryDefinition: AnalysisDefinition = {
  name: 'memory',
  summary: 'does more memory, or fewer tasks in the same worker, make a function faster, and which sizes are cheapest',
  description:
    'For every function (its tasks of 5 ms or more): ln time = a − e · ln memory + c · tasks executing beside it in its worker + ' +
    'ln input bytes, by least squares with an intercept for every place in the DAG and standard errors clustered by run. An ' +
    'exponent e of 0.3 means that twice the memory takes 19 % off the time, 0 that it takes nothing off. Functions need 12 runs ' +
    'and two sizes. Then the runs are replayed with every worker as large as is cheapest for its functions.',
  arguments: [],
  options: [
    {
      flags: '--drift-at <instant>',
      description: 'when the workload changed: a step of its own for runs submitted from then on',
      leavesFacts: true,
    },
    { ...PRICES_OPTION, description: `prices of sizes: ${PRICES_OPTION.description.replace('of a cost: ', '')}` },
    {
      flags: '--include-unplanned',
      description: 'also compare planners, and replay, by runs that had no history to plan from',
      leavesFacts: true,
    },
  ],
  chartKinds: {
    fit: 'time of the tasks of each function against memory, with the fitted line',
  },
  gates: {
    exponent: 'how much memory speeds a function up (1: twice the memory, half the time), by function',
    neighbour: 'what each task beside it in its worker adds to the time of a function',
  },
  gateExample: 'neighbour>10%',
  examples: [
    { command: 'wfa memory --data sample:newer', comment: 'every function of the bundled newer runs' },
    {
      command: 'wfa memory --workflow text_analysis --drift-at 1795342064344 --data sample:newer --chart memory.svg',
      comment: 'one workflow, whose tasks grew at a known instant, with a panel a function',
    },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).memory,
};
