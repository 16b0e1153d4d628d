import type { Issue } from '../model/issue.ts';

/** A position says where a record's text begins: line and column in the input, both from 1. */
export interface TextPosition {
  readonly uri: string;
  readonly line: number;
  readonly column: number;
}

/** A record's text is still to be parsed (`decodeText`). */
export interface RecordText {
  readonly text: Buffer;
  readonly position: TextPosition;
}

/** A decoded record is the parsed JSON with its line in the input, from 1, or the reason why there is none. `isRepaired`: as in `DecodedText`. */
export type DecodedRecord =
  | { readonly line: number; readonly json: unknown; readonly isRepaired?: boolean }
  | { readonly issue: Issue };

/** A raw record is one record of the input, parsed or not, or the reason why there is none. */
export type RawRecord = RecordText | DecodedRecord;

/** A block holds whole lines, one record each, which `splitLines` takes apart, in another thread if need be. */
export interface LineBlock {
  readonly lines: Uint8Array;
}

/** A batch is the yield of a chunk of input. Lines of `records` are counted in the input, those of a block in the block. */
export type Batch = LineBlock | { readonly records: readonly RawRecord[]; readonly lineCount: number };

/** A decoder takes bytes and gives records as they become complete. Its batches must be taken before more is pushed. */
export interface Decoder {
  push(chunk: Uint8Array): Iterable<Batch>;
  /** Gives the remaining records, after the last chunk. */
  end(): Iterable<Batch> | AsyncIterable<Batch>;
}

/** A format is one layout of records: a file in this folder and a line in `FORMATS`, or in an engine's own list. */
export type Format = {
  /** Is true when input that begins so (after white space, one character a byte, 16 KiB at most) is in this format. */
  readonly detect: (head: string) => boolean;
  /** Is there when each line is a record, whatever stands in the others: threads can read ranges of lines. */
  readonly holdsLines?: true;
  /** Is there when the format is no text; text that holds control characters is refused. */
  readonly binary?: true;
} & (
  | {
      /** Creates a decoder for one input; `uri` names it in issues and errors. */
      readonly createDecoder: (uri: string) => Decoder;
    }
  | {
      /** Decodes one whole input; `uri` names it in issues and errors. */
      readonly decode: (bytes: AsyncIterable<Uint8Array>, uri: string) => AsyncIterable<Batch>;
    }
);
