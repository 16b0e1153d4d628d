import type { AnalysisDefinition } from '../analysis.ts';
import { PRICES_OPTION } from '../prices-option.ts';

export const rankDefinition: AnalysisDefinition = {
  name: 'rank',
  summary: 'which of all planners is best, which cannot be told apart, and at what price',
  description:
    'Ranks all planners at once, in the blocks (same workflow, structure and SLA) that all of them share: the level of each ' +
    'metric, the change against the best with its 95 % interval, ranks that arms share where they cannot be told apart, regret, ' +
    'and the front of makespan against cost. Without arms every planner with two planned runs or more takes part. An arm is a ' +
    'planner name, or key=value[,key=value...] over planner, sla, workflow, structure, source, memory and day. A gate is set on ' +
    'a metric (every arm against the best) or on regret; a name behind it names one arm, as in regret-uniform-opt.',
  arguments: [{ name: '[arm...]', description: 'what to rank (default: every planner with two runs or more)' }],
  options: [
    {
      flags: '--metric <name>',
      description: 'metric to rank by, or all (default: makespan, execution-time, resource-usage)',
      repeatable: true,
    },
    {
      flags: '--stat <name>',
      description:
        "what to rank by: mean (geometric, default), or median, p90, p95, p99 of runs ÷ their block's mean, where runs suffice",
    },
    // Prices decide what the front is made of, and so what is kept of a run.
    { ...PRICES_OPTION, description: `${PRICES_OPTION.description}; makes the front of costs`, leavesFacts: false },
    { flags: '--by <key>', description: 'rank the names of this key rather than planners, as in --by sla' },
    { flags: '--block <keys>', description: 'what makes runs comparable (default: workflow,structure,sla)' },
    { flags: '--common', description: 'show which blocks all arms share, and which arms the others lack' },
    { flags: '--include-unplanned', description: 'also rank runs that had no history to plan from' },
  ],
  chartKinds: {
    levels: 'change of every arm against the best, with intervals',
    profile: 'share of blocks in which an arm is within a factor of the best',
    pareto: 'makespan against cost, with the front',
    ecdf: "distribution of runs relative to their block's mean",
    attainment: 'empirical attainment surfaces of makespan and cost',
  },
  gates: {
    '<metric>': 'change of every arm against the best in any metric and in the stat asked for, as in makespan',
    regret: "mean regret in the first metric, corrected for the winner's curse; of means only",
    '<metric>-<arm>': 'of one arm alone, as in makespan-uniform-opt',
    'regret-<arm>': 'of one arm alone, as in regret-uniform-opt',
  },
  gateExample: 'regret-uniform-opt>5%',
  examples: [
    { command: 'wfa rank --data sample:', comment: 'all planners of the bundled runs' },
    { command: 'wfa rank --by sla --planner uniform --data sample:newer', comment: 'the SLAs of one planner' },
    { command: 'wfa rank --stat p90 --data runs.ndjson.gz', comment: 'whose slow runs are the least slow' },
    {
      command: 'wfa rank --data runs.ndjson.gz --chart front.svg --chart-kind pareto',
      comment: 'which planners are worth their price',
    },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).rank,
};
