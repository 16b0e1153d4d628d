import type { NodeFields } from './create-run.ts';
import { hashText } from './hash-text.ts';
import { type PlacedNode, structuralPositions } from './structural-position.ts';

/** Nodes of which it is known what each waits for. */
export type UpstreamNode = NodeFields & { readonly upstream: readonly string[] };

/** Adds to each node which nodes wait for it. O(edges). */
export function linkDownstream<Node extends UpstreamNode>(
  nodes: readonly Node[],
): (Node & { readonly downstream: readonly string[] })[] {
  const downstream = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { id, upstream } of nodes) for (const before of upstream) downstream.get(before)?.push(id);
  return nodes.map((node) => ({ ...node, downstream: downstream.get(node.id) ?? [] }));
}

/** Hashes a structure for engines that record none: equal for equal functions in equal places, whatever their ids and order. */
export const hashStructure = (nodes: readonly PlacedNode[]): string =>
  hashText([...structuralPositions(nodes).values()].sort().join('\n'));
