import { type HashBits, hashBits, mix, wordBits } from './hash-text.ts';
import { orNone } from './recorded.ts';
import type { DagNode } from './run.ts';

/** A task's place in its workflow is told from the structure alone: node ids are new in every run. */

/** What a node's place depends on. */
export type PlacedNode = Pick<DagNode, 'id' | 'functionName' | 'upstream' | 'downstream'>;

const CYCLE = '?'.repeat(16);

/**
 * The structural position of every node, by node id: function name + hash of everything upstream + hash of everything
 * downstream. Equal in two runs of one workflow structure; siblings that cannot be told apart share one position. The order of
 * the nodes and of their edges does not matter. O(nodes + edges). Without recorded edges a position tells the function only.
 * Two of 10,000 positions of one workflow collide with a chance of about 3e-12.
 */
export function structuralPositions(nodes: readonly PlacedNode[]): ReadonlyMap<string, string> {
  const positions = listPositions(nodes);
  return new Map(nodes.map(({ id }, i) => [id, positions[i] as string]));
}

/** The function's name in a position: what stands before the two hashes and their signs. */
export const functionAt = (position: string): string => position.slice(0, -2 * (CYCLE.length + 1));

/** All that positions depend on: ids count only as places in the list of nodes. */
interface Layout {
  readonly functionNames: readonly string[];
  /** Node after node: how many upstream, their places, how many downstream, their places. */
  readonly places: readonly number[];
}

function layOutNodes(nodes: readonly PlacedNode[]): Layout {
  const placeOf = new Map<string, number>();
  for (let i = 0; i < nodes.length; i++) placeOf.set((nodes[i] as PlacedNode).id, i);
  const places: number[] = [];
  const addAll = (ids: readonly string[]) => {
    places.push(ids.length);
    for (const id of ids) places.push(placeOf.get(id) ?? -1);
  };
  for (const { upstream, downstream } of nodes) {
    addAll(orNone(upstream));
    addAll(orNone(downstream));
  }
  return { functionNames: nodes.map(({ functionName }) => functionName), places };
}

/** Thousands of runs share a few structures, listed in the same order: what was worked out for one serves the next. */
const known = new Map<number, { readonly layout: Layout; readonly positions: readonly string[] }>();
/** A few KB each. */
const MOST_KNOWN = 256;

/** The structural position of every node, in the order of the nodes. */
export function listPositions(nodes: readonly PlacedNode[]): readonly string[] {
  const layout = layOutNodes(nodes);
  let key = nodes.length;
  for (const place of layout.places) key = Math.imul(key ^ place, 0x9e3779b1) + 1;
  const recalled = known.get(key);
  if (recalled && sameItems(recalled.layout.places, layout.places)) {
    if (sameItems(recalled.layout.functionNames, layout.functionNames)) return recalled.positions;
  }
  if (known.size >= MOST_KNOWN) known.clear();
  const positions = findPositions(nodes);
  known.set(key, { layout, positions });
  return positions;
}

function sameItems<Item>(a: readonly Item[], b: readonly Item[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function findPositions(nodes: readonly PlacedNode[]): string[] {
  const upward = labelNodes(nodes, (node) => orNone(node.upstream));
  const downward = labelNodes(nodes, (node) => orNone(node.downstream));
  return nodes.map(({ id, functionName }) => `${functionName}+${upward.get(id) ?? CYCLE}+${downward.get(id) ?? CYCLE}`);
}

/**
 * Labels each node by its function name and the labels of what comes before it, in topological order (Kahn 1962). The labels of
 * the neighbours are mixed and added up, so that their order does not matter and nothing is sorted. Ids without a node count
 * for nothing; nodes on a cycle, which a DAG does not have, stay without label.
 */
function labelNodes(
  nodes: readonly PlacedNode[],
  before: (node: PlacedNode) => readonly string[],
): ReadonlyMap<string, string> {
  const states = new Map(nodes.map((node) => [node.id, startState()]));
  for (const node of nodes) {
    const own = states.get(node.id) as NodeState;
    for (const id of before(node)) {
      const neighbour = states.get(id);
      if (!neighbour) continue;
      own.missing++;
      neighbour.followers.push(own);
    }
    own.functionName = node.functionName;
  }
  const all = [...states.values()];
  const ready = all.filter(({ missing }) => missing === 0);
  const labelled = new Set<NodeState>();
  const nameBits = new Map<string, HashBits>();
  for (let state = ready.pop(); state !== undefined; state = ready.pop()) {
    finish(state, nameBits);
    labelled.add(state);
    for (const follower of state.followers) {
      follower.high = (follower.high + mix(state.high ^ 0x27d4eb2f)) | 0;
      follower.low = (follower.low + mix(state.low ^ 0x165667b1)) | 0;
      if (--follower.missing === 0) ready.push(follower);
    }
  }
  return new Map([...states].filter(([, state]) => labelled.has(state)).map(([id, state]) => [id, wordBits(state)]));
}

/** A node under way: what is still missing before it, and 64 bits of hash in two halves. */
interface NodeState {
  functionName: string;
  missing: number;
  readonly followers: NodeState[];
  high: number;
  low: number;
}

const startState = (): NodeState => ({ functionName: '', missing: 0, followers: [], high: 0, low: 0 });

/** Takes the function name in; a DAG has few names and many nodes, so each name is hashed once. */
function finish(state: NodeState, known: Map<string, HashBits>): void {
  const name = known.get(state.functionName) ?? hashBits(state.functionName);
  known.set(state.functionName, name);
  const high = Math.imul(state.high ^ name.high, 0x9e3779b1);
  const low = Math.imul(state.low ^ name.low, 0x5f356495);
  state.high = mix(high ^ (low >>> 13));
  state.low = mix(low ^ (state.high >>> 16));
}
