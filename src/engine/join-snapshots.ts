import { groupBy } from '../model/group-by.ts';
import { findScattered, type ScatteredRuns } from '../octoflows/index.ts';
import { decompress } from '../sources/index.ts';
import type { LabelledInput } from './inputs.ts';

/** Snapshots that are read together are told by their names: to look into every input would cost a request each. */
const SNAPSHOT_NAME = /\.rdb(\.(gz|zst))?$/i;

/**
 * Finds the runs that are scattered over several of the snapshots, as a Redis Cluster's dumps hold them: snapshots of different labels
 * are different sources. Reads the snapshots once, if there are several. `null`: there are none such.
 */
export async function joinSnapshots(inputs: readonly LabelledInput[]): Promise<ScatteredRuns | null> {
  const snapshots = inputs.filter(({ input }) => input.passedOver === undefined && SNAPSHOT_NAME.test(input.uri));
  const sources = groupBy(snapshots, ({ label, isNamed }) => (isNamed ? label : null));
  const lists = sources.filter((own) => own.length > 1);
  if (lists.length === 0) return null;
  const found = await findScattered(
    lists.map((own) => own.map(({ input }) => ({ uri: input.uri, chunks: decompress(input.open(), input.uri) }))),
  );
  return found.count > 0 ? found : null;
}
