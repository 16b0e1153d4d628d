import type { UserError } from '../errors.ts';

/** An input is one thing to read: a file, a stream, an object. Opening it gives its bytes as they are stored. */
export interface Input {
  /** Name in messages and reports. */
  readonly uri: string;
  /** Stored length in bytes; `null` when it is not known before the end. */
  readonly byteLength: number | null;
  /** Is true when the user named this very input, rather than a directory or pattern that holds it. */
  readonly explicit: boolean;
  /** Changes whenever the stored bytes change: an object's ETag, a file's times, size and inode; `null` when nothing is sure to tell. */
  readonly version: string | null;
  /** Why it is listed and not to be read; absent for what is. */
  readonly passedOver?: PassedOver;
  open(): AsyncIterable<Uint8Array>;
  /** Opens for a look at the beginning, after which `open` still gives all; absent where `open` can be called again itself. */
  openAhead?(): AsyncIterable<Uint8Array>;
  /** Gives the error to throw if the stored bytes are not those that were listed, else `null`; absent where reading itself tells. */
  findChange?(): Promise<UserError | null>;
  /**
   * Opens an input whose bytes can be read in any order; absent for others. `findStart` finds the offset of the first line in the
   * first bytes, or `null` when there are no lines; then nothing is opened. `UserError` when it cannot be read.
   */
  openRanges?(findStart: (head: Buffer) => number | null): OpenRanges | null;
}

/** Says why something that a folder or a pattern brings along is not read. */
export interface PassedOver {
  /** A phrase such as `a named pipe`. */
  readonly reason: string;
  /** Is true when data may be missing because of it: an error under `--strict`. */
  readonly isProblem: boolean;
}

/** The ranges divide an input of lines so that several threads can read it at once. */
export interface OpenRanges {
  readonly ranges: readonly LineRange[];
  readonly close: () => void;
  /** Turns an error of reading a range into the one to throw. */
  readonly wordError: (error: Error) => Error;
}

/** A range holds the lines that begin at bytes `from` … `to` − 1 of a file whose first line begins at byte `start`. */
export interface LineRange {
  /** File descriptor. It is the process's, so that all threads read the same file even if its name goes to another one. */
  readonly file: number;
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/** The settings say how to reach an S3 server, as far as the user and not the environment says it. Plain data. */
export interface S3Settings {
  /** An http or https URL; else AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or Amazon's own. */
  readonly endpoint?: string | undefined;
  /** `http://host/bucket/key` instead of `http://bucket.host/key`. */
  readonly pathStyle?: boolean | undefined;
  /** Ask without credentials: for public buckets. */
  readonly unsigned?: boolean | undefined;
  /** Pay for what is read and written, in buckets whose owner does not. */
  readonly requesterPays?: boolean | undefined;
}

/** The settings are the user's words on reaching data. Plain data, so that another thread can have them. */
export interface SourceSettings {
  readonly s3?: S3Settings;
  /** Is true when directories are searched for tables: CSV and TSV files too, but no Parquet. */
  readonly tables?: boolean;
}

/** A source reads one kind of URI: a file in this folder and a line in the list in `index.ts`. */
export interface Source {
  readonly accepts: (uri: string) => boolean;
  /** Lists the inputs behind a URI, in a stable order; `UserError` when there is none. */
  readonly list: (uri: string, settings: SourceSettings) => Promise<Input[]>;
}

/** Creates an input that is named as not read. */
export const passedOverInput = (uri: string, passedOver: PassedOver): Input => ({
  uri,
  byteLength: 0,
  explicit: false,
  version: null,
  passedOver,
  open: async function* () {},
});

/** Recognizes record files in directories by their ending; their format is told by content alone. */
export const isRecordFileName = (name: string, { tables }: SourceSettings): boolean =>
  tables === true
    ? /\.(ndjson|jsonl|json|csv|tsv)(\.(gz|zst))?$/i.test(name)
    : /\.((ndjson|jsonl|json|ya?ml)(\.(gz|zst))?|rdb(\.(gz|zst))?|parquet|pickle|pkl)$/i.test(name);

/** Recognizes names that Spark, Hive and Arrow pass over in folders; `_key=value` is a partition (Spark's own rule). */
export const isHiddenName = (name: string): boolean =>
  name.startsWith('.') || (name.startsWith('_') && !name.includes('='));
