import type { AnalysisDefinition } from '../analysis.ts';

export const preloadDefinition: AnalysisDefinition = {
  name: 'preload',
  summary: 'do preloaded tasks start earlier than the same tasks without preloading',
  description:
    "Compares a planner's preloaded tasks with the tasks at the same positions of the same workflow in runs without preloading, " +
    'run by run: when they start, how long they wait for inputs, and how long after their last input they begin to execute ' +
    '(ready lag). Tasks of the same runs that were not preloaded are the negative control.',
  arguments: [],
  options: [
    { flags: '--planner <name>', description: 'the planner whose preloaded tasks are looked at (needed)' },
    { flags: '--against <name>', description: 'the planner without preloading (default: the same one without -opt)' },
    {
      flags: '--match <keys>',
      description:
        'what else must be equal: memory, worker-state (cold or warm), or none (default: memory,worker-state)',
    },
  ],
  ownFilters: ['planner'],
  needsPlanners: { count: 1, what: 'the planner whose preloaded tasks are to be looked at', optimization: 'PreLoad' },
  chartKinds: {
    slopes: 'ready lag without and with preloading, by position',
    ecdf: 'distribution of the ready lag without and with preloading',
  },
  gates: {
    '<outcome>': 'difference that preloading makes, as in ready-lag',
  },
  gateExample: 'ready-lag>50ms',
  examples: [
    { command: 'wfa preload --planner uniform-opt --data sample:newer', comment: 'against uniform' },
    {
      command: 'wfa preload --planner non-uniform-opt --against uniform --match none --data runs.ndjson.gz',
      comment: 'another planner to compare with, and workers of any memory and state',
    },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).preload,
};
