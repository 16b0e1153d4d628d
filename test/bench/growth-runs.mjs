// Runs of which something is many, for growth.mjs.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const SIZE = { memory_mb: 1024, cpus: 0.57 };
export const PLANNERS = ['UniformPlanner', 'NonUniformPlanner'];
const FIRST_AT_MS = 1_795_340_970_456;
export const FIRST_RUN_ID = `${FIRST_AT_MS}.sink.00000000`;

/** Each makes the i-th run of n; `tasks` of a run is 2 unless said. */
export const KINDS = {
  workflows: { run: (i) => ({ workflow: `flow-${i >> 1}`, planner: PLANNERS[i % 2] }) },
  planners: { run: (i) => ({ workflow: `flow-${i % 4}`, planner: `Planner${i >> 3}` }) },
  slas: { run: (i) => ({ workflow: `flow-${i % 4}`, planner: PLANNERS[(i >> 2) % 2], sla: 1 + (i >> 3) / 1e5 }) },
  functions: { run: (i) => ({ workflow: `flow-${i % 4}`, planner: PLANNERS[(i >> 2) % 2], functionName: `f${i}` }) },
  cell: { run: (i) => ({ workflow: 'flow', planner: PLANNERS[i % 2] }) },
  tasks: { isOneRun: true, run: (_, n) => ({ workflow: 'flow', planner: PLANNERS[0], taskCount: n, workerCount: n }) },
  worker: { isOneRun: true, run: (_, n) => ({ workflow: 'flow', planner: PLANNERS[0], taskCount: n, workerCount: 1 }) },
};

/** Writes so many runs, or one with so many tasks, of a kind. */
export async function writeRuns(kind, n, path) {
  const out = createWriteStream(path);
  const { run, isOneRun } = KINDS[kind];
  for (let i = 0; i < (isOneRun ? 1 : n); i++) {
    if (!out.write(`${JSON.stringify(makeRecord(i, run(i, n)))}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

/** A chain of tasks, or a fan-out and fan-in where each task has a worker of its own. */
function makeRecord(i, { workflow, planner, sla = 50, functionName = 'f', taskCount = 2, workerCount = 1 }) {
  const submittedAtMs = FIRST_AT_MS + i * 30_000;
  const runId = `${submittedAtMs}.sink.${String(i).padStart(8, '0')}-0000-4000-8000-000000000000.${workflow}`;
  const idOf = (t) => `${functionName}+${i}-${t}`;
  const isChain = workerCount === 1;
  const nextOf = isChain ? chain(taskCount) : fan(taskCount);
  const last = taskCount - 1;
  const tasks = Array.from({ length: taskCount }, (_, t) => {
    const { upstream, downstream, stepCount } = nextOf(t);
    const executionMs = 100 + ((i * 7919 + t * 104_729) % 997) / 10;
    return { t, id: idOf(t), upstream: upstream.map(idOf), downstream: downstream.map(idOf), stepCount, executionMs };
  });
  return {
    master_dag_id: runId,
    dag_name: workflow,
    dag: {
      master_dag_structure_hash: workflow,
      sink_node_id: idOf(last),
      root_node_ids: [idOf(0)],
      nodes: tasks.map((task) => makeNode(task, functionName)),
    },
    submission: { dag_submission_time_ms: submittedAtMs },
    plan: {
      planner_name: planner,
      sla: { percentile: sla },
      critical_path_node_ids: isChain ? tasks.map(({ id }) => id) : [idOf(0), idOf(1), idOf(last)],
      nodes_info: Object.fromEntries(tasks.map((task) => [task.id, makePrediction(task)])),
    },
    tasks: tasks.map((task) => makeMetrics(task, { i, runId, submittedAtMs, planner, workerCount })),
    worker_startups: tasks.slice(0, workerCount).map(({ t, id }) => ({
      master_dag_id: runId,
      resource_configuration: { ...SIZE, worker_id: null },
      start_time_ms: submittedAtMs + 10,
      initial_task_ids: [id],
      end_time_ms: submittedAtMs + 1000 + (t % 50),
      state: 'cold',
    })),
    dag_downloads: [{ download_time_ms: 5, create_subdags_time_ms: 0.1, serialized_size_bytes: 900 }],
    resource_usage: { master_dag_id: runId, run_time_seconds: 2, cpu_seconds: 1, gb_seconds: 2 },
  };
}

const chain = (taskCount) => (t) => ({
  upstream: t === 0 ? [] : [t - 1],
  downstream: t === taskCount - 1 ? [] : [t + 1],
  stepCount: t,
});

function fan(taskCount) {
  const last = taskCount - 1;
  const middle = Array.from({ length: Math.max(last - 1, 0) }, (_, at) => at + 1);
  return (t) => {
    if (t === 0) return { upstream: [], downstream: middle, stepCount: 0 };
    return t === last
      ? { upstream: middle, downstream: [], stepCount: 2 }
      : { upstream: [0], downstream: [last], stepCount: 1 };
  };
}

function makeNode({ t, id, upstream, downstream }, functionName) {
  return {
    id,
    func_name: functionName,
    upstream,
    downstream,
    worker_config: { ...SIZE, worker_id: null },
    optimizations: t === 0 ? ['PreLoad'] : [],
    optimizations_params: t === 0 ? [{ name: 'PreLoad' }] : [],
  };
}

function makePrediction({ t, stepCount }) {
  return {
    serialized_input_size: 76,
    serialized_output_size: 38,
    downloadable_input_size_bytes: 0,
    uploadable_output_size_bytes: 38,
    worker_startup_state: t === 0 ? 'cold' : null,
    tp_worker_startup_time_ms: t === 0 ? 1000 : 0,
    tp_download_time_ms: 10,
    tp_exec_time_ms: 140,
    tp_upload_time_ms: 10,
    total_download_time_ms: 10,
    earliest_start_ms: 1000 + 200 * stepCount,
    task_completion_time_ms: 1200 + 200 * stepCount,
  };
}

function makeMetrics({ t, id, upstream, stepCount, executionMs }, { i, runId, submittedAtMs, planner, workerCount }) {
  return {
    global_task_id: `${id}+${runId}`,
    internal_task_id: id,
    metrics: {
      worker_resource_configuration: { ...SIZE, worker_id: `w${i}-${t % workerCount}` },
      started_at_timestamp_s: (submittedAtMs + 1100 + 300 * stepCount) / 1000,
      input_metrics: {
        hardcoded_input_size_bytes: 76,
        tp_total_time_waiting_for_inputs_ms: null,
        input_download_metrics: Object.fromEntries(
          upstream.map((up) => [up, { serialized_size_bytes: 38, time_ms: 12 }]),
        ),
      },
      tp_execution_time_ms: executionMs,
      execution_time_per_input_byte_ms: executionMs / 76,
      update_dependency_counters_time_ms: 1,
      output_metrics: { serialized_size_bytes: 38, tp_time_ms: 12 },
      total_invocations_count: 0,
      total_invocation_time_ms: null,
      planner_used_name: planner,
      optimization_metrics: [],
    },
  };
}
