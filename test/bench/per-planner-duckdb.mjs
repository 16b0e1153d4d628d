// The figures of per-planner.py by DuckDB's read_json: node test/bench/per-planner-duckdb.mjs FILE [--told]
import { DuckDBInstance } from '@duckdb/node-api';

/** With --told: only the fields that are needed, with their types, so that DuckDB can leave the others alone. */
const COLUMNS = `{
  plan: 'STRUCT(planner_name VARCHAR)',
  submission: 'STRUCT(dag_submission_time_ms DOUBLE)',
  dag: 'STRUCT(sink_node_id VARCHAR)',
  tasks: 'STRUCT(internal_task_id VARCHAR, metrics STRUCT(started_at_timestamp_s DOUBLE, tp_execution_time_ms DOUBLE,
    input_metrics STRUCT(tp_total_time_waiting_for_inputs_ms DOUBLE), output_metrics STRUCT(tp_time_ms DOUBLE)))[]',
  resource_usage: 'STRUCT(gb_seconds DOUBLE, memory_bytes DOUBLE)'
}`;

const [file, told] = process.argv.slice(2);
const columns = told === '--told' ? `, columns = ${COLUMNS}` : '';
const connection = await (await DuckDBInstance.create()).connect();
const result = await connection.runAndReadAll(`
  WITH runs AS (
    SELECT *, list_filter(tasks, lambda t: t.internal_task_id = dag.sink_node_id)[1].metrics AS sink
    FROM read_json('${file.replaceAll("'", "''")}', format = 'newline_delimited'${columns}, maximum_object_size = 100000000)
    WHERE plan IS NOT NULL AND submission IS NOT NULL
  )
  SELECT
    plan.planner_name AS planner,
    median(sink.started_at_timestamp_s * 1000 + coalesce(sink.input_metrics.tp_total_time_waiting_for_inputs_ms, 0)
      + sink.tp_execution_time_ms + coalesce(sink.output_metrics.tp_time_ms, 0) - submission.dag_submission_time_ms) AS makespan,
    median(CASE WHEN len(list_filter(tasks, lambda t: t.metrics IS NULL)) = 0
      THEN list_sum(list_transform(tasks, lambda t: t.metrics.tp_execution_time_ms)) END) AS execution,
    median(nullif(coalesce(resource_usage.gb_seconds, resource_usage.memory_bytes / 1073741824), 0)) AS resources
  FROM runs GROUP BY 1 ORDER BY 1`);
for (const row of result.getRowObjectsJson()) process.stdout.write(`${JSON.stringify(row)}\n`);
