import { groupBy } from '../model/group-by.ts';
import { findScattered, isStoreSnapshot, type ScatteredRuns } from '../octoflows/index.ts';
import { decompress, type Input } from '../sources/index.ts';
import type { LabelledInput } from './inputs.ts';

/** A snapshot is told by its name, or by its first bytes where its name says nothing else: a look into each input costs a request. */
const SNAPSHOT_NAME = /\.rdb(\.(gz|zst))?$/i;
const OTHER_NAME = /\.(ndjson|jsonl|json|csv|tsv|parquet|ya?ml)(\.(gz|zst))?$/i;

/**
 * Finds the runs that are scattered over several of the snapshots, as a Redis Cluster's dumps hold them: snapshots of different labels
 * are different sources. Reads the snapshots once, if there are several. `null`: there are none such.
 */
export async function joinSnapshots(inputs: readonly LabelledInput[]): Promise<ScatteredRuns | null> {
  const candidates = inputs.filter(({ input }) => mayBeSnapshot(input));
  if (candidates.length < 2) return null;
  const snapshots: LabelledInput[] = [];
  for (const given of candidates) if (await isSnapshot(given.input)) snapshots.push(given);
  const sources = groupBy(snapshots, ({ label, isNamed }) => (isNamed ? label : null));
  const lists = sources.filter((own) => own.length > 1);
  if (lists.length === 0) return null;
  const found = await findScattered(
    lists.map((own) => own.map(({ input }) => ({ uri: input.uri, chunks: decompress(input.open(), input.uri) }))),
  );
  return found.count > 0 ? found : null;
}

/** What can be read once only, such as a pipe, has no length, and stays a source of its own. */
const mayBeSnapshot = ({ uri, byteLength, passedOver }: Input): boolean =>
  passedOver === undefined && (SNAPSHOT_NAME.test(uri) || (byteLength !== null && !OTHER_NAME.test(uri)));

/** Looks at the first bytes; what cannot be read is none, as reading it will say what is wrong. */
async function isSnapshot(input: Input): Promise<boolean> {
  if (SNAPSHOT_NAME.test(input.uri)) return true;
  try {
    let head = Buffer.alloc(0);
    for await (const chunk of decompress(input.openAhead?.() ?? input.open(), input.uri)) {
      head = Buffer.concat([head, chunk]);
      if (head.length >= HEAD_BYTES) break;
    }
    return isStoreSnapshot(head.toString('latin1'));
  } catch {
    return false;
  }
}

/** More than the magic word takes. */
const HEAD_BYTES = 16;
