/** One thing to read: a file, a stream, an object. Opening it gives its bytes as they are stored. */
export interface Input {
  /** How messages and reports name it. */
  readonly uri: string;
  /** Stored length; `null` when it is not known before the end. */
  readonly byteLength: number | null;
  /** Whether the user named this very input, rather than a directory or pattern that holds it. */
  readonly explicit: boolean;
  /** Changes whenever the stored bytes change: an object's ETag, a file's `mtimeNs-size-inode`; `null` when nothing tells. */
  readonly version: string | null;
  open(): AsyncIterable<Uint8Array>;
}

/** A place where data can lie: one file in this folder each, and one line in the list in `index.ts`. */
export interface Source {
  readonly accepts: (uri: string) => boolean;
  /** The inputs behind a URI, in a stable order; `UserError` when there is none. */
  readonly list: (uri: string) => Promise<Input[]>;
}

/** The endings by which record files are known in directories; what a file is, its content decides. */
export const isRecordFileName = (name: string): boolean => /\.(ndjson|jsonl|json)(\.(gz|zst))?$/i.test(name);
