import type { Issue } from '../model/issue.ts';

/** One record as it stands in the input, or why its text is none. */
export type DecodedRecord = { readonly line: number; readonly json: unknown } | { readonly issue: Issue };

/** Bytes in, records out, as they become complete. Synchronous, and what is given must be taken before more is pushed. */
export interface Decoder {
  push(chunk: Uint8Array): Iterable<DecodedRecord>;
  /** What is left when the input has ended. */
  end(): Iterable<DecodedRecord>;
}

/** A layout of records: one file in this folder each, and one line in the list in `index.ts`. */
export interface Format {
  /** Whether input that begins so (after white space) is in this format. */
  readonly detect: (head: string) => boolean;
  /** Whether it is no text; text that holds control characters is refused. */
  readonly binary?: true;
  readonly createDecoder: (uri: string) => Decoder;
}
