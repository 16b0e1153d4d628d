import type { Run } from './run.ts';

/** The function names of nodes, each once, sorted and joined by `+`; `unknown` without any. */
export function functionNames(run: Run, nodeIds: readonly string[]): string {
  const wanted = new Set(nodeIds);
  const names = new Set(run.nodes.flatMap((node) => (wanted.has(node.id) ? [node.functionName] : [])));
  return [...names].sort().join('+') || 'unknown';
}
