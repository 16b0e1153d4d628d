import packageJson from '../../package.json' with { type: 'json' };
import { parsePrices } from '../analyses/named-options.ts';
import { type Biller, createBiller } from '../cost/bill.ts';
import type { PriceTable } from '../cost/price-table.ts';
import { listLabelled } from '../engine/inputs.ts';
import { type NativeRecord, RecordReader } from '../engine/read-records.ts';
import { UserError } from '../errors.ts';
import { encodeParquet } from '../formats/index.ts';
import { type BillableUse, listBillableUse, type UnbillableReason } from '../model/billable-use.ts';
import type { Measurement } from '../model/metrics.ts';
import type { Run } from '../model/run.ts';
import { describeRun } from '../model/run-facts.ts';
import { refuseSharedPlaces } from '../output/destination.ts';
import { choosePacking } from '../output/pack.ts';
import { checkDestination, writeStream } from '../output/write.ts';
import { type RunRow, runColumns } from '../tables/run-table.ts';
import { listTaskRows, TASK_COLUMNS, type TaskRow } from '../tables/task-table.ts';
import type { CommonFlags } from './common-flags.ts';
import type { Encode, Encoding, Source } from './encoding.ts';
import { type Io, STATUS, say } from './io.ts';
import { parseData, parseOutput, parseSourceSettings } from './options.ts';
import { listFilePlaces } from './plan-loading.ts';
import { createProgress } from './progress.ts';
import { type MapFlags, readTaskMap } from './read-map.ts';
import { inlinePrices } from './read-prices.ts';

/** `wfa convert` and `wfa import`: records of any source as they stand, one per line, or as tables in Parquet. */

export interface ConvertFlags extends Pick<CommonFlags, SourceFlag> {
  readonly data?: readonly string[];
  readonly output?: string;
  readonly table?: string;
  /** One of `FOREIGN_FORMS`. */
  readonly to?: string;
  /** False after `--no-records`. */
  readonly records?: boolean;
  readonly prices?: string;
  readonly strict?: boolean;
}

type SourceFlag = 's3Endpoint' | 's3PathStyle' | 'signRequest' | 'requestPayer' | keyof MapFlags;

/** Writes all runs, lists every problem on standard error, and gives the exit status. `UserError` when there is no run. */
export async function runConvert(uris: readonly string[], flags: ConvertFlags, io: Io): Promise<number> {
  const given = [...uris, ...(flags.data ?? [])];
  const data = await parseData(given.length > 0 ? given : undefined, io.env);
  const settings = parseSourceSettings(flags);
  const path = parseOutput(flags.output);
  const table = await readTaskMap(flags);
  const encode = await chooseEncoding(path, flags);
  if (path !== null) checkDestination(path);
  const packing = await choosePacking(path);
  const inputs = await listLabelled(data, settings);
  const places = inputs.map(({ input: { uri } }) => ({ flag: 'the input', place: uri }));
  await refuseSharedPlaces([{ flag: '--output', place: path }], [...places, ...listFilePlaces({ ...flags }, flags)]);
  const { chunks, summary } = encode({ inputs, table }, io);
  const complete = await writeStream(path, packing(chunks), settings, io);
  const { problems, notes, written } = summary();
  for (const problem of [...problems, ...notes]) say(io, `wfa: ${problem}`);
  // A reader that closed the pipe has not been given what was read.
  if (!complete) return STATUS.done;
  const noted = problems.length > 0 ? `, ${count(problems.length, 'problem')}` : '';
  say(io, `wfa: ${written} written to ${path ?? 'standard output'}${noted}`);
  return flags.strict && problems.length > 0 ? STATUS.failed : STATUS.done;
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

/** Chooses the encoding by the ending of the output's name. */
async function chooseEncoding(path: string | null, flags: ConvertFlags): Promise<Encode> {
  if (flags.to !== undefined) return chooseForeign(path, flags.to, flags);
  const isParquet = path !== null && /\.parquet$/i.test(path);
  refuseIdle(path, isParquet, flags);
  if (isParquet && flags.table === 'tasks') return encodeTasks;
  if (isParquet) {
    const { options } = await inlinePrices({ arguments: [], options: { prices: flags.prices } });
    const { table } = parsePrices({ options });
    return (source, io) => encodeRuns(source, io, flags.records !== false, table);
  }
  if (path !== null) checkEnding(path);
  return encodeLines;
}

/** Chooses the encoding of another tool's form, for which the output's name may not say anything else. */
async function chooseForeign(path: string | null, form: string, flags: ConvertFlags): Promise<Encode> {
  refuseIdle(path, false, flags);
  if (path !== null && !/\.(json|ndjson|jsonl)(\.(gz|zst))?$/i.test(path)) {
    throw new UserError('bad-option', `--to ${form} is JSON, and --output '${path}' does not end so`, {
      hint: `As in: wfa convert runs.ndjson.gz --to ${form} -o ${form === 'wfformat' ? 'instances.ndjson' : 'trace.json'}`,
    });
  }
  const { encodeInstances, encodeTrace } = await import('./convert-foreign.ts');
  return form === 'wfformat' ? (source, io) => encodeInstances(source, io, path) : encodeTrace;
}

/** Refuses options that would do nothing. */
function refuseIdle(path: string | null, isParquet: boolean, { table, records, prices }: ConvertFlags): void {
  if (prices !== undefined && !(isParquet && table !== 'tasks')) {
    throw new UserError('bad-option', '--prices is for a table of runs in Parquet, which has their cost', {
      hint: 'As in: wfa convert runs.ndjson.gz --prices gcp-functions -o runs.parquet',
    });
  }
  const option = table !== undefined ? '--table' : records === false ? '--no-records' : null;
  if (isParquet || option === null) return;
  throw new UserError('bad-option', `${option} is for Parquet, not for ${path ?? 'standard output'}`, {
    hint: 'Let the output end in .parquet: -o FILE.parquet',
  });
}

/** A name without an ending, as devices and pipes have, asks for nothing. */
function checkEnding(path: string): void {
  const name = path.replace(/^.*\//, '').replace(/\.(gz|zst)$/i, '');
  const ending = /.\.[^.]+$/.exec(name)?.[0].slice(1);
  if (ending === undefined || /^\.(ndjson|jsonl|json)$/i.test(ending)) return;
  throw new UserError('bad-option', `--output '${path}': wfa writes no ${ending}`, {
    hint: 'The endings are .parquet for tables, and .ndjson, .ndjson.gz or .ndjson.zst for records, one per line.',
  });
}

const LINE_FEED = Buffer.from('\n');

const encodeLines: Encode = ({ inputs, table }, io) => {
  const reader = new RecordReader(inputs, table, ({ text }) => ({ item: text }), createProgress(io));
  const lines = async function* () {
    for await (const text of reader.read()) yield Buffer.concat([text, LINE_FEED]);
  };
  return {
    chunks: lines(),
    summary: () => ({ problems: reader.problems, notes: reader.notes, written: count(reader.runCount, 'run') }),
  };
};

function encodeRuns(source: Source, io: Io, records: boolean, prices: PriceTable): Encoding {
  const { inputs, table } = source;
  const reader = new RecordReader(inputs, table, toRow, createProgress(io));
  const canReadTwice = inputs.every(({ input }) => input.uri !== '-');
  const rows = async function* (): AsyncGenerator<RunRow> {
    const bill = createBiller(prices, canReadTwice ? await readUses(source, io) : []);
    for await (const row of reader.read()) yield { ...row, cost: measureCost(row.run, bill), prices: prices.name };
  };
  const notes = canReadTwice ? [] : [ONCE];
  return {
    chunks: encodeParquet(runColumns({ records }), rows(), CREATED_BY),
    summary: () => ({
      problems: reader.problems,
      notes: [...reader.notes, ...notes],
      written: count(reader.runCount, 'run'),
    }),
  };
}

const ONCE =
  'standard input is read only once: runs that launched containers ahead have no cost, which takes the cold starts of all runs';

/** Reads what all runs used: how long their cold starts took has to be known before the first row is written. */
async function readUses({ inputs, table }: Source, io: Io): Promise<(BillableUse | UnbillableReason)[]> {
  const reader = new RecordReader(inputs, table, toRow, createProgress(io));
  const uses: (BillableUse | UnbillableReason)[] = [];
  for await (const { run } of reader.read()) uses.push(listBillableUse(run));
  return uses;
}

function measureCost(run: Run, bill: Biller): Measurement {
  const written = bill(listBillableUse(run));
  return typeof written === 'string' ? written : written.totalUsd;
}

const encodeTasks: Encode = ({ inputs, table }, io) => {
  const reader = new RecordReader(inputs, table, toRow, createProgress(io));
  let taskCount = 0;
  const rows = async function* (): AsyncGenerator<TaskRow> {
    for await (const { run, facts } of reader.read()) {
      const own = listTaskRows(run, facts);
      taskCount += own.length;
      yield* own;
    }
  };
  const written = () => `${count(taskCount, 'task')} of ${count(reader.runCount, 'run')}`;
  return {
    chunks: encodeParquet(TASK_COLUMNS, rows(), CREATED_BY),
    summary: () => ({ problems: reader.problems, notes: reader.notes, written: written() }),
  };
};

const CREATED_BY = `wfa version ${packageJson.version}`;

/** Only what is a run throughout has a row: figures of half a record would be wrong ones. */
function toRow({ text, readRun }: NativeRecord) {
  const outcome = readRun();
  if ('issue' in outcome) return outcome;
  const { run } = outcome;
  return { item: { run, facts: describeRun(run), record: text } };
}
