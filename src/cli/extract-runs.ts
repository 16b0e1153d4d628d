import { type Batch, decodeText, prepareScan, type RawRecord, type ScanRun, splitLines } from '../formats/index.ts';
import { type Filter, filterHolds } from '../model/filter.ts';
import type { Issue } from '../model/issue.ts';
import { looksLikeRun, parseRun } from '../model/parse-run.ts';
import type { Origin, Run } from '../model/run.ts';
import { describeRun, type RunFacts } from '../model/run-facts.ts';
import { keepParts, type RunPart } from '../model/run-parts.ts';
import type { ReportInput } from '../render/index.ts';
import { loadScanner } from './scanner.ts';

/** Stages two to four for a batch of records: texts → runs → facts. Needs nothing but the batch, so it can run in any thread. */

/** What becomes of one record. */
export type RecordFacts<Facts> =
  | { readonly issue: Issue }
  | {
      readonly run: RunFacts;
      /** `null`: the filters leave this run out. */
      readonly facts: Facts | null;
    };

/** What is told while inputs are read: each input's records in order, then the input; or that a file holds no run records. */
export type FactsEvent<Facts> = RecordFacts<Facts> | { readonly input: ReportInput } | { readonly skipped: string };

/** What becomes of a batch. Lines count from 1 in the batch. */
export interface BatchFacts<Facts> {
  readonly records: readonly RecordFacts<Facts>[];
  readonly lineCount: number;
}

/** Batches that follow one another, as one. */
export function mergeBatches<Facts>(batches: readonly BatchFacts<Facts>[]): BatchFacts<Facts> {
  const [first] = batches;
  if (first !== undefined && batches.length === 1) return first;
  const records: RecordFacts<Facts>[] = [];
  let lineCount = 0;
  for (const batch of batches) {
    for (const record of batch.records) records.push(moveDown(record, lineCount));
    lineCount += batch.lineCount;
  }
  return { records, lineCount };
}

/** A record whose lines were counted from 1 in a batch, behind so many others. */
export function moveDown<Facts>(record: RecordFacts<Facts>, lineCount: number): RecordFacts<Facts> {
  const { origin } = 'issue' in record ? record.issue : record.run;
  (origin as { line: number }).line += lineCount;
  return record;
}

/** Which facts to take, from which runs. */
export interface Extraction<Facts> {
  readonly filter: Filter;
  /** The parts of a run that `extract` looks at. */
  readonly parts: readonly RunPart[];
  readonly extract: (run: Run, facts: RunFacts) => Facts;
}

export type ExtractBatch<Facts> = (batch: Batch, uri: string, label: string) => BatchFacts<Facts>;

/** Prepares the extraction. No result depends on what came before. */
export function prepareExtraction<Facts>({ filter, parts, extract }: Extraction<Facts>): ExtractBatch<Facts> {
  const readRun = prepareReader(new Set(parts));
  const extractRecord = (record: RawRecord, uri: string, label: string): RecordFacts<Facts> => {
    const read = readRun(record, uri, label);
    if ('issue' in read) return read;
    const run = describeRun(read.run);
    return { run, facts: filterHolds(filter, run) ? extract(read.run, run) : null };
  };
  return (batch, uri, label) => {
    if ('records' in batch) {
      return { records: batch.records.map((record) => extractRecord(record, uri, label)), lineCount: batch.lineCount };
    }
    const records: RecordFacts<Facts>[] = [];
    const lineCount = splitLines(batch, uri, (record) => records.push(extractRecord(record, uri, label)));
    return { records, lineCount };
  };
}

type ReadRun = { readonly run: Run } | { readonly issue: Issue };

/** One record → its run or what is wrong with it: the short way if it is plain, else the long way, which alone can judge it. */
function prepareReader(parts: ReadonlySet<RunPart>) {
  let scan: ScanRun | null = null;
  return (record: RawRecord, uri: string, label: string): ReadRun => {
    if ('issue' in record) return record;
    if ('json' in record) return checkRun(record.json, { uri, line: record.line }, label, parts);
    const origin = { uri, line: record.position.line };
    // What is recalled, or comes as facts, needs no scanner.
    scan ??= prepareScan(parts, loadScanner());
    const run = scan(record.text, origin, label);
    if (run !== null) return { run };
    const decoded = decodeText(record.text, record.position);
    return 'issue' in decoded ? decoded : checkRun(decoded.json, origin, label, parts);
  };
}

function checkRun(json: unknown, origin: Origin, label: string, parts: ReadonlySet<RunPart>): ReadRun {
  if (!looksLikeRun(json)) return { issue: { code: 'not-a-run-record', origin } };
  const parsed = parseRun(json, origin, label);
  if ('mismatch' in parsed) return { issue: { code: 'wrong-field', origin, ...parsed.mismatch } };
  return { run: keepParts(parsed.run, parts) };
}
