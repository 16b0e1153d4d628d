import { isRecorded } from './recorded.ts';
import type { DagDownload, DagNode, PlannedNode, Run } from './run.ts';

/**
 * The parts of a run that cost reading and that not every analysis looks at; each analysis says which ones it needs. `edges`: what is
 * upstream and downstream of the nodes.
 */
export const RUN_PARTS = ['nodes', 'edges', 'plannedNodes', 'dagDownloads'] as const;
/** A part of a run that is read only for analyses that ask for it. */
export type RunPart = (typeof RUN_PARTS)[number];

/** Stands in for a part that was not read: to look at it is a bug, which must not pass for an empty list. */
function unread<Part extends object>(part: RunPart, target: Part): Part {
  const refuse = () => {
    throw new Error(`the analysis looks at ${part} but does not ask for it`);
  };
  return new Proxy(target, { get: refuse, has: refuse, ownKeys: refuse });
}

/** `UNREAD_…` stand for parts that were not read: each throws when it is looked at. */
export const UNREAD_NODES = unread<readonly DagNode[]>('nodes', []);
/** Throws when it is looked at: planned nodes that were not read. */
export const UNREAD_PLANNED_NODES = unread<ReadonlyMap<string, PlannedNode>>('plannedNodes', new Map());
/** Throws when it is looked at: upstream and downstream that were not read. */
export const UNREAD_EDGES = unread<readonly string[]>('edges', []);
/** Throws when it is looked at: a plan's critical path that was not read. */
export const UNREAD_NODE_IDS = unread<readonly string[]>('plannedNodes', []);
/** Throws when it is looked at: downloads of the DAG that were not read. */
export const UNREAD_DOWNLOADS = unread<readonly DagDownload[]>('dagDownloads', []);

function keepNodes(nodes: readonly DagNode[], parts: ReadonlySet<RunPart>): readonly DagNode[] {
  if (!parts.has('nodes')) return UNREAD_NODES;
  return parts.has('edges')
    ? nodes
    : nodes.map((node) => ({ ...node, upstream: UNREAD_EDGES, downstream: UNREAD_EDGES }));
}

/** The run as if only these parts of it had been read. */
export function keepParts(run: Run, parts: ReadonlySet<RunPart>): Run {
  const { plan } = run;
  return {
    ...run,
    nodes: keepNodes(run.nodes, parts),
    plan:
      plan === null || !isRecorded(plan) || parts.has('plannedNodes')
        ? plan
        : { ...plan, nodes: UNREAD_PLANNED_NODES, criticalPathNodeIds: UNREAD_NODE_IDS },
    dagDownloads: parts.has('dagDownloads') ? run.dagDownloads : UNREAD_DOWNLOADS,
  };
}
