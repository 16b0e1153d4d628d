import {
  type Batch,
  createLineDecoder,
  type RawRecord,
  type RecordScanner,
  type ScannedPage,
  takeRecords,
} from '../formats/index.ts';
import { createRangeBuffer, type LineRange, readLineRange } from '../sources/index.ts';

/** Pieces of an input, which can be scanned apart from one another, in any thread. */

/** A batch of records, or where lines are to be read. */
export type Piece = Batch | { readonly range: LineRange };

/** What was scanned of a piece, in order. Lines count from 1 in the piece. */
export interface ScannedPiece {
  readonly pages: readonly ScannedPage[];
  readonly lineCount: number;
}

/** The file system's errors when it is a range. */
export function scanPiece(piece: Piece, uri: string, scanner: RecordScanner): ScannedPiece {
  try {
    const lineCount = takeAll(piece, uri, scanner.room, (record) => scanner.add(record));
    return { pages: scanner.finish(), lineCount };
  } catch (error) {
    // Nothing of this piece may be found in the next one.
    scanner.finish();
    throw error;
  }
}

/** Looks for a record of a piece once more, by its number in it. */
export function findRecord(piece: Piece, uri: string, number: number): RawRecord | null {
  let found: RawRecord | null = null;
  let count = 0;
  takeAll(piece, uri, createRangeBuffer(), (record) => {
    if (count++ === number) found = 'text' in record ? { ...record, text: Buffer.from(record.text) } : record;
  });
  return found;
}

/** Hands over one record after the other, whose text stays until the next. Gives the number of lines. */
function takeAll(piece: Piece, uri: string, buffer: Buffer, take: (record: RawRecord) => void): number {
  if (!('range' in piece)) return takeRecords(piece, uri, take);
  const decoder = createLineDecoder(uri);
  let lineCount = 0;
  const takeBatches = (batches: Iterable<Batch>) => {
    for (const batch of batches) lineCount += takeRecords(batch, uri, (record) => take(moveDown(record, lineCount)));
  };
  for (const chunk of readLineRange(piece.range, buffer)) takeBatches(decoder.push(chunk));
  takeBatches(decoder.end());
  return lineCount;
}

/** A record of a batch that has so many lines before it. */
function moveDown(record: RawRecord, lineCount: number): RawRecord {
  if ('text' in record) {
    const { text, position } = record;
    return { text, position: { ...position, line: position.line + lineCount } };
  }
  if ('json' in record) return { ...record, line: record.line + lineCount };
  const { origin } = record.issue;
  return { issue: { ...record.issue, origin: { ...origin, line: origin.line + lineCount } } };
}
