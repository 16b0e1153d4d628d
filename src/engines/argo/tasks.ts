import { isObject, type Json } from '../../model/json.ts';
import { instantIn, listIn, refuse, required, textIn } from '../fields.ts';

/** The nodes of a workflow's status → its tasks, and which of them each waits for. */

/** A node that ran something; of one that was tried again, the last attempt. */
export interface ArgoTask {
  /** Its path in the workflow, without the workflow's name and the number of the attempt. */
  readonly id: string;
  /** Kubernetes' name for what ran. */
  readonly podId: string;
  readonly templateName: string;
  readonly phase: string;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  /** Ids of the tasks whose end it waits for. */
  readonly upstream: readonly string[];
  /** It belongs to the exit handler, which runs whatever came before. */
  readonly isExit: boolean;
}

export interface FoundTasks {
  readonly tasks: readonly ArgoTask[];
  readonly hasEarlierAttempts: boolean;
  /** Results of an earlier run were taken over: by memoization, or because the workflow was retried. */
  readonly hasCached: boolean;
}

interface Node {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly phase: string;
  readonly children: readonly string[];
  readonly boundaryId: string | null;
  readonly fields: Json;
  readonly path: string;
}

/** Types of nodes that run something. Containers of a set run in their pod, which is a node of its own. */
const RUNNING_TYPES: ReadonlySet<string> = new Set(['Pod', 'HTTP', 'Plugin']);

/** Finds the tasks among the nodes by their ids. O(nodes + edges). */
export function findTasks(
  found: Json,
  { name, submittedAtMs }: { readonly name: string; readonly submittedAtMs: number },
): FoundTasks {
  const nodes = new Map(Object.keys(found).map((id) => [id, readNode(found[id], id)]));
  const attempts = findAttempts(nodes);
  const isEarlier = (node: Node) => isWithin(node, nodes, attempts.earlier);
  const ran = [...nodes.values()].filter((node) => RUNNING_TYPES.has(node.type) && !isEarlier(node));
  const isCached = (node: Node) => hasMemoized(node) || endedBefore(node, submittedAtMs);
  const tasks = new Map(ran.filter((node) => !isCached(node)).map((node) => [node.id, node]));
  const nameTask = (node: Node) => withoutWorkflow(attempts.nameOf.get(node.id) ?? node.name, name);
  const upstream = linkTasks(nodes, tasks);
  const isExit = (node: Node) => /^onExit([.[(]|$)/.test(nameTask(node));
  waitForAll(new Set([...tasks.values()].filter(isExit).map(({ id }) => id)), upstream);
  return {
    tasks: [...tasks.values()].map((node) => ({
      id: nameTask(node),
      podId: node.id,
      templateName: templateOf(node),
      phase: node.phase,
      startedAtMs: instantIn(node.fields, 'startedAt', node.path),
      finishedAtMs: instantIn(node.fields, 'finishedAt', node.path),
      upstream: [...(upstream.get(node.id) ?? [])].map((id) => nameTask(nodes.get(id) as Node)),
      isExit: isExit(node),
    })),
    hasEarlierAttempts: attempts.earlier.size > 0,
    hasCached: tasks.size < ran.length,
  };
}

function readNode(found: unknown, key: string): Node {
  const path = `status.nodes["${key}"]`;
  if (!isObject(found)) return refuse(path, 'a node of the workflow', found);
  return {
    id: key,
    name: textIn(found, 'name', path) ?? key,
    type: required(textIn(found, 'type', path), `${path}.type`, 'the type of the node'),
    phase: textIn(found, 'phase', path) ?? 'Pending',
    children: (listIn(found, 'children', path) ?? []).map(String),
    boundaryId: textIn(found, 'boundaryID', path),
    fields: found,
    path,
  };
}

/** The last attempt below a Retry node has its name; those before it are listed. */
function findAttempts(nodes: ReadonlyMap<string, Node>) {
  const earlier = new Set<string>();
  const nameOf = new Map<string, string>();
  for (const retry of nodes.values()) {
    if (retry.type !== 'Retry') continue;
    const tries = retry.children
      .flatMap((id) => nodes.get(id) ?? [])
      .flatMap((node) => {
        const number = attemptNumber(node.name, retry.name);
        return number === null ? [] : [{ id: node.id, number }];
      })
      .sort((a, b) => a.number - b.number);
    for (const { id } of tries.slice(0, -1)) earlier.add(id);
    const last = tries.at(-1);
    if (last !== undefined) nameOf.set(last.id, retry.name);
  }
  return { earlier, nameOf };
}

/** `flaky(2)` is attempt 2 of `flaky`; `null`: it is none of its attempts. */
function attemptNumber(name: string, retryName: string): number | null {
  if (!name.startsWith(`${retryName}(`)) return null;
  const [, number] = /^\((\d+)\)$/.exec(name.slice(retryName.length)) ?? [];
  return number === undefined ? null : Number(number);
}

/** Is true when the node, or a template that it is in, is one of these. */
function isWithin(node: Node, nodes: ReadonlyMap<string, Node>, ids: ReadonlySet<string>): boolean {
  const seen = new Set<string>();
  for (let at: Node | undefined = node; at !== undefined && !seen.has(at.id); at = nodes.get(at.boundaryId ?? '')) {
    if (ids.has(at.id)) return true;
    seen.add(at.id);
  }
  return false;
}

const hasMemoized = ({ fields }: Node): boolean => {
  const status = fields['memoizationStatus'];
  return isObject(status) && status['hit'] === true;
};

/** A workflow that is retried keeps the nodes that had succeeded, and begins anew. */
function endedBefore({ fields, path, phase }: Node, submittedAtMs: number): boolean {
  const finishedAtMs = instantIn(fields, 'finishedAt', path);
  return phase === 'Succeeded' && finishedAtMs !== null && finishedAtMs < submittedAtMs;
}

function templateOf({ fields, path, name }: Node): string {
  const reference = fields['templateRef'];
  const referred = isObject(reference) ? textIn(reference, 'template', `${path}.templateRef`) : null;
  return textIn(fields, 'templateName', path) ?? referred ?? textIn(fields, 'displayName', path) ?? name;
}

/** `retry-x7.sub-dag.fail` of the workflow `retry-x7` is `sub-dag.fail`. */
function withoutWorkflow(name: string, workflowName: string): string {
  if (!name.startsWith(workflowName) || name.length === workflowName.length) return name;
  return name.slice(workflowName.length).replace(/^\./, '');
}

/** From each task down to the next tasks, through nodes that only order them. */
function linkTasks(nodes: ReadonlyMap<string, Node>, tasks: ReadonlyMap<string, Node>): Map<string, Set<string>> {
  const upstream = new Map([...tasks.keys()].map((id) => [id, new Set<string>()]));
  const below = new Map<string, ReadonlySet<string>>();
  for (const id of tasks.keys()) {
    for (const next of nodes.get(id)?.children ?? []) {
      for (const follower of findBelow(next, nodes, tasks, below)) upstream.get(follower)?.add(id);
    }
  }
  return upstream;
}

/** The first tasks at or below a node. Nodes on a circle, which a workflow does not have, have none. Without recursion: chains are long. */
function findBelow(
  start: string,
  nodes: ReadonlyMap<string, Node>,
  tasks: ReadonlyMap<string, Node>,
  known: Map<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const recalled = known.get(start);
  if (recalled !== undefined) return recalled;
  const found = new Set<string>();
  const seen = new Set<string>();
  const waiting = [start];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (tasks.has(id)) found.add(id);
    else for (const child of nodes.get(id)?.children ?? []) waiting.push(child);
  }
  known.set(start, found);
  return found;
}

/** The exit handler is linked to nothing, and waits for all that nothing else waits for. */
function waitForAll(exitIds: ReadonlySet<string>, upstream: Map<string, Set<string>>): void {
  if (exitIds.size === 0) return;
  const waitedFor = new Set([...upstream.values()].flatMap((ids) => [...ids]));
  const last = [...upstream.keys()].filter((id) => !exitIds.has(id) && !waitedFor.has(id));
  for (const id of exitIds) {
    const own = upstream.get(id);
    if (own?.size === 0) for (const before of last) own.add(before);
  }
}
