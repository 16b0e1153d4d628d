import type { AnalysisDefinition } from '../analysis.ts';

/**
 * The analysis tells whether two optimizations that meet help or hinder each other: tasks with what was done for them come in, the
 * contrast of their ready lag against the same places without the meeting goes out. It does not tell why.
 */
export const conflictsDefinition: AnalysisDefinition = {
  name: 'conflicts',
  summary:
    'where two optimizations met on a task or its worker: did the task start earlier or later than without the meeting',
  description:
    'PreLoad and TaskDup meet on a task, either meets PreWarm where its worker had a container launched ahead. The ready lag of such ' +
    'tasks (from the last upstream output to the start of execution) against tasks at the same places of the DAG, within blocks (same ' +
    'workflow, structure and SLA): against those with one of the two alone, and against all without the meeting.',
  arguments: [],
  options: [],
  chartKinds: {},
  gates: {
    alone: 'how much later tasks start where two met than with one of them alone, by pair',
    without: 'the same against all tasks without the meeting',
  },
  gateExample: 'alone>100ms',
  examples: [
    { command: 'wfa conflicts --data sample:newer', comment: 'every meeting of the bundled newer runs' },
    {
      command: 'wfa conflicts --workflow gemm --format json --data runs.ndjson.gz',
      comment: 'of one workflow, in full',
    },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).conflicts,
};
