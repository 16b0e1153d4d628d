/**
 * Read, of Argo Workflows: a workflow as Kubernetes stores it, or a list of them, as JSON or YAML → a `Run` each. Nodes that ran
 * something (Pod, HTTP, Plugin) are tasks; all others only order them. A node begins when it is created: the wait for a machine and
 * the start of its containers are in its time. Instants have whole seconds.
 */
import { gunzipSync } from 'node:zlib';
import { createRun, type TaskFields } from '../../model/create-run.ts';
import type { ReadRun } from '../../model/engine-records.ts';
import { hashStructure, linkDownstream, type UpstreamNode } from '../../model/hash-structure.ts';
import { isObject, type Json } from '../../model/json.ts';
import { NOT_RECORDED } from '../../model/recorded.ts';
import type { Origin, Remark, Run } from '../../model/run.ts';
import { instantIn, listIn, objectIn, readOrWord, refuse, required, textIn } from '../fields.ts';
import { findLastTask, findUnfinished } from '../last-task.ts';
import { parseQuantity } from './quantity.ts';
import { type ArgoTask, findTasks } from './tasks.ts';

/** Tells whether a document is meant to be a workflow or a list of workflows, be it a damaged one or one that has not run. */
export const looksLikeWorkflows = (document: unknown): boolean =>
  isObject(document) && (isWorkflow(document) || listItems(document).some(isWorkflow));

/** What is stored of a workflow may have lost its kind. */
function isWorkflow(found: unknown): boolean {
  if (!isObject(found)) return false;
  const { kind, apiVersion, spec, status } = found;
  if (kind !== undefined) return kind === 'Workflow' && /^argoproj\.io\//.test(String(apiVersion ?? 'argoproj.io/'));
  return isObject(spec) && isObject(status) && ('entrypoint' in spec || 'workflowTemplateRef' in spec);
}

const listItems = (document: Json): readonly unknown[] =>
  Array.isArray(document['items']) && /List$/.test(String(document['kind'] ?? 'List')) ? document['items'] : [];

/** Reads the workflows of one document, each as a run or as the issue that stands in its way. */
export function readWorkflows(document: unknown, origin: Origin, sourceLabel: string): readonly ReadRun[] {
  const workflows = isWorkflow(document) ? [document] : listItems(document as Json).filter(isWorkflow);
  return workflows.map((workflow) => readOrWord(origin, () => readRun(workflow as Json, origin, sourceLabel)));
}

function readRun(workflow: Json, origin: Origin, sourceLabel: string): Run {
  const status = required(objectIn(workflow, 'status', 'workflow'), 'status', 'the status of a workflow that has run');
  const submittedAtMs = required(
    instantIn(status, 'startedAt', 'status'),
    'status.startedAt',
    'when the workflow began',
  );
  const name = nameOf(workflow);
  const found = findTasks(listNodes(status), { name, submittedAtMs });
  const outcome = outcomeOf(status);
  const nodes = linkDownstream(listDagNodes(found.tasks, outcome, workflow));
  const followed = new Set(found.tasks.flatMap(({ isExit, upstream }) => (isExit ? [] : upstream)));
  const hasFailed = ({ id, phase }: ArgoTask) => isFailure(phase) && outcome !== 'succeeded' && !followed.has(id);
  const memoryOf = indexMemory(workflow);
  const tasks = found.tasks.flatMap((task) => (hasFailed(task) ? [] : toTask(task, memoryOf)));
  const remarks = listRemarks(found, outcome, hasFailed);
  return createRun({
    runId: idOf(workflow, name),
    workflow: workflowOf(workflow, name),
    origin,
    sourceLabel,
    submittedAtMs,
    structureHash: hashStructure(nodes),
    nodes: nodes.map((node) =>
      found.tasks.some((task) => task.id === node.id && hasFailed(task)) ? { ...node, hasFailed: true as const } : node,
    ),
    rootNodeIds: nodes.flatMap(({ id, upstream }) => (upstream.length === 0 ? [id] : [])),
    tasks,
    sinkNodeId: outcome === 'succeeded' ? findLastTask(tasks) : findUnfinished(nodes, tasks),
    ...(remarks.length === 0 ? {} : { remarks }),
  });
}

/** Nodes of a large workflow are compressed, or kept elsewhere; lists of an archive hold none. */
function listNodes(status: Json): Json {
  const nodes = objectIn(status, 'nodes', 'status') ?? decompress(status['compressedNodes']);
  if (nodes !== null) return nodes;
  const where =
    'offloadNodeStatusVersion' in status ? 'the server keeps in a database' : 'lists of an archive leave out';
  return refuse('status.nodes', `the nodes of a workflow that has run, which ${where}: ${WITH_NODES}`, undefined);
}

const WITH_NODES = 'argo get NAME -o json gives them';

/** Bytes that compressed nodes may unpack to: Kubernetes holds no more than 1 MB of them compressed. */
const MOST_NODE_BYTES = 2 ** 28;

/** Reads nodes as the controller packs them: JSON, gzip, base64. `null`: there are none. */
function decompress(packed: unknown): Json | null {
  if (typeof packed !== 'string' || packed === '') return null;
  try {
    const text = gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: MOST_NODE_BYTES });
    const nodes: unknown = JSON.parse(text.toString('utf8'));
    return isObject(nodes) ? nodes : null;
  } catch {
    return refuse('status.compressedNodes', `nodes that can be unpacked; ${WITH_NODES}, too`, packed);
  }
}

type Outcome = 'succeeded' | 'failed' | 'running';

function outcomeOf(status: Json): Outcome {
  const phase = textIn(status, 'phase', 'status');
  if (phase === 'Succeeded') return 'succeeded';
  return phase !== null && isFailure(phase) ? 'failed' : 'running';
}

const isFailure = (phase: string): boolean => phase === 'Failed' || phase === 'Error';

/** The tasks as nodes; where a workflow stopped although all of them succeeded, its entry point stands for what did not come. */
function listDagNodes(tasks: readonly ArgoTask[], outcome: Outcome, workflow: Json): UpstreamNode[] {
  const nodes = tasks.map(({ id, templateName, upstream }) => ({ id, functionName: templateName, upstream }));
  if (outcome === 'succeeded' || tasks.some(({ phase }) => phase !== 'Succeeded')) return nodes;
  const functionName = textIn(objectIn(workflow, 'spec', 'workflow') ?? {}, 'entrypoint', 'spec') ?? 'workflow';
  return [...nodes, { id: `${functionName} (stopped)`, functionName, upstream: nodes.map(({ id }) => id) }];
}

/** None of one that has not ended. */
function toTask(task: ArgoTask, memoryOf: ReadonlyMap<string, number>): TaskFields[] {
  const { id, podId, templateName, phase, startedAtMs, finishedAtMs } = task;
  if (!(phase === 'Succeeded' || isFailure(phase))) return [];
  const path = `status.nodes["${podId}"]`;
  const beganAtMs = required(startedAtMs, `${path}.startedAt`, 'when the node began');
  const endedAtMs = required(finishedAtMs, `${path}.finishedAt`, 'when the node ended');
  if (endedAtMs < beganAtMs)
    refuse(`${path}.finishedAt`, 'an instant that is not before startedAt', new Date(endedAtMs).toISOString());
  return [
    {
      nodeId: id,
      startedAtMs: beganAtMs,
      executionMs: endedAtMs - beganAtMs,
      workerId: podId,
      memoryMb: memoryOf.get(templateName) ?? NOT_RECORDED,
    },
  ];
}

/** The field at the end of a path of objects; `undefined`: the path ends before. */
function fieldAt(found: unknown, ...path: readonly string[]): unknown {
  let at = found;
  for (const key of path) at = isObject(at) ? at[key] : undefined;
  return at;
}

/** The memory limit of each template's container, in MB. */
function indexMemory(workflow: Json): ReadonlyMap<string, number> {
  const spec = objectIn(workflow, 'spec', 'workflow') ?? {};
  const memoryOf = new Map<string, number>();
  for (const template of listIn(spec, 'templates', 'spec') ?? []) {
    if (!isObject(template)) continue;
    const container = template['container'] ?? template['script'];
    const memoryMb = parseQuantity(fieldAt(container, 'resources', 'limits', 'memory'));
    if (memoryMb !== null) memoryOf.set(String(template['name']), memoryMb);
  }
  return memoryOf;
}

function listRemarks(
  { tasks, hasEarlierAttempts, hasCached }: ReturnType<typeof findTasks>,
  outcome: Outcome,
  hasFailed: (task: ArgoTask) => boolean,
): Remark[] {
  return [
    ...(hasEarlierAttempts ? (['earlier-attempts-left-out'] as const) : []),
    ...(hasCached ? (['cached-tasks-left-out'] as const) : []),
    ...(tasks.some((task) => isFailure(task.phase) && !hasFailed(task)) ? (['failures-handled'] as const) : []),
    ...(outcome === 'running' ? (['still-running'] as const) : []),
  ];
}

function nameOf(workflow: Json): string {
  const metadata = objectIn(workflow, 'metadata', 'workflow') ?? {};
  return required(textIn(metadata, 'name', 'metadata'), 'metadata.name', 'the name of the workflow');
}

/** Names come again once a workflow is deleted; the first eight digits of its uid do not. */
function idOf(workflow: Json, name: string): string {
  const uid = textIn(objectIn(workflow, 'metadata', 'workflow') ?? {}, 'uid', 'metadata');
  return uid === null ? name : `${name}-${uid.slice(0, 8)}`;
}

const TEMPLATE_LABELS = ['workflow-template', 'cluster-workflow-template', 'cron-workflow'].map(
  (label) => `workflows.argoproj.io/${label}`,
);

/** The template that it was made from; else what its name was generated from; else its name. */
function workflowOf(workflow: Json, name: string): string {
  const metadata = objectIn(workflow, 'metadata', 'workflow') ?? {};
  const labels = objectIn(metadata, 'labels', 'metadata') ?? {};
  const reference = objectIn(objectIn(workflow, 'spec', 'workflow') ?? {}, 'workflowTemplateRef', 'spec') ?? {};
  const labelled = TEMPLATE_LABELS.flatMap((label) => textIn(labels, label, 'metadata.labels') ?? [])[0];
  const generated = textIn(metadata, 'generateName', 'metadata')?.replace(/-$/, '');
  return textIn(reference, 'name', 'spec.workflowTemplateRef') ?? labelled ?? generated ?? name;
}
