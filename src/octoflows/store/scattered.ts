import { RdbReader } from '../../formats/rdb/read.ts';
import { parseKey } from './keys.ts';
import type { StoredPart } from './run.ts';

/** A snapshot's bytes, unpacked. */
export interface SnapshotBytes {
  readonly uri: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Runs whose parts stand in several snapshots: a Redis Cluster puts keys wherever their hash says, so that the dump of one shard holds
 * a part of a run. Parts wait here until the last of the snapshots that hold any has been read.
 */
export class ScatteredRuns {
  /** By run: the last snapshot that holds a part of it. */
  readonly #lastUris: ReadonlyMap<string, string>;
  readonly #parts = new Map<string, StoredPart[]>();

  constructor(lastUris: ReadonlyMap<string, string>) {
    this.#lastUris = lastUris;
  }

  get count(): number {
    return this.#lastUris.size;
  }

  /** Gives the parts of a run that are to be taken together; `null`: others are still to come. */
  gather(runId: string, uri: string, parts: readonly StoredPart[]): readonly StoredPart[] | null {
    const lastUri = this.#lastUris.get(runId);
    if (lastUri === undefined) return parts;
    const gathered = [...(this.#parts.get(runId) ?? []), ...parts];
    this.#parts.set(runId, gathered);
    if (lastUri !== uri) return null;
    this.#parts.delete(runId);
    return gathered;
  }
}

/**
 * Finds the runs of which every snapshot of a source holds other keys. A run of which two hold the same key is none: these are
 * snapshots of one store at different times, or a shard and its replica. The snapshots come in the order in which they will be read;
 * one that cannot be read is passed over, as reading it will say what is wrong.
 */
export async function findScattered(sources: readonly (readonly SnapshotBytes[])[]): Promise<ScatteredRuns> {
  const lastUris = new Map<string, string>();
  for (const snapshots of sources) for (const [runId, uri] of await findLast(snapshots)) lastUris.set(runId, uri);
  return new ScatteredRuns(lastUris);
}

async function findLast(snapshots: readonly SnapshotBytes[]): Promise<[runId: string, uri: string][]> {
  const found = new Map<string, { uris: Set<string>; keys: Set<string>; keyCount: number }>();
  for (const { uri, chunks } of snapshots) {
    for (const [runId, keys] of await listKeys(uri, chunks)) {
      const run = found.get(runId) ?? { uris: new Set(), keys: new Set(), keyCount: 0 };
      found.set(runId, run);
      run.uris.add(uri);
      for (const key of keys) run.keys.add(key);
      run.keyCount += keys.size;
    }
  }
  const scattered = [...found].filter(([, { uris, keys, keyCount }]) => uris.size > 1 && keys.size === keyCount);
  return scattered.map(([runId, { uris }]) => [runId, [...uris].at(-1) as string]);
}

/** Lists the keys of each run, and reads nothing that is under them. */
async function listKeys(uri: string, chunks: AsyncIterable<Uint8Array>): Promise<Map<string, Set<string>>> {
  const keysOfRuns = new Map<string, Set<string>>();
  const reader = new RdbReader(uri, (key) => {
    const runId = parseKey(key)?.runId;
    if (runId === undefined) return false;
    const keys = keysOfRuns.get(runId) ?? new Set();
    keysOfRuns.set(runId, keys.add(key));
    return false;
  });
  try {
    for await (const chunk of chunks) for (const _ of reader.push(chunk));
  } catch {
    return new Map();
  }
  return keysOfRuns;
}
