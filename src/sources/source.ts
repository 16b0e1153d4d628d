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
  /**
   * Only of what can be read from any place. `findStart` tells from its first bytes where lines begin, or `null`; then nothing is
   * opened. `UserError` when it cannot be read.
   */
  openRanges?(findStart: (head: Buffer) => number | null): OpenRanges | null;
}

/** An input of lines that several threads can read at once. */
export interface OpenRanges {
  readonly ranges: readonly LineRange[];
  readonly close: () => void;
  /** What to throw when reading a range failed so. */
  readonly wordError: (error: Error) => Error;
}

/** The lines that begin in `from` … `to` − 1 of a file whose lines begin at `start`, in bytes. */
export interface LineRange {
  /** The descriptor: it is the process's, so that all threads read the same file even if its name goes to another one. */
  readonly file: number;
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/** How an S3 server is reached, as far as the user says it rather than the environment. Plain data. */
export interface S3Settings {
  /** An http or https URL; else AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or Amazon's own. */
  readonly endpoint?: string | undefined;
  /** `http://host/bucket/key` instead of `http://bucket.host/key`. */
  readonly pathStyle?: boolean | undefined;
  /** Ask without credentials: for public buckets. */
  readonly unsigned?: boolean | undefined;
}

/** What the user says about how places are reached. Plain data, so that it can be handed to another thread. */
export interface SourceSettings {
  readonly s3?: S3Settings;
  /** Whether directories are searched for tables: CSV and TSV files too, but no Parquet. */
  readonly tables?: boolean;
}

/** A place where data can lie: one file in this folder each, and one line in the list in `index.ts`. */
export interface Source {
  readonly accepts: (uri: string) => boolean;
  /** The inputs behind a URI, in a stable order; `UserError` when there is none. */
  readonly list: (uri: string, settings: SourceSettings) => Promise<Input[]>;
}

/** The endings by which record files are known in directories; what a file is, its content decides. */
export const isRecordFileName = (name: string, { tables }: SourceSettings): boolean =>
  tables === true
    ? /\.(ndjson|jsonl|json|csv|tsv)(\.(gz|zst))?$/i.test(name)
    : /\.((ndjson|jsonl|json)(\.(gz|zst))?|parquet)$/i.test(name);
