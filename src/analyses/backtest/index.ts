import type { AnalysisDefinition } from '../analysis.ts';

/**
 * The analysis makes predictions again from what had ended before each run: runs come in; how often the engine's predictor gives what plans
 * hold, and how well other strategies would have predicted the same runs, go out. It knows no planner: what a better prediction would
 * change in a plan is not its question.
 */
export const backtestDefinition: AnalysisDefinition = {
  name: 'backtest',
  summary: 'which way to predict is best, and how much history it needs',
  description:
    "Replays the engine's predictor on what had ended before each run was made, and says first how many stored predictions come " +
    'out the same. Then other strategies predict execution, download, upload and start-up times of the same runs: pinball loss ' +
    "against the engine's own, paired over runs, with intervals, and the share of tasks that stayed within the prediction. " +
    'Skill is the share of the loss that a strategy saves: above 0 it is better than the engine.',
  arguments: [],
  options: [
    {
      flags: '--strategy <parts>',
      description:
        'one more strategy: own, pooled or weighted history; last=RUNS or half-life=RUNS; per-byte, regression, latency-bandwidth, burst or engine; quantile=step; as in pooled,half-life=10',
      repeatable: true,
      leavesFacts: true,
    },
    {
      flags: '--tau <level>',
      description: 'level to predict, as 0.9 or p90 (default: p50, p75, p90 and p95)',
      repeatable: true,
      leavesFacts: true,
    },
    { flags: '--by <key>', description: 'also by planner, workflow or history: runs before it', leavesFacts: true },
    { flags: '--budget', description: 'also what the engine loses when less history is kept', leavesFacts: true },
  ],
  chartKinds: {
    skill: 'skill of each strategy against the engine, with intervals',
    budget: 'skill of the engine by how much history is kept',
    calibration: 'level asked for against the share of tasks within the prediction',
  },
  gates: {
    skill: 'share of the loss of the engine that a strategy saves, of every strategy, quantity and level',
    '<quantity>-skill': 'the same of one quantity: execution, download, upload or startup',
    'not-replayed': 'stored execution times that do not come out of the replay',
  },
  gateExample: 'skill<0%',
  examples: [
    { command: 'wfa backtest --data sample:newer', comment: 'every strategy on the bundled runs of the newer engine' },
    {
      command: 'wfa backtest --strategy pooled,half-life=10 --tau p90 --by planner --data runs.ndjson.gz',
      comment: 'a strategy of your own at one level, planner by planner',
    },
    {
      command: 'wfa backtest --budget --data sample:newer --chart-kind budget --chart budget.svg',
      comment: 'how little history is enough',
    },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).backtest,
};
