import type { AnalysisDefinition } from '../analysis.ts';

export const breakdownDefinition: AnalysisDefinition = {
  name: 'breakdown',
  summary: 'where the time goes: start-up, waiting, execution, transfers, along the critical path and in all tasks',
  description:
    "Divides each run's makespan along its observed critical path, from the sink back to the upstream task whose output came " +
    'last, and sums the same parts over all tasks; by planner, as means over runs with equal weight to each block (same ' +
    'workflow, structure and SLA) that every planner has. With warm and cold starts and bytes moved.',
  arguments: [],
  options: [
    { flags: '--block <keys>', description: 'what makes runs comparable (default: workflow,structure,sla)' },
    {
      flags: '--by <rows>',
      description:
        'planner; function: a table of functions; startup: start-ups by part, and the DAG (default: planner)',
    },
    { flags: '--include-unplanned', description: 'also count runs that had no history to plan from' },
  ],
  chartKinds: {
    absolute: 'seconds of each part of the critical path by planner',
    share: 'share of each part of the critical path by planner',
  },
  gates: {
    '<part>':
      "a part's share of the makespan: startup, queueing, pending (the two, where not told apart), input-wait, execution, upload, dependency-update, invocation, other",
  },
  gateExample: 'startup>50%',
  examples: [
    { command: 'wfa breakdown --data sample:', comment: 'every planner of the bundled runs' },
    { command: 'wfa breakdown --by function --data sample:newer', comment: 'which functions take the time' },
    {
      command: 'wfa breakdown --by startup --data sample:newer',
      comment: 'what start-ups wait for, and what the DAG costs',
    },
    {
      command: 'wfa breakdown --planner uniform --planner non-uniform --data runs.ndjson.gz --chart parts.svg',
      comment: 'two planners, with a stacked chart',
    },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).breakdown,
};
