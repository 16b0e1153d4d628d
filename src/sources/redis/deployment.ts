import { UserError } from '../../errors.ts';
import { RedisClient } from './client.ts';
import { explainRedisError } from './explain.ts';
import { ProtocolError, type Reply, ReplyError } from './reply-parser.ts';
import type { RedisAddress } from './uri.ts';

/** A deployment is what an address leads to: one server, or all masters of a Redis Cluster, each of which holds a part of the keys. */
export interface Deployment {
  readonly nodes: readonly RedisNode[];
  /** Keys that one command may name: in a cluster one, because a command may not name keys of several slots. */
  readonly keysPerCommand: number;
  /** Throws `UserError` `replaced` when keys have been given to other masters since. */
  checkUnchanged(): Promise<void>;
  close(): void;
}

/** A node is one server, with its name in errors. */
export interface RedisNode {
  readonly client: RedisClient;
  readonly address: RedisAddress;
}

const KEYS_PER_COMMAND = 200;

/** Keys of the engine's kind that lie in different slots of a cluster, whether they exist or not. */
const KEYS_OF_TWO_SLOTS = ['dag-0', 'dag-1'] as const;

/** Connects to what an address leads to. `UserError` when it does not answer as Redis does, or not to this user. */
export async function connectAll(address: RedisAddress): Promise<Deployment> {
  const node = await connectNode(address);
  try {
    return (await isCluster(node)) ? await connectMasters(node) : toDeployment([node]);
  } catch (error) {
    node.client.close();
    throw explainRedisError(error, address);
  }
}

async function connectNode(address: RedisAddress): Promise<RedisNode> {
  try {
    return { client: await RedisClient.connect(address), address };
  } catch (error) {
    throw explainRedisError(error, address);
  }
}

const toDeployment = (nodes: readonly RedisNode[]): Deployment => ({
  nodes,
  keysPerCommand: KEYS_PER_COMMAND,
  checkUnchanged: async () => {},
  close: () => {
    for (const { client } of nodes) client.close();
  },
});

/** Tells a cluster by its refusal, which takes no permission but that to read. */
async function isCluster({ client }: RedisNode): Promise<boolean> {
  try {
    await client.send('MGET', ...KEYS_OF_TWO_SLOTS);
    return false;
  } catch (error) {
    if (error instanceof ReplyError && /^(CROSSSLOT|MOVED|ASK|CLUSTERDOWN) /.test(error.message)) return true;
    throw error;
  }
}

async function connectMasters(seed: RedisNode): Promise<Deployment> {
  const before = await listMasters(seed);
  const connecting = await Promise.allSettled(
    before.map(({ host, port }) => connectNode(toNode(seed.address, host, port))),
  );
  const nodes = connecting.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const all = toDeployment([seed, ...nodes]);
  const failed = connecting.find((result) => result.status === 'rejected');
  if (failed) {
    all.close();
    throw failed.reason;
  }
  return {
    ...all,
    nodes,
    keysPerCommand: 1,
    checkUnchanged: async () => {
      if (JSON.stringify(await listMasters(seed)) !== JSON.stringify(before)) throw movedKeys(seed.address);
    },
  };
}

const toNode = (seed: RedisAddress, host: string, port: number): RedisAddress => ({
  ...seed,
  name: `${seed.name} (cluster node ${host}:${port})`,
  host,
  port,
});

const movedKeys = ({ name }: RedisAddress): UserError =>
  new UserError('replaced', `Cannot read ${name}: the cluster gave keys to other nodes while wfa read them.`, {
    hint: 'Run wfa again once the cluster is at rest.',
  });

interface Master {
  readonly host: string;
  readonly port: number;
  /** Its first and last slots, in order. */
  readonly slots: readonly (readonly [number, number])[];
}

const SLOT_COUNT = 16_384;
const MOST_MASTERS = 1000;

/** Lists the masters; `UserError` when a part of the keys has none. */
async function listMasters({ client, address }: RedisNode): Promise<Master[]> {
  const masters = new Map<string, { host: string; port: number; slots: [number, number][] }>();
  let slotCount = 0;
  for (const range of readArray(await client.send('CLUSTER', 'SLOTS'))) {
    const [first, last, node] = readArray(range);
    const [named, port] = readArray(node ?? null);
    if (typeof first !== 'number' || typeof last !== 'number' || typeof port !== 'number') throw notCluster();
    // A node that does not know its own name is the one that was asked.
    const host = Buffer.isBuffer(named) && !/^\??$/.test(named.toString()) ? named.toString() : address.host;
    const master = masters.get(`${host} ${port}`) ?? { host, port, slots: [] };
    master.slots.push([first, last]);
    masters.set(`${host} ${port}`, master);
    slotCount += last - first + 1;
  }
  if (masters.size > MOST_MASTERS) throw notCluster();
  if (slotCount === SLOT_COUNT)
    return [...masters.values()].sort((a, b) => (a.slots[0]?.[0] ?? 0) - (b.slots[0]?.[0] ?? 0));
  throw new UserError(
    'no-answer',
    `Cannot read ${address.name}: ${SLOT_COUNT - slotCount} of ${SLOT_COUNT} slots of the cluster have no master.`,
    {
      hint: 'wfa does not report on a part of the runs: see redis-cli --cluster check HOST:PORT.',
    },
  );
}

function readArray(reply: Reply): readonly Reply[] {
  if (Array.isArray(reply)) return reply;
  throw notCluster();
}

const notCluster = () => new ProtocolError('CLUSTER SLOTS is answered with something else');
