import type { DagNode } from './run.ts';

/** Where a task stands in its workflow, told from the structure alone: node ids are new in every run. */

const CYCLE = '?'.repeat(16);

/**
 * The structural position of every node, by node id: function name + hash of everything upstream + hash of everything
 * downstream. Equal in two runs of one workflow structure; siblings that cannot be told apart share one position. The order of
 * the nodes and of their edges does not matter. O(nodes + edges), apart from sorting each node's neighbours.
 */
export function structuralPositions(nodes: readonly DagNode[]): Map<string, string> {
  const upward = labelNodes(nodes, (node) => node.upstream);
  const downward = labelNodes(nodes, (node) => node.downstream);
  return new Map(
    nodes.map((node) => [
      node.id,
      `${node.functionName}+${upward.get(node.id) ?? CYCLE}+${downward.get(node.id) ?? CYCLE}`,
    ]),
  );
}

/**
 * Labels each node by its function name and the sorted labels of what comes before it, in topological order (Kahn 1962). Ids
 * without a node count as an unknown neighbour; nodes on a cycle, which a DAG does not have, stay without label.
 */
function labelNodes(
  nodes: readonly DagNode[],
  before: (node: DagNode) => readonly string[],
): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  const missing = new Map(nodes.map((node) => [node.id, 0]));
  const followers = new Map<string, DagNode[]>(nodes.map((node) => [node.id, []]));
  for (const node of nodes) {
    const known = before(node).filter((id) => missing.has(id));
    missing.set(node.id, known.length);
    for (const id of known) followers.get(id)?.push(node);
  }
  const ready = nodes.filter((node) => missing.get(node.id) === 0);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    const neighbours = before(node).map((id) => labels.get(id) ?? '?');
    labels.set(node.id, hashText(`${node.functionName}(${neighbours.sort().join(',')})`));
    for (const follower of followers.get(node.id) ?? []) {
      const left = (missing.get(follower.id) ?? 0) - 1;
      missing.set(follower.id, left);
      if (left === 0) ready.push(follower);
    }
  }
  return labels;
}

/**
 * 64 bits of a text in 16 hexadecimal digits: two multiplicative hashes with different odd constants, mixed at the end as in
 * MurmurHash3 (Appleby). Not cryptographic; two of 10,000 positions of one workflow collide with a chance of 3e-12.
 */
function hashText(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
}
