import type { AnalysisDefinition } from '../analysis.ts';

/**
 * The analysis tells what to run next: measured runs come in, cells that need more runs, and an order to run them in, go out. It knows
 * of no cell that nobody ran a planner in: a new workflow has no spread to plan by.
 */
export const planCampaignDefinition: AnalysisDefinition = {
  name: 'plan-campaign',
  summary: 'what to run next: how many runs which planner still needs where, and in which order',
  description:
    'Counts the runs of every cell (a planner in a block: same workflow, structure and SLA), pools the spread of runs within cells, ' +
    'and tells how many runs every cell needs until a change of --effect between any two planners would be detected, at 5 % and ' +
    'with a power of 80 %, in the blocks that two planners or more ran. Cells without runs are named. The order goes round by ' +
    'round through all cells that need runs, each round shuffled by --seed: drift and warm containers then meet all planners alike.',
  arguments: [],
  options: [
    { flags: '--effect <percent>', description: 'change that is to be detected (default: 5)', leavesFacts: true },
    { flags: '--metric <name>', description: 'metric to plan for, one that needs no prices (default: makespan)' },
    { flags: '--budget <runs>', description: 'runs at most: tells which change they would detect', leavesFacts: true },
    {
      flags: '--block <keys>',
      description: 'what makes runs comparable (default: workflow,structure,sla)',
      leavesFacts: true,
    },
    {
      flags: '--include-unplanned',
      description: 'also count runs that had no history to plan from',
      leavesFacts: true,
    },
  ],
  chartKinds: {},
  gates: { detectable: 'change that the runs so far would detect between the worst pair of planners' },
  gateExample: 'detectable>10%',
  examples: [
    { command: 'wfa plan-campaign --data sample:', comment: 'what the bundled runs lack to detect 5 %' },
    {
      command: 'wfa plan-campaign --effect 10 --seed 7 --data runs.ndjson.gz -f csv -o campaign.csv',
      comment: 'a list of runs in the order to run them',
    },
    { command: 'wfa plan-campaign --budget 100 --data sample:newer', comment: 'what 100 more runs would detect' },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).planCampaign,
};
