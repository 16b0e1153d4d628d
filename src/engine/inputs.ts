import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';
import type { ReportInput } from '../render/index.ts';
import { decompress, type Input, listInputs, type SourceSettings } from '../sources/index.ts';

/** URIs → inputs → bytes: the one loop in which runs, rows and native records are read. */

/** `label=uri` or `uri`. */
export interface DataSpec {
  readonly label: string;
  readonly uri: string;
}

export interface LabelledInput {
  readonly input: Input;
  /** What `--data label=uri` says, else the URI. */
  readonly label: string;
}

/** Told what has been read so far; draws it or not. */
export interface Progress {
  /** `null`: unknown. */
  start(totalBytes: number | null): void;
  advance(bytes: number, runs: number): void;
  stop(): void;
}

/** After this many records without a single run, a file is taken for something else. */
export const MOST_FOREIGN_RECORDS = 1000;

/** Lists the inputs of all specs, in order. `UserError` when one names nothing. */
export async function listLabelled(specs: readonly DataSpec[], settings: SourceSettings): Promise<LabelledInput[]> {
  const listed = await Promise.all(
    specs.map(async ({ label, uri }) => (await listInputs(uri, settings)).map((input) => ({ label, input }))),
  );
  return listed.flat();
}

/** How one input is read, and what stands for a foreign one; `skip` is `null` where none may be foreign. */
interface Reader<Item> {
  readonly read: (given: LabelledInput) => AsyncIterable<Item>;
  readonly skip: ((uri: string) => Iterable<Item>) | null;
}

/** Reads the inputs one after the other, while progress is shown. `UserError` when one cannot be read. */
export async function* readAll<Item>(
  inputs: readonly LabelledInput[],
  progress: Progress,
  { read, skip }: Reader<Item>,
): AsyncGenerator<Item> {
  progress.start(sumLengths(inputs));
  try {
    for (const given of inputs) {
      try {
        yield* read(given);
      } catch (error) {
        if (skip === null || !isForeign(error, given.input)) throw error;
        yield* skip(given.input.uri);
      }
    }
  } finally {
    progress.stop();
  }
}

/** In bytes; `null` when the length of an input is unknown. */
function sumLengths(inputs: readonly LabelledInput[]): number | null {
  let sum = 0;
  for (const { input } of inputs) {
    if (input.byteLength === null) return null;
    sum += input.byteLength;
  }
  return sum;
}

/** A file that a directory or a pattern brought along may be something else; one that was named may not. */
const isForeign = (error: unknown, { explicit }: Input): boolean =>
  !explicit && error instanceof UserError && (error.code === 'not-run-records' || error.code === 'empty-input');

/** An input that is open: its bytes, decompressed, and when all have been taken, what is said of it. */
interface Opened {
  readonly bytes: ReturnType<typeof decompress>;
  readonly measure: () => Pick<ReportInput, 'byteLength' | 'sha256'>;
}

/** Opens an input; its bytes are counted, and digested if `digest`, as they arrive. `note` is told each chunk's length. */
export function openTapped(input: Input, digest: boolean, note: (byteLength: number) => void): Opened {
  const hash = digest ? createHash('sha256') : null;
  let byteLength = 0;
  const tap = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of input.open()) {
      hash?.update(chunk);
      byteLength += chunk.length;
      note(chunk.length);
      yield chunk;
    }
  };
  return {
    bytes: decompress(tap(), input.uri),
    measure: () => ({ byteLength, sha256: hash?.digest('hex') ?? null }),
  };
}
