import { UserError } from '../errors.ts';
import { decodeText, type RawRecord, wordInput } from '../formats/index.ts';
import type { ReadRun } from '../model/engine-records.ts';
import { type Filter, prepareFilter } from '../model/filter.ts';
import type { Issue } from '../model/issue.ts';
import type { Origin, Run } from '../model/run.ts';
import { describeRun, type RunFacts } from '../model/run-facts.ts';
import { keepParts, type RunPart } from '../model/run-parts.ts';
import { createSharing } from '../model/share-traits.ts';
import { prepareReading, RecordScanner, type ScannedPage } from '../octoflows/index.ts';
import type { ReportInput } from '../render/index.ts';
import { Slots } from '../scanner/slots.ts';
import { describeForeign, recognizeRuns } from './engine-records.ts';
import type { DataSpec, Skipped } from './inputs.ts';
import { type Piece, rereadPiece, scanPiece } from './pieces.ts';
import { loadScanner } from './scanner.ts';

/** Stages three and four for a piece of an input: records → runs → facts. */

/** A record becomes facts, or an issue. */
export type RecordFacts<Facts> =
  | { readonly issue: Issue }
  | {
      readonly run: RunFacts;
      /** `null`: the filters leave this run out. */
      readonly facts: Facts | null;
    };

/**
 * Events tell how the data were named; then, while inputs are read, each input's records in order, then the input; or that a file holds
 * no run records.
 */
export type FactsEvent<Facts> =
  | RecordFacts<Facts>
  | { readonly data: readonly DataSpec[] }
  | { readonly input: ReportInput }
  | { readonly skipped: Skipped };

/** Moves a record, whose lines were counted from 1 in a piece, behind so many other lines. */
export function moveDown<Facts>(record: RecordFacts<Facts>, lineCount: number): RecordFacts<Facts> {
  const { origin } = 'issue' in record ? record.issue : record.run;
  (origin as { line: number }).line += lineCount;
  return record;
}

/** An extraction takes facts from the runs that the filter lets through. */
export interface Extraction<Facts> {
  readonly filter: Filter;
  /** The parts of a run that `extract` looks at. */
  readonly parts: readonly RunPart[];
  readonly extract: (run: Run, facts: RunFacts) => Facts;
  /** Fewer facts, for runs beyond a number of them; left out: all runs are treated alike. */
  readonly reduced?: ReducedExtraction<Facts>;
}

/** A reduced extraction leaves out the facts of questions that are asked of some number of runs at most. */
export interface ReducedExtraction<Facts> {
  readonly mostRuns: number;
  readonly extraction: Extraction<Facts>;
  /** Makes the facts that were taken of a run those that this extraction takes. */
  readonly reduce: (facts: Facts) => void;
}

/** Facts of each record of a piece, in order. Lines count from 1 in the piece. */
export interface PieceFacts<Facts> {
  readonly records: readonly RecordFacts<Facts>[];
  readonly lineCount: number;
}

/** Reads a piece to its facts. The file system's errors when it is a range; `UserError` when that has changed meanwhile. */
export type ExtractPiece<Facts> = (piece: Piece, uri: string, label: string) => PieceFacts<Facts>;

/** Both ways to read a piece: where nothing is reduced, they are one. */
export interface PieceExtractions<Facts> {
  readonly whole: ExtractPiece<Facts>;
  readonly reduced: ExtractPiece<Facts>;
}

/** Prepares the extraction, and the reduced one if there is any. */
export function prepareExtractions<Facts>(extraction: Extraction<Facts>): PieceExtractions<Facts> {
  const whole = prepareExtraction(extraction);
  return { whole, reduced: extraction.reduced ? prepareExtraction(extraction.reduced.extraction) : whole };
}

/**
 * Prepares the extraction. No result depends on what came before. Each run is let go of before the next one is read: those that are
 * kept cost more to collect than to make.
 */
function prepareExtraction<Facts>({ filter, parts, extract }: Extraction<Facts>): ExtractPiece<Facts> {
  const asked = new Set(parts);
  const read = prepareReading(asked);
  const share = createSharing();
  const isLetThrough = prepareFilter(filter);
  const toFacts = (run: Run): RecordFacts<Facts> => {
    const described = describeRun(run, share);
    return { run: described, facts: isLetThrough(described) ? extract(run, described) : null };
  };
  const extractLong = (record: RawRecord, from: RecordsInput): readonly RecordFacts<Facts>[] =>
    readLong(record, from).map((read) => ('issue' in read ? read : toFacts(keepParts(read.run, asked))));
  /** `null`: not plain after all. */
  const extractPlain = (
    slots: Slots,
    slot: number,
    line: number,
    { uri, label }: RecordsInput,
  ): RecordFacts<Facts> | null => {
    const run = read(slots, slot, { uri, line }, label);
    return run && toFacts(run);
  };
  const extractPage = ({ values, records }: ScannedPage, from: RecordsInput): (Extracted<Facts> | null)[] => {
    const slots = new Slots(values);
    let slot = 0;
    return records.map((record) => {
      if (typeof record !== 'number') return extractLong(record, from);
      const facts = extractPlain(slots, slot, record, from);
      slot = slots.behind(slot);
      return facts;
    });
  };
  // Made when it is needed: what the cache holds is not scanned.
  let scanner: RecordScanner | null = null;
  return (piece, uri, label) => {
    const from = { uri, label };
    scanner ??= new RecordScanner(loadScanner(), asked);
    const { pages, lineCount } = scanPiece(piece, uri, scanner);
    const records = pages.flatMap((page) => extractPage(page, from));
    if (!isWhole(records)) {
      // The scanned values have left their text behind, so that the piece has to be read once more.
      rereadPiece(piece, uri, (record, number) => {
        records[number] ??= extractLong(record, from);
      });
    }
    if (isWhole(records)) return { records: records.flat() as RecordFacts<Facts>[], lineCount };
    throw new UserError('changed-input', `${wordInput(uri)} was changed while it was read.`);
  };
}

/** The facts of a plain record's one run, or of any number of runs that a document holds. */
type Extracted<Facts> = RecordFacts<Facts> | readonly RecordFacts<Facts>[];

const isWhole = <Item>(items: readonly (Item | null)[]): items is readonly Item[] => !items.includes(null);

/** The input that records come from. */
interface RecordsInput {
  readonly uri: string;
  readonly label: string;
}

/** Parses a record, which alone can judge what is not plain. */
function readLong(record: RawRecord, { uri, label }: RecordsInput): readonly ReadRun[] {
  if ('issue' in record) return [record];
  if ('json' in record) {
    const reads = readJson(record.json, { uri, line: record.line }, label);
    return record.isRepaired ? reads.map(addRepair) : reads;
  }
  const { text, position } = record;
  const decoded = decodeText(Buffer.from(text.buffer, text.byteOffset, text.length), position);
  if ('issue' in decoded) return [decoded];
  const reads = readJson(decoded.json, { uri, line: position.line }, label);
  return decoded.isRepaired ? reads.map(addRepair) : reads;
}

const addRepair = (read: ReadRun): ReadRun =>
  'issue' in read ? read : { run: { ...read.run, remarks: [...(read.run.remarks ?? []), 'numbers-not-finite'] } };

const readJson = (json: unknown, origin: Origin, label: string): readonly ReadRun[] =>
  recognizeRuns(json, origin, label)?.map((found) => ('issue' in found ? found : found.read())) ?? [
    { issue: describeForeign(json, origin) },
  ];
