import type { Issue } from '../model/issue.ts';

/** Where a record's text begins: 1-based line and column in the input. */
export interface TextPosition {
  readonly uri: string;
  readonly line: number;
  readonly column: number;
}

/** The text of one record, still to be parsed. */
export interface RecordText {
  readonly text: Buffer;
  readonly position: TextPosition;
}

/** A record after parsing. */
export type DecodedRecord = { readonly line: number; readonly json: unknown } | { readonly issue: Issue };

/** One record as it stands in the input, or why there is none. */
export type RawRecord = RecordText | DecodedRecord;

/** Whole lines, one record each, which can be told apart elsewhere (`splitLines`). */
export interface LineBlock {
  readonly lines: Uint8Array;
}

/** What becomes of a chunk of input. Lines are counted from 1 in the input, or in the block. */
export type Batch = LineBlock | { readonly records: readonly RawRecord[]; readonly lineCount: number };

/** Bytes in, records out, as they become complete. What is given must be taken before more is pushed. */
export interface Decoder {
  push(chunk: Uint8Array): Iterable<Batch>;
  /** What is left when the input has ended. */
  end(): Iterable<Batch> | AsyncIterable<Batch>;
}

/** A layout of records: one file in this folder each, and one line in the list in `index.ts`. */
export interface Format {
  /** Whether input that begins so (after white space) is in this format. */
  readonly detect: (head: string) => boolean;
  /** Whether it is no text; text that holds control characters is refused. */
  readonly binary?: true;
  readonly createDecoder: (uri: string) => Decoder;
}
