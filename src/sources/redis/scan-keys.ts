import { UserError } from '../../errors.ts';
import type { RedisNode } from './deployment.ts';
import { ProtocolError, type Reply } from './reply-parser.ts';

/** Keys of a node at most, which are in memory together: those of some hundred thousand runs. */
const MOST_KEYS = 8e6;
/** Longest time in which SCAN gives nothing new: a server looks through millions of foreign keys meanwhile. */
const MOST_FRUITLESS_MS = 30_000;

/** Lists the keys of a node that begin with `prefix`, each once. `UserError` also when SCAN does not end. */
export async function* scanKeys({ client, address }: RedisNode, prefix: string, count: number): AsyncGenerator<string> {
  const seen = new Set<string>();
  const isEndless = watchCursors();
  let cursor = '0';
  let newAtMs = performance.now();
  do {
    const reply = await client.send('SCAN', cursor, 'MATCH', `${prefix}*`, 'COUNT', String(count));
    const page = readPage(reply, prefix);
    cursor = page.cursor;
    const fresh = page.keys.filter((key) => !seen.has(key) && seen.add(key));
    yield* fresh;
    if (fresh.length > 0) newAtMs = performance.now();
    if (seen.size > MOST_KEYS) throw tooMany(address.name);
    if (isEndless(cursor) || performance.now() - newAtMs > MOST_FRUITLESS_MS) throw endless(address.name);
  } while (cursor !== '0');
}

function readPage(reply: Reply, prefix: string): { cursor: string; keys: string[] } {
  const [cursor, keys] = Array.isArray(reply) ? reply : [];
  if (!Buffer.isBuffer(cursor) || !/^\d{1,20}$/.test(cursor.toString()) || !Array.isArray(keys)) throw notScan();
  const names = keys.map((key: Reply) => {
    if (Buffer.isBuffer(key)) return key.toString();
    throw notScan();
  });
  if (!names.every((name) => name.startsWith(prefix))) throw notScan();
  return { cursor: cursor.toString(), keys: names };
}

const notScan = () => new ProtocolError('SCAN is answered with something else');

/**
 * Watches the cursors of one SCAN; tells when one comes again after that, because a cursor of Redis only goes forward, so that they go
 * round for ever. Remembers one of them only (Brent 1980, An improved Monte Carlo factorization algorithm).
 */
function watchCursors(): (cursor: string) => boolean {
  let [remembered, age, mostAge] = ['0', 0, 1];
  return (cursor) => {
    if (cursor === '0') return false;
    if (cursor === remembered) return true;
    age++;
    if (age === mostAge) [remembered, age, mostAge] = [cursor, 0, 2 * mostAge];
    return false;
  };
}

const SNAPSHOT_HINT = 'A snapshot of it can be read instead: redis-cli --rdb dump.rdb; wfa runs --data dump.rdb';

const endless = (name: string): UserError =>
  new UserError('no-answer', `Cannot read ${name}: its SCAN does not come to an end.`, {
    hint: `Is it Redis, or does something stand in between? ${SNAPSHOT_HINT}`,
  });

const tooMany = (name: string): UserError =>
  new UserError('too-large', `Cannot read ${name}: it has more than ${MOST_KEYS} keys of the engine.`, {
    hint: SNAPSHOT_HINT,
  });
