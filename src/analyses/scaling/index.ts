import type { AnalysisDefinition } from '../analysis.ts';

/**
 * The analysis tells how the start of children grows with their number, makespans with the width of a workflow, and DAGs with their
 * tasks: runs come in, slopes with their uncertainty go out. It extrapolates nothing beyond the widths that were run.
 */
export const scalingDefinition: AnalysisDefinition = {
  name: 'scaling',
  summary:
    'how start times grow with the width of a fan-out, makespans with that of a workflow, and DAGs with their tasks',
  description:
    "Fan-outs (a task and two or more that wait for it alone; roots wait for the submission): the delay from the parent's output to " +
    "the first and to the last child's start, by least squares on the workers that were started for them and on the width, by " +
    'planner, with errors clustered by run. Makespan against width over the structures of one workflow, log against log: weak scaling ' +
    'where the work grows with it, else strong. Bytes of a DAG by its tasks and edges. Where widths do not vary, nothing is told.',
  arguments: [],
  options: [],
  chartKinds: {
    fanout: "delay until the last child's start against the workers started for a fan-out, by planner",
  },
  gates: {
    'per-worker': "what each started worker adds to the delay of the last child's start, by planner",
    width: 'exponent of the makespan in the width, by workflow',
  },
  gateExample: 'per-worker>100ms',
  examples: [
    { command: 'wfa scaling --data sample:newer', comment: 'every fan-out of the bundled newer runs' },
    {
      command: "wfa scaling --fail-on 'per-worker>200ms' --data runs.ndjson.gz",
      comment: 'status 1 where each further worker delays the last child by more',
    },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).scaling,
};
