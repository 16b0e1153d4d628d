import { isIP } from 'node:net';
import type { Redis } from 'ioredis';
import { compareRunIds, KEY_PREFIXES, parseKey, STORE_NOTES } from '../../octoflows/store/keys.ts';
import type { Source } from '../source.ts';
import { explainRedisError } from './explain.ts';
import { snapshotEnd, snapshotEntry, snapshotHead, snapshotNote } from './snapshot.ts';
import { isRedisUri, parseRedisUri, type RedisAddress } from './uri.ts';

/**
 * The source reads the engine's own Redis by commands that only read: SCAN, MGET, TYPE (and AUTH and SELECT to get in). Its bytes are
 * a snapshot of the engine's keys, run by run, so that each run can be taken up and forgotten.
 */
export const redisSource: Source = {
  accepts: isRedisUri,
  list: async (uri) => {
    const address = await parseRedisUri(uri);
    return [{ uri: address.name, byteLength: null, explicit: true, version: null, open: () => readServer(address) }];
  },
};

const CONNECT_TIMEOUT_MS = 10_000;
const COMMAND_TIMEOUT_MS = 30_000;

async function* readServer(address: RedisAddress): AsyncGenerator<Uint8Array> {
  const redis = await createClient(address);
  // The reason of a lost connection comes as an event; commands only learn that it is closed.
  let lost: unknown = null;
  redis.on('error', (error) => {
    lost ??= error;
  });
  try {
    await redis.connect();
    await enter(redis, address);
    yield* readRuns(redis);
  } catch (error) {
    throw explainRedisError(lost ?? error, address);
  } finally {
    redis.disconnect();
  }
}

async function createClient(address: RedisAddress): Promise<Redis> {
  const { default: ioredis } = await import('ioredis');
  return new ioredis.Redis({
    host: address.host,
    port: address.port,
    // Names go into the greeting, so that the server can choose its certificate; addresses may not.
    ...(address.tls === null
      ? {}
      : { tls: { ...(isIP(address.host) ? {} : { servername: address.host }), ...address.tls } }),
    // Nothing but what a user limited to reading may say: no HELLO, INFO, CLIENT.
    protocol: 2,
    enableReadyCheck: false,
    disableClientInfo: true,
    // A lost connection is an error: keys scanned before and after it would not be one picture.
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
  });
}

/** Logs in and selects the database. The client could do so by itself, but passes over some of the refusals. */
async function enter(redis: Redis, { username, password, database }: RedisAddress): Promise<void> {
  if (password !== null) await (username === null ? redis.auth(password) : redis.auth(username, password));
  if (database !== 0) await redis.select(database);
}

/** Keys asked for at once, in commands of `KEYS_PER_COMMAND`; a run is never divided. */
const KEYS_PER_FLIGHT = 1000;
const KEYS_PER_COMMAND = 200;

async function* readRuns(redis: Redis): AsyncGenerator<Uint8Array> {
  yield snapshotHead();
  const flights = divide(await scanKeys(redis));
  // One flight ahead: the server works while this one is taken up.
  let coming = fetchFlight(redis, flights.shift());
  while (flights.length > 0) {
    const arrived = await coming;
    coming = fetchFlight(redis, flights.shift());
    // Whoever waits for it below hears of its failure; until then nobody does.
    coming.catch(() => {});
    yield arrived;
  }
  yield await coming;
  yield snapshotEnd();
}

/** Lists the names of all keys of the engine, about 200 bytes each, by run. SCAN may name a key twice. */
async function scanKeys(redis: Redis): Promise<Map<string, Set<string>>> {
  const runs = new Map<string, Set<string>>();
  for (const prefix of KEY_PREFIXES) {
    for (let cursor = '0', started = false; !started || cursor !== '0'; started = true) {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', KEYS_PER_FLIGHT);
      cursor = next;
      for (const key of keys) {
        const runId = parseKey(key)?.runId ?? '';
        const known = runs.get(runId) ?? new Set();
        runs.set(runId, known.add(key));
      }
    }
  }
  return runs;
}

/** Divides the keys into flights of whole runs, in the order of their ids. */
function divide(runs: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const flights: string[][] = [];
  let flight: string[] = [];
  for (const runId of [...runs.keys()].sort(compareRunIds)) {
    for (const key of runs.get(runId) ?? []) flight.push(key);
    if (flight.length < KEYS_PER_FLIGHT) continue;
    flights.push(flight);
    flight = [];
  }
  return [...flights, flight];
}

async function fetchFlight(redis: Redis, keys: readonly string[] = []): Promise<Uint8Array> {
  const commands = Array.from({ length: Math.ceil(keys.length / KEYS_PER_COMMAND) }, (_, i) =>
    keys.slice(i * KEYS_PER_COMMAND, (i + 1) * KEYS_PER_COMMAND),
  );
  const entries = await Promise.all(commands.map((some) => fetchEntries(redis, some)));
  return Buffer.concat([...entries.flat(), snapshotNote(STORE_NOTES.runsComplete, '')]);
}

async function fetchEntries(redis: Redis, keys: readonly string[]): Promise<Buffer[]> {
  const found = await redis.mgetBuffer(...keys);
  return Promise.all(
    keys.map(async (key, i) => {
      const stored = found[i];
      if (stored) return snapshotEntry(key, stored);
      const type = await redis.type(key);
      const problem = type === 'none' ? 'it was deleted while wfa was reading' : `it is a ${type}, no string`;
      return snapshotNote(STORE_NOTES.lostKey, `${key}\n${problem}`);
    }),
  );
}
