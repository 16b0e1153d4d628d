import * as z from 'zod';
import { MOST_EPOCH_MS } from '../model/run.ts';

/**
 * The native run record as a zod schema: the schema of record, printed by `wfa schema`. The reader's hot path
 * (`parse-run.ts`) checks the same by hand, and a property test holds the two together. Fields that wfa does not read are
 * not listed; unknown fields are ignored.
 */

const milliseconds = z.number().describe('milliseconds');
const epochMs = z.number().min(-MOST_EPOCH_MS).max(MOST_EPOCH_MS).describe('epoch milliseconds');
const epochSeconds = z
  .number()
  .min(-MOST_EPOCH_MS / 1000)
  .max(MOST_EPOCH_MS / 1000)
  .describe('epoch seconds');
const bytes = z.number().describe('bytes');

const resourceConfiguration = z.object({
  memory_mb: z.number(),
  worker_id: z.string().nullable().describe('null: a flexible worker'),
});

const duplicationPrediction = z.object({
  original_download_time_ms: milliseconds,
  original_exec_time_ms: milliseconds,
  original_upload_time_ms: milliseconds,
  my_download_output_time_ms: milliseconds,
  my_inputs_download_time_ms: milliseconds,
  my_exec_time_ms: milliseconds,
});

const dagNode = z.object({
  id: z.string(),
  func_name: z.string(),
  upstream: z.array(z.string()),
  downstream: z.array(z.string()),
  worker_config: resourceConfiguration,
  optimizations: z.array(z.string()),
  duppable_tasks_predictions: z.record(z.string(), duplicationPrediction).nullish(),
});

const plannedNode = z.object({
  serialized_input_size: bytes,
  serialized_output_size: bytes,
  downloadable_input_size_bytes: bytes,
  uploadable_output_size_bytes: bytes,
  worker_startup_state: z.enum(['cold', 'warm']).nullable(),
  tp_worker_startup_time_ms: milliseconds,
  tp_download_time_ms: milliseconds,
  tp_exec_time_ms: milliseconds,
  tp_upload_time_ms: milliseconds,
  total_download_time_ms: milliseconds,
  earliest_start_ms: milliseconds,
  task_completion_time_ms: milliseconds,
});

const plan = z.object({
  planner_name: z.string(),
  sla: z.union([z.literal('average'), z.object({ percentile: z.number().min(0).max(100) })]),
  nodes_info: z.record(z.string(), plannedNode),
  critical_path_node_ids: z.array(z.string()),
});

const optimizationMetric = z.union([
  z.object({ type: z.literal('PreLoad'), preloaded: z.string() }),
  z.object({ type: z.literal('TaskDup'), dupped: z.string() }),
  z.object({
    type: z.literal('PreWarm'),
    resource_config: resourceConfiguration,
    absolute_trigger_timestamp_s: epochSeconds,
  }),
  z
    // Aborting makes the union report as a whole, rather than that a PreLoad without its field is no unknown optimization.
    .object({
      type: z.string().refine((type) => !['PreLoad', 'TaskDup', 'PreWarm'].includes(type), { abort: true }),
    })
    .describe('an optimization that wfa does not know: ignored'),
]);

const taskMetrics = z.object({
  worker_resource_configuration: resourceConfiguration,
  started_at_timestamp_s: epochSeconds,
  input_metrics: z.object({
    hardcoded_input_size_bytes: bytes,
    tp_total_time_waiting_for_inputs_ms: milliseconds.nullable(),
    input_download_metrics: z.record(
      z.string(),
      z.object({ serialized_size_bytes: bytes, time_ms: milliseconds.nullable() }),
    ),
  }),
  tp_execution_time_ms: milliseconds,
  update_dependency_counters_time_ms: milliseconds.nullable(),
  output_metrics: z.object({ serialized_size_bytes: bytes, tp_time_ms: milliseconds.nullable() }),
  total_invocations_count: z.number(),
  total_invocation_time_ms: milliseconds.nullable(),
  planner_used_name: z.string(),
  optimization_metrics: z.array(optimizationMetric),
});

const workerStartup = z.object({
  resource_configuration: resourceConfiguration,
  initial_task_ids: z.array(z.string()),
  start_time_ms: epochMs,
  end_time_ms: epochMs.nullable(),
  state: z.enum(['cold', 'warm']).nullable(),
});

const resourceUsage = z.union([
  z.object({ run_time_seconds: z.number(), gb_seconds: z.number() }).describe('newer engines'),
  z
    .object({ run_time_seconds: z.number(), memory_bytes: z.number().describe('byte-seconds') })
    .describe('older engines'),
]);

/** One run: one execution of one workflow. */
export const runRecordSchema = z
  .object({
    master_dag_id: z.string(),
    dag_name: z.string(),
    dag: z.object({
      master_dag_structure_hash: z.string(),
      sink_node_id: z.string(),
      root_node_ids: z.array(z.string()),
      nodes: z.array(dagNode),
    }),
    submission: z.object({ dag_submission_time_ms: epochMs }).nullable(),
    plan: plan.nullable(),
    tasks: z.array(z.object({ internal_task_id: z.string(), metrics: taskMetrics.nullable() })),
    worker_startups: z.array(workerStartup),
    dag_downloads: z.array(z.object({ download_time_ms: milliseconds, serialized_size_bytes: bytes })),
    resource_usage: resourceUsage.nullable(),
  })
  .describe('A run record of the engine: one execution of one workflow');
