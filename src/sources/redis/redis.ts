import { compareRunIds, KEY_PREFIXES, parseKey, STORE_NOTES } from '../../octoflows/store/keys.ts';
import type { Source } from '../source.ts';
import type { RedisClient } from './client.ts';
import { connectAll, type Deployment, type RedisNode } from './deployment.ts';
import { explainRedisError } from './explain.ts';
import { ProtocolError, type Reply } from './reply-parser.ts';
import { scanKeys } from './scan-keys.ts';
import { snapshotEnd, snapshotEntry, snapshotHead, snapshotNote } from './snapshot.ts';
import { isRedisUri, parseRedisUri, type RedisAddress } from './uri.ts';

/**
 * The source reads the engine's own Redis by commands that only read: SCAN, MGET, TYPE (AUTH and SELECT to get in, CLUSTER SLOTS to find
 * the masters of a cluster). Its bytes are a snapshot of the engine's keys, run by run, so that each run can be taken up and forgotten.
 */
export const redisSource: Source = {
  accepts: isRedisUri,
  list: async (uri) => {
    const address = await parseRedisUri(uri);
    return [{ uri: address.name, byteLength: null, explicit: true, version: null, open: () => readServer(address) }];
  },
};

async function* readServer(address: RedisAddress): AsyncGenerator<Uint8Array> {
  const deployment = await connectAll(address);
  try {
    yield* readRuns(deployment);
  } catch (error) {
    throw explainRedisError(error, address);
  } finally {
    deployment.close();
  }
}

/** Keys asked for at once; a run is never divided. */
const KEYS_PER_FLIGHT = 1000;

/** A key with the node that holds it. */
interface StoredKey {
  readonly key: string;
  readonly node: RedisNode;
}

async function* readRuns(deployment: Deployment): AsyncGenerator<Uint8Array> {
  yield snapshotHead();
  const flights = divide(await listRuns(deployment));
  // One flight ahead: the server works while this one is taken up.
  let coming = fetchFlight(deployment, flights.shift());
  while (flights.length > 0) {
    const arrived = await coming;
    coming = fetchFlight(deployment, flights.shift());
    // Whoever waits for it below hears of its failure; until then nobody does.
    coming.catch(() => {});
    yield arrived;
  }
  yield await coming;
  await deployment.checkUnchanged();
  yield snapshotEnd();
}

/** Lists all keys of the engine, about 200 bytes each, by run. */
async function listRuns({ nodes }: Deployment): Promise<Map<string, StoredKey[]>> {
  const runs = new Map<string, StoredKey[]>();
  for (const node of nodes) {
    for (const prefix of KEY_PREFIXES) {
      for await (const key of scanKeys(node, prefix, KEYS_PER_FLIGHT)) {
        const runId = parseKey(key)?.runId ?? '';
        const known = runs.get(runId);
        if (known) known.push({ key, node });
        else runs.set(runId, [{ key, node }]);
      }
    }
  }
  return runs;
}

/** Divides the keys into flights of whole runs, in the order of their ids. */
function divide(runs: ReadonlyMap<string, readonly StoredKey[]>): StoredKey[][] {
  const flights: StoredKey[][] = [];
  let flight: StoredKey[] = [];
  for (const runId of [...runs.keys()].sort(compareRunIds)) {
    for (const stored of runs.get(runId) ?? []) flight.push(stored);
    if (flight.length < KEYS_PER_FLIGHT) continue;
    flights.push(flight);
    flight = [];
  }
  return [...flights, flight];
}

async function fetchFlight(deployment: Deployment, keys: readonly StoredKey[] = []): Promise<Uint8Array> {
  const entries = await Promise.all(
    deployment.nodes.map((node) => {
      const own = keys.filter((stored) => stored.node === node).map(({ key }) => key);
      return fetchFromNode(node, own, deployment.keysPerCommand);
    }),
  );
  return Buffer.concat([...entries.flat(), snapshotNote(STORE_NOTES.runsComplete, '')]);
}

async function fetchFromNode({ client, address }: RedisNode, keys: readonly string[], keysPerCommand: number) {
  const commands = Array.from({ length: Math.ceil(keys.length / keysPerCommand) }, (_, i) =>
    keys.slice(i * keysPerCommand, (i + 1) * keysPerCommand),
  );
  try {
    return (await Promise.all(commands.map((some) => fetchEntries(client, some)))).flat();
  } catch (error) {
    throw explainRedisError(error, address);
  }
}

async function fetchEntries(client: RedisClient, keys: readonly string[]): Promise<Buffer[]> {
  const found = await client.send('MGET', ...keys);
  if (!isStrings(found, keys.length)) throw new ProtocolError('MGET is answered with something else');
  return Promise.all(
    keys.map(async (key, i) => {
      const stored = found[i];
      if (stored) return snapshotEntry(key, stored);
      const type = await client.send('TYPE', key);
      if (!Buffer.isBuffer(type)) throw new ProtocolError('TYPE is answered with something else');
      const problem =
        type.toString() === 'none' ? 'it was deleted while wfa was reading' : `it is a ${type}, no string`;
      return snapshotNote(STORE_NOTES.lostKey, `${key}\n${problem}`);
    }),
  );
}

const isStrings = (reply: Reply, length: number): reply is readonly (Buffer | null)[] =>
  Array.isArray(reply) && reply.length === length && reply.every((item) => item === null || Buffer.isBuffer(item));
