import type { AnalysisDefinition } from '../analysis.ts';

/**
 * The analysis tells runs that failed from those that did not, and where they broke: all runs come in, planned or not; rates,
 * frontiers and what was lost go out. It does not say why a worker died: no record holds that.
 */
export const failuresDefinition: AnalysisDefinition = {
  name: 'failures',
  summary: 'which runs failed, under which planner, where they broke, and what that cost',
  description:
    'A run failed when its last task, the sink, left no metrics; a lost task in a run whose sink is done is no failure. Failure ' +
    'rates by planner over all runs, planned or not; planners against each other within the blocks (same workflow, structure and ' +
    'SLA) that both have; where failed runs broke: tasks whose inputs were all there and that left no metrics, and worker ' +
    'start-ups that never ended; the last sign of life; GB-seconds spent; and whether slow runs are the ones that fail.',
  arguments: [],
  options: [
    { flags: '--block <keys>', description: 'what makes runs comparable (default: workflow,structure,sla)' },
    {
      flags: '--include-unplanned',
      description: 'also compare planners by runs that had no history to plan from',
    },
  ],
  chartKinds: {
    rate: 'share of runs that failed by planner, with intervals',
    frontier: 'tasks and start-ups at which failed runs broke',
  },
  gates: {
    rate: 'share of runs that failed, by planner',
    failed: 'runs that failed, by planner',
    'start-ups': 'start-ups that never ended',
    'invoked-twice': 'tasks that were invoked twice',
  },
  gateExample: 'rate>5%',
  examples: [
    { command: 'wfa failures --data sample:older', comment: 'what broke in the bundled runs' },
    {
      command: "wfa failures --fail-on 'failed>0' --data runs.ndjson.gz",
      comment: 'status 1 as soon as one run failed',
    },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).failures,
};
