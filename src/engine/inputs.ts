import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';
import type { ReportInput } from '../render/index.ts';
import { decompress, type Input, listInputs, type PassedOver, type SourceSettings } from '../sources/index.ts';

/** URIs → inputs → bytes: the one loop in which runs, rows and native records are read. */

/** Data are named by `label=uri` or `uri`. */
export interface DataSpec {
  readonly label: string;
  readonly uri: string;
}

/** An input has the label of the data that it is one of. */
export interface LabelledInput {
  readonly input: Input;
  /** Label that `--data label=uri` gives, else the URI. */
  readonly label: string;
  /** Whether the label is the user's own: inputs of other labels are another source. */
  readonly isNamed: boolean;
}

/** Progress is told what has been read so far, and draws it or not. */
export interface Progress {
  /** `null`: unknown. */
  start(totalBytes: number | null): void;
  advance(bytes: number, runs: number): void;
  stop(): void;
}

/** A file is taken for something else after this many records without a single run. */
export const MOST_FOREIGN_RECORDS = 1000;

/** Lists the inputs of all specs, in order. `UserError` when one names nothing. */
export async function listLabelled(specs: readonly DataSpec[], settings: SourceSettings): Promise<LabelledInput[]> {
  const listed = await Promise.all(
    specs.map(async ({ label, uri }) =>
      (await listInputs(uri, settings)).map((input) => ({ label, input, isNamed: label !== uri })),
    ),
  );
  return listed.flat();
}

/** An input that is not read, and why. */
export interface Skipped extends PassedOver {
  readonly uri: string;
}

/** A reader reads one input, and gives what stands for one that is not read. */
interface Reader<Item> {
  readonly read: (given: LabelledInput) => AsyncIterable<Item>;
  readonly skip: (skipped: Skipped) => Iterable<Item>;
  /** Reasons not to read a file on, by the code of the error, if a folder or a pattern brought it along; one that was named has none. */
  readonly foreign: Readonly<Record<string, PassedOver>>;
}

/** Reasons to pass over what holds no runs. */
export const NO_RUN_RECORDS: Reader<never>['foreign'] = {
  'not-run-records': { reason: 'no run records', isProblem: false },
  'empty-input': { reason: 'no run records', isProblem: false },
  'damaged-records': { reason: 'no record that can be read', isProblem: true },
};

/**
 * Reads the inputs one after the other, while progress is shown. `UserError` when one cannot be read, or has changed since it was
 * listed.
 */
export async function* readAll<Item>(
  inputs: readonly LabelledInput[],
  progress: Progress,
  reader: Reader<Item>,
): AsyncGenerator<Item> {
  progress.start(sumLengths(inputs));
  try {
    for (const given of inputs) {
      const { uri, passedOver } = given.input;
      yield* passedOver === undefined ? readOne(given, reader) : reader.skip({ uri, ...passedOver });
    }
  } finally {
    progress.stop();
  }
}

async function* readOne<Item>(given: LabelledInput, { read, skip, foreign }: Reader<Item>): AsyncGenerator<Item> {
  const { input } = given;
  const refuseChange = async () => {
    const change = await input.findChange?.();
    if (change) throw change;
  };
  try {
    yield* read(given);
  } catch (error) {
    // A file that was cut under way looks damaged: the change is the better reason.
    await refuseChange();
    const reason = error instanceof UserError && !input.explicit ? foreign[error.code] : undefined;
    if (reason === undefined) throw error;
    yield* skip({ uri: input.uri, ...reason });
  }
  await refuseChange();
}

/** Sums lengths in bytes; `null` when the length of an input is unknown. */
function sumLengths(inputs: readonly LabelledInput[]): number | null {
  let sum = 0;
  for (const { input } of inputs) {
    if (input.byteLength === null) return null;
    sum += input.byteLength;
  }
  return sum;
}

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
