import type { AnalysisDefinition } from '../analysis.ts';

/**
 * The analysis follows each duplicated task to the use of its result: recorded decisions, inputs and outputs come in; outcomes, head
 * starts and cost per planner and target go out. It does not compare makespans: that is the question of `compare`.
 */
export const taskdupDefinition: AnalysisDefinition = {
  name: 'taskdup',
  summary: 'which tasks were executed twice, whose result was used, and did that save time',
  description:
    'For every decision to execute an upstream task again on the waiting worker: whether the local result was used or the ' +
    'original downloaded after all, whether the original was there before the task began, what was predicted, and what the ' +
    'second execution cost.',
  arguments: [],
  options: [],
  chartKinds: {
    saving: 'predicted saving against how long the duplicate was ahead',
  },
  gates: {
    used: 'share of duplications whose result was used',
    'ahead-by': 'mean time that used duplicates were ahead of the original',
  },
  gateExample: 'ahead-by<0ms',
  examples: [
    { command: 'wfa taskdup --data sample:older', comment: 'every duplication of the bundled runs' },
    { command: 'wfa taskdup --workflow gemm --format json --data runs.ndjson.gz', comment: 'of one workflow, in full' },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).taskdup,
};
