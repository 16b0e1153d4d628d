// The figures of per-planner.py by DuckDB's read_json: node test/bench/per-planner-duckdb.mjs FILE fields|types. Left to find out
// the types for itself it ran out of memory (18 GB for a file of 1 GB), so it is told either the names of the fields at the top,
// which it then hands on as JSON, or all fields that are needed with their types, so that it can leave the others alone.
import { DuckDBInstance } from '@duckdb/node-api';

const [file, told] = process.argv.slice(2);
const COLUMNS = {
  fields: "{ plan: 'JSON', submission: 'JSON', dag: 'JSON', tasks: 'JSON[]', resource_usage: 'JSON' }",
  types: `{
    plan: 'STRUCT(planner_name VARCHAR)',
    submission: 'STRUCT(dag_submission_time_ms DOUBLE)',
    dag: 'STRUCT(sink_node_id VARCHAR)',
    tasks: 'STRUCT(internal_task_id VARCHAR, metrics STRUCT(started_at_timestamp_s DOUBLE, tp_execution_time_ms DOUBLE,
      input_metrics STRUCT(tp_total_time_waiting_for_inputs_ms DOUBLE), output_metrics STRUCT(tp_time_ms DOUBLE)))[]',
    resource_usage: 'STRUCT(gb_seconds DOUBLE, memory_bytes DOUBLE)'
  }`,
};
const text = (from, path) => (told === 'types' ? `${from}.${path}` : `(${from} ->> '$.${path}')`);
const number = (from, path) => (told === 'types' ? `${from}.${path}` : `${text(from, path)}::DOUBLE`);

const connection = await (await DuckDBInstance.create()).connect();
const result = await connection.runAndReadAll(`
  WITH runs AS (
    SELECT *, list_filter(tasks, lambda t: ${text('t', 'internal_task_id')} = ${text('dag', 'sink_node_id')})[1] AS sink
    FROM read_json('${file.replaceAll("'", "''")}', format = 'newline_delimited', columns = ${COLUMNS[told]},
      maximum_object_size = 100000000)
    WHERE plan IS NOT NULL AND submission IS NOT NULL
  )
  SELECT
    ${text('plan', 'planner_name')} AS planner,
    median(${number('sink', 'metrics.started_at_timestamp_s')} * 1000
      + coalesce(${number('sink', 'metrics.input_metrics.tp_total_time_waiting_for_inputs_ms')}, 0)
      + ${number('sink', 'metrics.tp_execution_time_ms')}
      + coalesce(${number('sink', 'metrics.output_metrics.tp_time_ms')}, 0)
      - ${number('submission', 'dag_submission_time_ms')}) AS makespan,
    median(CASE WHEN len(list_filter(tasks, lambda t: ${text('t', 'metrics')} IS NULL)) = 0
      THEN list_sum(list_transform(tasks, lambda t: ${number('t', 'metrics.tp_execution_time_ms')})) END) AS execution,
    median(nullif(coalesce(${number('resource_usage', 'gb_seconds')},
      ${number('resource_usage', 'memory_bytes')} / 1073741824), 0)) AS resources
  FROM runs GROUP BY 1 ORDER BY 1`);
for (const row of result.getRowObjectsJson()) process.stdout.write(`${JSON.stringify(row)}\n`);
