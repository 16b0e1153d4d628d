import { UserError } from '../errors.ts';
import { decodeText, prepareReading, type RawRecord, type ScannedRecord, Slots, wordInput } from '../formats/index.ts';
import { type Filter, filterHolds } from '../model/filter.ts';
import type { Issue } from '../model/issue.ts';
import { looksLikeRun, parseRun } from '../model/parse-run.ts';
import type { Origin, Run } from '../model/run.ts';
import { describeRun, type RunFacts } from '../model/run-facts.ts';
import { keepParts, type RunPart } from '../model/run-parts.ts';
import { createSharing } from '../model/share-traits.ts';
import type { ReportInput } from '../render/index.ts';
import { type Piece, rereadPiece, type ScannedPiece } from './pieces.ts';

/** Stages three and four for a piece of an input: what was scanned → runs → facts. */

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

/** A record whose lines were counted from 1 in a piece, behind so many others. */
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

/** What becomes of each record of a piece. Lines count from 1 in the piece. */
export interface PieceFacts<Facts> {
  readonly records: readonly RecordFacts<Facts>[];
  readonly lineCount: number;
}

export type ExtractPiece<Facts> = (
  scanned: ScannedPiece,
  piece: Piece,
  uri: string,
  label: string,
) => PieceFacts<Facts>;

/** Prepares the extraction. No result depends on what came before. */
export function prepareExtraction<Facts>({ filter, parts, extract }: Extraction<Facts>): ExtractPiece<Facts> {
  const readAll = prepareReader(new Set(parts));
  const share = createSharing();
  const toFacts = (read: ReadRun): RecordFacts<Facts> => {
    if ('issue' in read) return read;
    const run = describeRun(read.run, share);
    return { run, facts: filterHolds(filter, run) ? extract(read.run, run) : null };
  };
  return (scanned, ...place) => ({ records: readAll(scanned, ...place).map(toFacts), lineCount: scanned.lineCount });
}

type ReadRun = { readonly run: Run } | { readonly issue: Issue };

/** Where records come from. */
interface Place {
  readonly uri: string;
  readonly label: string;
}

/** Records → their runs or what is wrong with them: the short way if they are plain, else the long way, which alone can judge them. */
function prepareReader(parts: ReadonlySet<RunPart>) {
  const readScanned = prepareReading(parts);
  const readRecord = (record: ScannedRecord, slots: Slots, place: Place): ReadRun | null => {
    if (!('slot' in record)) return readLong(record, place, parts);
    const run = readScanned(slots, record.slot, { uri: place.uri, line: record.line }, place.label);
    return run && { run };
  };
  return ({ pages }: ScannedPiece, piece: Piece, uri: string, label: string): ReadRun[] => {
    const place = { uri, label };
    const read = pages.flatMap(({ values, records }) => {
      const slots = new Slots(values);
      return records.map((record) => readRecord(record, slots, place));
    });
    // What was scanned has left its text behind: of those that are not plain after all it is read once more.
    if (read.includes(null)) {
      rereadPiece(piece, uri, (record, number) => {
        if (read[number] === null) read[number] = readLong(record, place, parts);
      });
    }
    if (!read.includes(null)) return read as ReadRun[];
    throw new UserError('changed-input', `${wordInput(uri)} was changed while it was read.`);
  };
}

function readLong(record: RawRecord, { uri, label }: Place, parts: ReadonlySet<RunPart>): ReadRun {
  if ('issue' in record) return record;
  if ('json' in record) return checkRun(record.json, { uri, line: record.line }, label, parts);
  const { text, position } = record;
  const decoded = decodeText(Buffer.from(text.buffer, text.byteOffset, text.length), position);
  return 'issue' in decoded ? decoded : checkRun(decoded.json, { uri, line: position.line }, label, parts);
}

function checkRun(json: unknown, origin: Origin, label: string, parts: ReadonlySet<RunPart>): ReadRun {
  if (!looksLikeRun(json)) return { issue: { code: 'not-a-run-record', origin } };
  const parsed = parseRun(json, origin, label);
  if ('mismatch' in parsed) return { issue: { code: 'wrong-field', origin, ...parsed.mismatch } };
  return { run: keepParts(parsed.run, parts) };
}
