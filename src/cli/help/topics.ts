import { QUANTITIES } from '../../analyses/accuracy/quantities.ts';
import { COMMON_HEADINGS, OWN_HEADINGS } from '../../analyses/headings.ts';
import { KEYS, unitOfKey, wordsOfKey } from '../../analyses/keys.ts';
import { ANALYSES } from '../../analyses/list.ts';
import { TASK_KEYS } from '../../engines/index.ts';
import { DEFAULT_METRIC_KEYS } from '../../model/metrics.ts';
import { FORMATS, OUTPUT_ENDINGS } from '../../render/index.ts';
import { wrapWords } from '../../view/wrap.ts';
import { KEY_PAIRS, listPairs, listUnder, METRIC_PAIRS, type Pair } from './lists.ts';
import { STATISTICS } from './statistics.ts';

/** The pages of `wfa help TOPIC`: each from the tables that the code itself uses. */

const wrap = (text: string, columns: number): string => wrapWords(text, columns, (line) => line.length, '').join('\n');

const writeMetrics = (columns: number): string =>
  [
    wrap(
      `What planners are compared by: --metric of compare, rank and sla, and --fail-on. Less of every metric is better. Unasked: ${DEFAULT_METRIC_KEYS.join(', ')}. A run without the figure is left out of that metric, and said so.`,
      columns,
    ),
    listUnder('Metrics:', METRIC_PAIRS, columns),
    listUnder(
      'Quantities that plans predict (--quantity of accuracy):',
      QUANTITIES.map(({ key, label, unit }): Pair => [key, `${label} (${unit})`]),
      columns,
    ),
  ].join('\n\n');

function writeColumns(columns: number, command: string | undefined): string {
  const keys = Object.keys(KEYS).sort();
  const words = keys.map((key): Pair => {
    const unit = unitOfKey(key);
    return [key, `${wordsOfKey(key)}${unit === undefined ? '' : ` [${unit}]`}`];
  });
  const own = Object.entries(OWN_HEADINGS).filter(([name]) => command === undefined || command === name);
  return [
    wrap(
      'Columns of --format csv and ndjson, and keys of --format json, with their units; empty, or null: not measured. Planners, workflows and ids stand there as the record has them. wfa schema COMMAND says where each key stands.',
      columns,
    ),
    ...(command === undefined ? [listPairs(words, columns)] : []),
    listUnder('Headings of tables for people:', Object.entries(COMMON_HEADINGS), columns),
    ...own.map(([name, headings]) => listUnder(`Headings of wfa ${name}:`, Object.entries(headings), columns)),
  ].join('\n\n');
}

const writeGates = (columns: number): string =>
  [
    wrap(
      "--fail-on 'NAME>BOUND' or 'NAME<BOUND' ends with status 1 when the whole 95 % interval lies beyond the bound, and with status 3 when that cannot be decided: the interval straddles the bound, there is none, or it is a hint only. Bounds are in % of a share or a change, in ms or s of a time, or a count. Quote the gate for the shell.",
      columns,
    ),
    ...ANALYSES.filter(({ gateExample }) => gateExample !== null).map(({ name, gates, gateExample }) =>
      listUnder(`wfa ${name}, as in --fail-on '${gateExample}':`, Object.entries(gates), columns),
    ),
  ].join('\n\n');

const writeFilters = (columns: number): string =>
  [
    wrap(
      '--where KEY=VALUE keeps runs that have the value, --where KEY!=VALUE those that do not. Several values of one key: one of them is enough; of several keys: all must hold. --workflow, --planner and --sla are short for it; --since and --until take ISO 8601 or epoch s or ms. Arms of compare and rank take the same keys: planner=uniform,sla=p90.',
      columns,
    ),
    listUnder('Keys:', KEY_PAIRS, columns),
  ].join('\n\n');

function writeFormats(columns: number): string {
  const endingsOf = (format: string) =>
    Object.entries(OUTPUT_ENDINGS).flatMap(([ending, own]) => (own === format ? [ending] : []));
  return [
    wrap(
      '--format NAME, or the ending of --output FILE; a chart beside the table: --chart FILE. Formats for programs hold base units and full precision, and the names that the record has; JSON holds everything, with inputs, digests, ledger and warnings (wfa schema report). Behind csv and ndjson warnings stand on standard error.',
      columns,
    ),
    listUnder(
      'Formats:',
      Object.entries(FORMATS).map(([name, { words }]): Pair => {
        const endings = endingsOf(name);
        return [name, `${words}${endings.length > 0 ? ` (${endings.join(', ')})` : ''}`];
      }),
      columns,
    ),
    wrap(
      "Data are told by content. Read as they are: the engine's run records (objects with master_dag_id, dag and tasks), wfa's own (wfa schema run-record), Nextflow traces, Lithops statistics (pickles too, as data), Airflow task instances, SeBS experiments and SeBS-Flow measurements, histories of AWS Step Functions, Argo workflows and WfFormat instances. Any other table of tasks (CSV, TSV, NDJSON, a JSON array or Parquet) is read with --map KEY=COLUMN,… and --time-unit: columns are joined with +, 'a text' in single quotes is the same for all rows, --map @FILE is a saved map. A run is within one file. Constants alone (planner, workflow, sla) are said of all runs of files that are read as they are: --map \"planner='x'\".",
      columns,
    ),
    listUnder('Keys of --map:', Object.entries(TASK_KEYS), columns),
    wrap(
      "wfa workers also reads invocation logs: as the tools of platforms write them (REPORT text of AWS Lambda with instants, aws logs filter-log-events and get-query-results, Lambda's JSON lines, X-Ray traces, OpenWhisk activations), and any other with a --map of its own (wfa workers --help).",
      columns,
    ),
  ].join('\n\n');
}

const writeStatistics = (columns: number): string =>
  [wrap('How figures come about, in the words of tables and results.', columns), listPairs(STATISTICS, columns)].join(
    '\n\n',
  );

/** The topics by name. */
const WRITERS: Readonly<Record<string, (columns: number, command?: string) => string>> = {
  metrics: writeMetrics,
  columns: writeColumns,
  gates: writeGates,
  filters: writeFilters,
  formats: writeFormats,
  statistics: writeStatistics,
};

/** Writes the page of a topic; `undefined`: there is none of that name. */
export const writeTopic = (topic: string, columns: number, command?: string): string | undefined =>
  Object.hasOwn(WRITERS, topic) ? `${WRITERS[topic]?.(columns, command)}\n` : undefined;
