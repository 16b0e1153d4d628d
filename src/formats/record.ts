import type { Issue } from '../model/issue.ts';

/** One record as it stands in the input, or why its text is none. */
export type DecodedRecord = { readonly line: number; readonly json: unknown } | { readonly issue: Issue };

/** Bytes in, records out, as they become complete. Synchronous: the caller owns the stream. */
export interface Decoder {
  push(chunk: Uint8Array): DecodedRecord[];
  /** What is left when the input has ended. */
  end(): DecodedRecord[];
}

/** A text layout of records: one file in this folder each, and one line in the list in `index.ts`. */
export interface Format {
  /** Whether input that begins so (after white space) is in this format. */
  readonly detect: (head: string) => boolean;
  readonly createDecoder: (uri: string) => Decoder;
}
