import { RECORDED_KINDS } from '../../src/model/recorded.ts';

/** What an analysis is asked in a test. */
export interface Example {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, string | readonly string[] | boolean>>;
  /** So many runs have some 200,000 facts, where a run does not stand for one. */
  readonly many?: number;
}

/** Whole, because another run of the many made here may have an id that begins alike. */
const SAMPLE_RUN_ID =
  '1795341014188.final_comprehensive_report.9184269e-e561-46b0-b138-49914a8e9229.49d2656a6f03d981775c70e42e009b7e67de246b751d65d9a1675493580f5db3';

/** What each analysis is asked here: a new one adds a line. */
export const EXAMPLES: Record<string, readonly Example[]> = {
  runs: [
    { arguments: [], options: {} },
    { arguments: [], options: { list: true } },
  ],
  accuracy: [{ arguments: [], options: {} }],
  // What it predicts are tasks, transfers and start-ups, each by all strategies: a run has hundreds.
  backtest: [
    { arguments: [], options: {}, many: 2_000 },
    { arguments: [], options: { strategy: ['pooled,half-life=10'], by: 'history', budget: true }, many: 500 },
  ],
  compare: [
    { arguments: ['uniform', 'non-uniform'], options: {} },
    { arguments: ['uniform', 'non-uniform', 'uniform-opt'], options: { metric: ['all'], block: 'workflow' } },
    { arguments: ['planner=uniform,sla=p50', 'planner=uniform,sla=p90'], options: { includeUnplanned: true } },
  ],
  claim: [
    { arguments: ['non-uniform is 53 % faster than uniform'], options: {} },
    {
      arguments: [],
      options: {
        claims: 'uniform vs non-uniform: makespan +4 %\nuniform-opt uses 10 % less memory than uniform',
        ways: true,
      },
    },
  ],
  breakdown: [
    { arguments: [], options: {} },
    { arguments: [], options: { block: 'workflow', includeUnplanned: true } },
    { arguments: [], options: { by: 'function' } },
    { arguments: [], options: { by: 'startup' } },
  ],
  prewarm: [
    { arguments: [], options: {} },
    { arguments: [], options: { keepAlive: '8' } },
  ],
  run: [{ arguments: [SAMPLE_RUN_ID], options: { plan: true } }],
  taskdup: [{ arguments: [], options: {} }],
  memory: [
    { arguments: [], options: {} },
    { arguments: [], options: { driftAt: '2026-11-22T12:00:00Z', prices: 'gcp-functions', includeUnplanned: true } },
  ],
  failures: [
    { arguments: [], options: {} },
    { arguments: [], options: { block: 'workflow', includeUnplanned: true } },
  ],
  preload: [{ arguments: [], options: { planner: 'uniform-opt' } }],
  rank: [
    { arguments: [], options: { common: true } },
    { arguments: ['uniform', 'non-uniform'], options: { metric: ['all'], block: 'workflow', includeUnplanned: true } },
    { arguments: [], options: { by: 'sla' } },
    { arguments: [], options: { stat: 'median' } },
    { arguments: [], options: { stat: 'p99' } },
  ],
  scaling: [{ arguments: [], options: {} }],
  'plan-campaign': [
    { arguments: [], options: {} },
    { arguments: [], options: { effect: '10', budget: '50' } },
  ],
  conflicts: [{ arguments: [], options: {} }],
  sla: [{ arguments: [], options: {} }],
  whatif: [
    { arguments: [], options: {} },
    {
      arguments: [],
      options: { scenario: ['all-warm,no-transfers'], speedup: ['multiply_chunks=2'], includeUnplanned: true },
    },
    { arguments: [], options: { run: SAMPLE_RUN_ID, prices: 'gcp-functions' } },
  ],
  // What it counts are sessions of workers: ten to a run.
  workers: [
    { arguments: [], options: {}, many: 20_000 },
    { arguments: [], options: { plan: true, reuse: 'lru', concurrency: '2' }, many: 20_000 },
  ],
};

/**
 * The kind of information that each analysis names as lacking, of runs that record tasks, starts and ends only; `null`: it has an answer.
 * A new one adds a line.
 */
export const LACKING: Readonly<Record<string, string | null>> = {
  runs: null,
  run: null,
  compare: null,
  claim: null,
  rank: null,
  preload: RECORDED_KINDS.edges,
  accuracy: RECORDED_KINDS.plans,
  backtest: RECORDED_KINDS.sizes,
  sla: RECORDED_KINDS.plans,
  breakdown: RECORDED_KINDS.edges,
  prewarm: RECORDED_KINDS.optimizations,
  taskdup: RECORDED_KINDS.optimizations,
  failures: RECORDED_KINDS.sink,
  memory: RECORDED_KINDS.memory,
  scaling: RECORDED_KINDS.edges,
  conflicts: RECORDED_KINDS.edges,
  whatif: RECORDED_KINDS.edges,
  workers: RECORDED_KINDS.startups,
  'plan-campaign': null,
};
