/**
 * `wfa accuracy` on runs whose truth is known: predictions that are true 90th percentiles must keep the coverage test at its
 * level, 70th percentiles called 90th must be rejected, a series without change must rarely be divided, a slow-down must be found.
 *
 *     node test/simulation/accuracy.mjs [repetitions]
 *
 * Seeded; exits 1 when a rate is outside what it has to be.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const REPETITIONS = Number(process.argv[2] ?? 1000);
const RUN_COUNT = 60;
const SIGMA = 0.3;
/** Standard normal quantiles (scipy 1.17.1, stats.norm.ppf). */
const Z = { 0.7: 0.5244005127080407, 0.9: 1.2815515655446004 };

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'wfa-simulation-'));
const outfile = join(folder, 'wfa.mjs');
await build({
  stdin: {
    contents: `export { accuracy } from './src/analyses/accuracy/accuracy.ts';
      export { parseRun } from './src/model/parse-run.ts';
      export { describeRun } from './src/model/run-facts.ts';
      export { createRandom } from './src/stats/random.ts';`,
    resolveDir: root,
  },
  bundle: true,
  format: 'esm',
  platform: 'node',
  outfile,
  logLevel: 'error',
});
const { accuracy, parseRun, describeRun, createRandom } = await import(pathToFileURL(outfile).href);

/** Standard normal by Box and Muller. */
const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const PLANNED = {
  serialized_input_size: 1,
  serialized_output_size: 1,
  downloadable_input_size_bytes: 0,
  uploadable_output_size_bytes: 0,
  worker_startup_state: 'cold',
  tp_worker_startup_time_ms: 1,
  tp_download_time_ms: 0,
  tp_upload_time_ms: 0,
  total_download_time_ms: 0,
  earliest_start_ms: 0,
};

/** A run of one task that takes `actualMs` and was predicted to take `predictedMs`. */
function recordOf(k, actualMs, predictedMs, planner) {
  const id = `work+${k}`;
  const atMs = 1_700_000_000_000 + k * 60_000;
  const worker = { memory_mb: 512, worker_id: 'w', cpus: 1 };
  return {
    master_dag_id: `${atMs}.work.${k}.simulated`,
    dag_name: 'simulated',
    dag: {
      master_dag_structure_hash: 'simulated',
      sink_node_id: id,
      root_node_ids: [id],
      nodes: [
        {
          id,
          func_name: 'work',
          upstream: [],
          downstream: [],
          worker_config: worker,
          optimizations: [],
          optimizations_params: [],
          duppable_tasks_predictions: {},
        },
      ],
    },
    submission: { dag_submission_time_ms: atMs },
    plan: {
      planner_name: planner,
      sla: { percentile: 90 },
      nodes_info: {
        [id]: { ...PLANNED, tp_exec_time_ms: predictedMs, task_completion_time_ms: predictedMs },
      },
      critical_path_node_ids: [id],
      prediction_sample_counts: {},
    },
    tasks: [
      {
        global_task_id: id,
        internal_task_id: id,
        metrics: {
          worker_resource_configuration: worker,
          started_at_timestamp_s: atMs / 1000,
          input_metrics: {
            hardcoded_input_size_bytes: 1,
            tp_total_time_waiting_for_inputs_ms: null,
            input_download_metrics: {},
          },
          tp_execution_time_ms: actualMs,
          execution_time_per_input_byte_ms: null,
          update_dependency_counters_time_ms: null,
          output_metrics: { serialized_size_bytes: 1, tp_time_ms: null },
          total_invocations_count: 0,
          total_invocation_time_ms: null,
          planner_used_name: planner,
          optimization_metrics: [],
        },
      },
    ],
    worker_startups: [],
    dag_downloads: [],
    resource_usage: null,
  };
}

const options = accuracy.parseOptions({ arguments: [], options: { quantity: ['execution-time'] } });

/** One history through the real stages: parse, extract, analyze. `shift(k)` multiplies the k-th run. */
function analyzeHistory(seed, predictedMs, shift = () => 1) {
  const random = createRandom(seed);
  const facts = Array.from({ length: RUN_COUNT }, (_, k) => {
    const actualMs = 1000 * Math.exp(SIGMA * normal(random)) * shift(k);
    const parsed = parseRun(
      recordOf(k, actualMs, predictedMs, 'UniformPlanner'),
      { uri: 'simulated', line: k + 1 },
      'simulated',
    );
    if (!parsed.run) throw new Error(`the simulated record is no run: ${JSON.stringify(parsed)}`);
    return accuracy.extract(parsed.run, describeRun(parsed.run), options);
  });
  return accuracy.analyze(facts, options, 1).result;
}

function rate(name, bounds, holds) {
  let count = 0;
  for (let seed = 1; seed <= REPETITIONS; seed++) if (holds(seed)) count++;
  const share = count / REPETITIONS;
  const fine = share >= bounds[0] && share <= bounds[1];
  process.stdout.write(
    `${fine ? 'ok  ' : 'BAD '} ${name}: ${share.toFixed(3)} (has to be ${bounds[0]} to ${bounds[1]})\n`,
  );
  return fine;
}

const quantileMs = (level) => 1000 * Math.exp(SIGMA * Z[level]);
const rejected = (result) => result.scores[0].coverageP < 0.05;
// Two standard errors of the rate itself.
const slack = 2 * Math.sqrt((0.05 * 0.95) / REPETITIONS);
const verdicts = [
  rate(
    'true p90 kept by the coverage test',
    [0.95 - slack, 1],
    (seed) => !rejected(analyzeHistory(seed, quantileMs(0.9))),
  ),
  rate('p70 called p90 rejected', [0.95, 1], (seed) => rejected(analyzeHistory(seed, quantileMs(0.7)))),
  rate(
    'interval of the median error holds the truth',
    [0.95 - slack, 1],
    (() => {
      // The median of |q/y − 1| of a lognormal y, from a million draws of the same generator.
      const random = createRandom(987_654_321);
      const errors = Float64Array.from({ length: 1_000_000 }, () =>
        Math.abs(quantileMs(0.9) / (1000 * Math.exp(SIGMA * normal(random))) - 1),
      ).sort();
      const truth = errors[500_000];
      return (seed) => {
        const { mdapeLow, mdapeHigh } = analyzeHistory(seed, quantileMs(0.9)).scores[0];
        return mdapeLow <= truth && truth <= mdapeHigh;
      };
    })(),
  ),
  rate(
    'change point where nothing changed',
    [0, 0.05 + slack],
    (seed) => analyzeHistory(seed, quantileMs(0.9)).changePoints.length > 0,
  ),
  rate('slow-down ×1.6 at run 40 found within two runs', [0.8, 1], (seed) =>
    analyzeHistory(seed, quantileMs(0.9), (k) => (k < 40 ? 1 : 1.6)).changePoints.some(
      ({ signal, index }) => signal === 'actual' && Math.abs(index - 40) <= 2,
    ),
  ),
];
await rm(folder, { recursive: true });
process.exitCode = verdicts.every(Boolean) ? 0 : 1;
