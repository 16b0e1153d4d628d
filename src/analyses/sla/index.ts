import type { AnalysisDefinition } from '../analysis.ts';
import { PRICES_OPTION } from '../prices-option.ts';

export const slaDefinition: AnalysisDefinition = {
  name: 'sla',
  summary: 'does a more conservative SLA give better results than an optimistic one, and at what price',
  description:
    'Takes the SLA (the percentile asked of the predictions) as an ordered treatment: every percentile against the lowest, and the ' +
    'trend over all of them, inside blocks of the same workflow, structure and planner, with and without adjustment for the ' +
    'run index (later runs plan from more history); how often runs keep to their prediction; what it costs in GB-seconds.',
  arguments: [],
  options: [
    {
      flags: '--metric <name>',
      description: 'metric to look at, or all (default: makespan, execution-time, resource-usage)',
      repeatable: true,
    },
    PRICES_OPTION,
  ],
  chartKinds: ['levels'],
  gateExample: 'makespan>+5%',
  examples: [
    { command: 'wfa sla --data sample:newer', comment: 'every SLA of every planner that predicts' },
    {
      command: 'wfa sla --planner uniform --chart sla.svg --data runs.ndjson.gz',
      comment: 'one planner, with a chart',
    },
  ],
  load: async () => (await import('./stages.ts')).sla,
};
