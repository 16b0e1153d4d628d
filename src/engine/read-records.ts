import type { TaskMap } from '../engines/index.ts';
import { UserError } from '../errors.ts';
import { decodeRecords, decodeText, type Format, type RawRecord, takeRecords, wordInput } from '../formats/index.ts';
import type { ReadRun } from '../model/engine-records.ts';
import { type Issue, wordIssue } from '../model/issue.ts';
import { wordOrigin } from '../model/ledger.ts';
import type { Origin } from '../model/run.ts';
import { describeForeign, type RecognizedRun, recognizeRuns } from './engine-records.ts';
import { inputFormats } from './input-formats.ts';
import {
  type LabelledInput,
  MOST_FOREIGN_RECORDS,
  NO_RUN_RECORDS,
  openTapped,
  type Progress,
  readAll,
} from './inputs.ts';
import { joinSnapshots } from './join-snapshots.ts';

/** Inputs → native records, each run once. What is left out, and what is incomplete, is told. */

/** A record that is meant to be a run's. */
export interface NativeRecord {
  readonly runId: string;
  /** JSON in UTF-8 on one line, as it stands in the input. */
  readonly text: Uint8Array;
  readonly origin: Origin;
  /** Reads it as a run, under the label that `--data label=uri` gives, else the URI. */
  readonly readRun: () => ReadRun;
}

/** Says what becomes of a record, or why it is left out. */
type Take<Item> = (record: NativeRecord) => { readonly item: Item } | { readonly issue: Issue };

/** The reader turns inputs into native records; a run that was read before is left out. */
export class RecordReader<Item> {
  readonly #inputs: readonly LabelledInput[];
  readonly #table: TaskMap | null;
  readonly #take: Take<Item>;
  readonly #progress: Progress;
  readonly #runIds = new Set<string>();
  /** Lines say what was left out or is incomplete, and why. */
  readonly problems: string[] = [];
  /** Lines say which files were passed over because they are something else. */
  readonly notes: string[] = [];

  /** `table` says which columns are what in tables of tasks; `null`: no table is one. */
  constructor(inputs: readonly LabelledInput[], table: TaskMap | null, take: Take<Item>, progress: Progress) {
    this.#inputs = inputs;
    this.#table = table;
    this.#take = take;
    this.#progress = progress;
  }

  get runCount(): number {
    return this.#runIds.size;
  }

  /** `UserError` when there is no run at all. */
  async *read(): AsyncGenerator<Item> {
    const formats = inputFormats(this.#table, await joinSnapshots(this.#inputs));
    yield* readAll(this.#inputs, this.#progress, {
      read: (given) => this.#readInput(given, formats),
      skip: ({ uri, reason, isProblem }) => {
        (isProblem ? this.problems : this.notes).push(`skipped ${uri}: ${reason}`);
        return [];
      },
      foreign: NO_RUN_RECORDS,
    });
    if (this.runCount > 0) return;
    const names = this.#inputs.map(({ input }) => wordInput(input.uri)).join(', ');
    const { problems } = this;
    throw new UserError('no-runs', `No run could be read from ${names}.`, {
      hint: problems[0] && `The first of ${problems.length} problem${problems.length === 1 ? '' : 's'}: ${problems[0]}`,
    });
  }

  async *#readInput({ input, label }: LabelledInput, formats: readonly Format[]): AsyncGenerator<Item> {
    const { uri } = input;
    const before = this.#runIds.size;
    const issues: Issue[] = [];
    let lineCount = 0;
    const { bytes } = openTapped(input, false, (byteLength) => this.#progress.advance(byteLength, this.runCount));
    for await (const batch of decodeRecords(bytes, uri, formats)) {
      const records: RawRecord[] = [];
      const own = takeRecords(batch, uri, (record) => records.push(record));
      for (const record of records) yield* this.#takeRecord(record, { uri, label, lineCount }, issues);
      lineCount += own;
      if (this.#runIds.size === before && issues.length >= MOST_FOREIGN_RECORDS) break;
    }
    if (this.#runIds.size === before && issues[0] && issues.every(({ code }) => code === 'not-a-run-record')) {
      throw new UserError('not-run-records', `${wordInput(uri)} holds no run records.`, {
        hint: `The first problem: ${wordIssue(issues[0])}`,
      });
    }
    for (const issue of issues) this.problems.push(wordIssue(issue));
  }

  /** Gives nothing of what is left out. */
  *#takeRecord(record: RawRecord, from: RecordSource, issues: Issue[]): Generator<Item> {
    for (const native of toNatives(record, from)) {
      const taken = 'issue' in native ? native : this.#take(native);
      if ('issue' in native || 'issue' in taken) issues.push((taken as { issue: Issue }).issue);
      else if (this.#isNew(native)) yield taken.item;
    }
  }

  #isNew({ runId, origin }: NativeRecord): boolean {
    const isNew = !this.#runIds.has(runId);
    if (isNew) this.#runIds.add(runId);
    else this.problems.push(`${wordOrigin(origin)}: run ${runId} again: left out`);
    return isNew;
  }
}

/** The source of a record; its lines count from the one after `lineCount`. */
interface RecordSource {
  readonly uri: string;
  readonly label: string;
  readonly lineCount: number;
}

function toNatives(
  record: RawRecord,
  { uri, label, lineCount }: RecordSource,
): readonly (NativeRecord | { readonly issue: Issue })[] {
  if ('issue' in record)
    return [{ issue: { ...record.issue, origin: { uri, line: record.issue.origin.line + lineCount } } }];
  const origin = { uri, line: ('json' in record ? record.line : record.position.line) + lineCount };
  const decoded = 'json' in record ? record : decodeText(record.text, { ...record.position, line: origin.line });
  if ('issue' in decoded) return [decoded];
  const found = recognizeRuns(decoded.json, origin, label) ?? [{ issue: describeForeign(decoded.json, origin) }];
  return found.map((run) => ('issue' in run ? run : { ...writeNative(run, record), origin }));
}

/** Writes the record of a run; one that came as JSON text stays as it stands. */
function writeNative({ runId, read, writeRecord }: RecognizedRun, record: RawRecord): Omit<NativeRecord, 'origin'> {
  if ('text' in record && writeRecord === undefined) return { runId, text: toOneLine(record.text), readRun: read };
  const json = writeRecord === undefined ? (record as { readonly json: unknown }).json : writeRecord();
  return { runId, text: Buffer.from(JSON.stringify(json)), readRun: read };
}

const [LINE_FEED, CARRIAGE_RETURN] = [0x0a, 0x0d];

/** JSON has line breaks between its tokens only, where they mean nothing, and the indentation after them neither. */
function toOneLine(text: Buffer): Uint8Array {
  if (!text.includes(LINE_FEED) && !text.includes(CARRIAGE_RETURN)) return text;
  return Buffer.from(text.toString('latin1').replace(/[\r\n][ \t\r\n]*/g, ''), 'latin1');
}
