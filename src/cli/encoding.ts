import type { LabelledInput } from '../engine/inputs.ts';
import type { TaskMap } from '../engines/index.ts';
import type { Io } from './io.ts';

/** An encoding gives what is written and, when that is done, its summary. */
export interface Encoding {
  readonly chunks: AsyncIterable<string | Uint8Array>;
  readonly summary: () => {
    readonly problems: readonly string[];
    readonly notes: readonly string[];
    readonly written: string;
  };
}

/** The records that are to be encoded: of these inputs, of which tables are read by a map. */
export interface Source {
  readonly inputs: readonly LabelledInput[];
  readonly table: TaskMap | null;
}

/** Encodes what the source holds. */
export type Encode = (source: Source, io: Io) => Encoding;
