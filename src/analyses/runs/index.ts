import type { AnalysisDefinition } from '../analysis.ts';

/**
 * The analysis lists the data: runs come in; counts by workflow, structure, planner and SLA go out, with findings that will limit the
 * other analyses. It judges no planner.
 */
export const runsDefinition: AnalysisDefinition = {
  name: 'runs',
  summary: 'what is in the data: runs by workflow, planner and SLA, and what is wrong with them',
  description:
    'Counts the runs by workflow, structure, planner and SLA, with dates and tasks, and lists what will limit an analysis: ' +
    'runs without plan, incomplete runs, resource usage that was not measured.',
  arguments: [],
  options: [{ flags: '--list', description: 'one row per run, in order of submission' }],
  chartKinds: {},
  gates: {},
  gateExample: null,
  examples: [
    { command: 'wfa runs --data sample:', comment: 'what the bundled runs are' },
    { command: 'wfa runs --list --workflow gemm --data runs.ndjson.gz', comment: 'every run of one workflow' },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).runs,
};
