import type { AnalysisDefinition } from '../analysis.ts';
import { PRICES_OPTION } from '../prices-option.ts';

/**
 * The analysis tells what a change would buy at most: recorded runs come in, are played forward again with one kind of duration
 * changed, and makespans and bills of the replays go out beside the recorded ones. It knows of no change but of durations: planners
 * do not plan again, and tasks stay on their workers.
 */
export const whatifDefinition: AnalysisDefinition = {
  name: 'whatif',
  summary: 'what a change would buy at most: no start-ups, no transfers, quicker functions, by replay of recorded runs',
  description:
    'Plays every recorded run forward again with one kind of duration changed and all others, with the lags between them, as they ' +
    'were recorded. First the proof: a replay without changes has to give the recorded makespan, and where runs without any cold ' +
    'start exist, "all-warm" is held against them. Changes are paired by run and averaged with equal weight to each block (same ' +
    'workflow, structure and SLA). Scenarios: no-startup, all-warm (every start-up as the median warm one of its size, if that is ' +
    'shorter), no-transfers (no wait for inputs, no upload), no-dag-fetch, half-execution, longest-path (executions alone, on the ' +
    'longest path), null (nothing); joined by a comma they are changed together.',
  arguments: [],
  options: [
    {
      flags: '--scenario <names>',
      description: 'what to change, as in all-warm, or all-warm,no-transfers together (default: each alone)',
      repeatable: true,
      leavesFacts: true,
    },
    {
      flags: '--speedup <function=factor>',
      description: 'tasks of one function that much quicker, as in --speedup multiply_chunks=2; also within --scenario',
      repeatable: true,
      leavesFacts: true,
    },
    {
      flags: '--run <id>',
      description: 'one run alone, by the beginning of its id; its chart shows it before and after',
      leavesFacts: true,
    },
    // Bills need what a replay does not: prewarms, and why a run has no bill.
    {
      ...PRICES_OPTION,
      description: `also the bill of each scenario: ${PRICES_OPTION.description}`,
      leavesFacts: false,
    },
    { flags: '--block <keys>', description: 'what makes runs comparable (default: workflow,structure,sla)' },
    { flags: '--include-unplanned', description: 'also count runs that had no history to plan from' },
  ],
  chartKinds: {
    changes: 'change of the makespan in each scenario by planner, with intervals',
    gantt: 'one run before and after (with --run)',
  },
  gates: {
    '<scenario>':
      'change of the makespan in a scenario, by planner, as in all-warm; , and = as - in all-warm-no-transfers',
  },
  gateExample: 'all-warm<-20%',
  examples: [
    { command: 'wfa whatif --data sample:newer', comment: 'every scenario over the bundled newer runs' },
    {
      command: 'wfa whatif --scenario all-warm,no-transfers --speedup multiply_chunks=2 --data sample:newer',
      comment: 'two changes together, and one function twice as quick',
    },
    {
      command: 'wfa whatif --run 1795340906110 --scenario all-warm --data sample:newer --chart run.svg',
      comment: 'one run before and after',
    },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).whatif,
};
