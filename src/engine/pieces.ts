import { type Batch, createLineDecoder, type RawRecord, takeRecords } from '../formats/index.ts';
import type { RecordScanner, ScannedPage } from '../octoflows/index.ts';
import { createRangeBuffer, type LineRange, readLineRange } from '../sources/index.ts';

/** Pieces of an input can be read apart from one another, in any thread. */

/** A batch of records, or where lines are to be read. */
export type Piece = Batch | { readonly range: LineRange };

/** Scanned records of a piece, in order. Lines count from 1 in the piece. */
interface ScannedPiece {
  readonly pages: readonly ScannedPage[];
  readonly lineCount: number;
}

/** Scans all records of a piece; throws the file system's errors when it is a range. */
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

/** Hands over the records of a piece once more, each with its number in it, from 0. */
export function rereadPiece(piece: Piece, uri: string, take: (record: RawRecord, number: number) => void): void {
  let number = 0;
  takeAll(piece, uri, createRangeBuffer(), (record) => take(record, number++));
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
