import type { AnalysisDefinition } from '../analysis.ts';
import { PRICES_OPTION } from '../prices-option.ts';

export const compareDefinition: AnalysisDefinition = {
  name: 'compare',
  summary: 'is one planner better than another, by how much, at what price, and how sure is that',
  description:
    'Compares runs of a baseline with runs of one or more candidates, block by block (same workflow, structure and SLA), ' +
    'as geometric mean ratios with 95 % intervals. An arm is a planner name, or key=value[,key=value...] over planner, sla, ' +
    'workflow, structure, source, memory and day.',
  arguments: [
    { name: '<baseline>', description: 'what to compare with: a planner, or key=value[,key=value...]' },
    { name: '<candidate...>', description: 'what to compare: one arm or more' },
  ],
  options: [
    {
      flags: '--metric <name>',
      description: 'metric to compare, or all (default: makespan, execution-time, resource-usage)',
      repeatable: true,
    },
    {
      flags: '--stat <name>',
      description:
        "what to compare: mean (geometric, default), or median, p90, p95, p99 of runs ÷ their block's mean, where runs suffice",
    },
    PRICES_OPTION,
    { flags: '--block <keys>', description: 'what makes runs comparable (default: workflow,structure,sla)' },
    { flags: '--blocks', description: 'show every block, not only workflows' },
    { flags: '--equivalence <percent>', description: 'changes within ± this count as no change (default: 2)' },
    { flags: '--include-unplanned', description: 'also compare runs that had no history to plan from' },
  ],
  needsPlanners: { count: 2, what: 'a baseline and a candidate to compare with it' },
  chartKinds: ['change', 'summary', 'tradeoff', 'ecdf', 'box'],
  gateExample: 'makespan>+5%',
  examples: [
    { command: 'wfa compare uniform non-uniform --data sample:', comment: 'the main question, on the bundled runs' },
    {
      command: 'wfa compare planner=uniform,sla=p50 planner=uniform,sla=p90 --data runs.ndjson.gz --chart sla.svg',
      comment: 'one planner under two SLAs, with a chart beside the table',
    },
  ],
  load: async () => (await import('./stages.ts')).compare,
};
