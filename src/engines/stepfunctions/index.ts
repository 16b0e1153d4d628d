/**
 * Read, of AWS Step Functions: the history of an execution, as `aws stepfunctions get-execution-history` writes it → a `Run`. What ran
 * something (a Lambda function, an activity, a call of a service, a distributed Map) is a task; Choice, Pass, Wait, Succeed and Fail
 * states only order them. A history says nothing of memory, of cold starts, and of what a function fetches and stores.
 */
import { createRun, type TaskFields } from '../../model/create-run.ts';
import type { EngineDocuments, ReadRun, RunLayout } from '../../model/engine-records.ts';
import { hashStructure, linkDownstream, type UpstreamNode } from '../../model/hash-structure.ts';
import { hashText } from '../../model/hash-text.ts';
import { isObject, type Json } from '../../model/json.ts';
import { NOT_RECORDED } from '../../model/recorded.ts';
import type { Origin, Remark, Run, WorkerStartup } from '../../model/run.ts';
import { baseName, readOrWord, refuse, textIn } from '../fields.ts';
import { findLastTask, findUnfinished } from '../last-task.ts';
import { type HistoryEvent, readEvents } from './events.ts';
import { gatherLogged, holdsLoggedEvents, listedEvents } from './listed.ts';
import { inServiceSpelling } from './spelling.ts';
import { type Attempt, type Visit, type Walk, walkEvents } from './walk.ts';

/** Tells whether a document is meant to be the history of an execution, be it a damaged one. */
export function looksLikeHistory(document: unknown): boolean {
  if (!isObject(document)) return false;
  const { events } = inServiceSpelling(document, MOST_LOOKED_AT);
  return Array.isArray(events) && events.some((event) => isObject(event) && isHistoryType(event['type']));
}

/** Events of a history that are looked at to tell it from others' lists of events. */
const MOST_LOOKED_AT = 10;

const isHistoryType = (type: unknown): boolean =>
  typeof type === 'string' &&
  /^(Execution|Task|LambdaFunction|Activity|MapRun|MapIteration|\w*State|Evaluation)(Schedule|Start|Submit)?(Started|Entered|Exited|Scheduled|Succeeded|Failed|Aborted|TimedOut|Submitted|Redriven)$/.test(
    type,
  );

/** The layout of a history whose events stand one in a row. */
export const historyEvents: RunLayout = listedEvents(
  (uri) => (history, line) => readHistory(history, { uri, line }, uri),
);

/** Answers of CloudWatch Logs whose messages are events of executions. */
export const historyLogs: EngineDocuments = {
  looksLike: holdsLoggedEvents,
  read: (document, origin, sourceLabel) =>
    gatherLogged(document).flatMap((history) => readHistory(history, origin, sourceLabel)),
};

/** Reads the history of one execution; beside the run stands an issue where the history is only a part. */
export function readHistory(document: unknown, origin: Origin, sourceLabel: string): readonly ReadRun[] {
  const history = inServiceSpelling(document as Json);
  const read = readOrWord(origin, () => readRun(history, origin, sourceLabel));
  if ('issue' in read || !hasMorePages(history)) return [read];
  const expected = 'nothing after these events: get-execution-history without --max-items gives all pages in one';
  return [read, { issue: { code: 'wrong-field', origin, path: 'nextToken', expected, found: 'a next page' } }];
}

/** The service and its command line spell it in two ways. */
const hasMorePages = (history: Json): boolean => Boolean(history['nextToken'] ?? history['NextToken']);

function readRun(history: Json, origin: Origin, sourceLabel: string): Run {
  const events = readEvents(history);
  const first = events[0];
  if (first?.type !== 'ExecutionStarted') {
    const expected =
      'ExecutionStarted, with which a history begins (give all its pages in one; a log has it at level ALL)';
    return refuse('events', expected, first?.type);
  }
  const walk = walkEvents(events);
  const outcome = findOutcome(events);
  const nodes = linkDownstream(listNodes(walk, outcome));
  const done = walk.visits.flatMap((visit) => toTask(visit, outcome));
  const remarks = listRemarks(walk, outcome);
  return createRun({
    ...nameRun(history, events, origin),
    origin,
    sourceLabel,
    submittedAtMs: first.atMs,
    structureHash: hashStructure(nodes),
    nodes,
    rootNodeIds: nodes.flatMap(({ id, upstream }) => (upstream.length === 0 ? [id] : [])),
    tasks: done,
    workerStartups: listStartups(walk.visits),
    sinkNodeId: outcome === 'succeeded' ? findLastTask(done) : findUnfinished(nodes, done),
    ...(remarks.length === 0 ? {} : { remarks }),
  });
}

type Outcome = 'succeeded' | 'failed' | 'running';

/** The last event that ends an execution tells, unless it was redriven after that. */
function findOutcome(events: readonly HistoryEvent[]): Outcome {
  const last = events.findLast(({ type }) => /^Execution(Succeeded|Failed|Aborted|TimedOut|Redriven)$/.test(type));
  if (last === undefined || last.type === 'ExecutionRedriven') return 'running';
  return last.type === 'ExecutionSucceeded' ? 'succeeded' : 'failed';
}

/** The visits that tried something or at which the execution stopped; where it stopped at another state, that one too. */
function listNodes({ visits, lastIds, lastStateName }: Walk, outcome: Outcome): UpstreamNode[] {
  const counted = visits.filter(
    ({ attempts, hasExited }) => attempts.length > 0 || !(hasExited || outcome === 'succeeded'),
  );
  const nodes = counted.map((visit) => ({
    id: visit.id,
    functionName: visit.stateName,
    upstream: visit.upstream,
    ...(hasFailed(visit, outcome) ? { hasFailed: true as const } : {}),
  }));
  if (outcome === 'succeeded' || counted.some((visit) => toTask(visit, outcome).length === 0)) return nodes;
  const functionName = lastStateName ?? 'ExecutionStarted';
  const id = visits.some((visit) => visit.id === functionName) ? `${functionName} (stopped)` : functionName;
  return [
    ...nodes,
    { id, functionName, upstream: lastIds, ...(outcome === 'failed' ? { hasFailed: true as const } : {}) },
  ];
}

/** A failure that the execution went on after was handled, and ends the task as its success would have. */
function hasFailed({ attempts, hasExited }: Visit, outcome: Outcome): boolean {
  const ending = attempts.at(-1)?.ending ?? null;
  return outcome !== 'succeeded' && !hasExited && ending !== null && ending !== 'succeeded';
}

/** The last attempt of a visit as a task; none where it did not end, or failed for good. */
function toTask(visit: Visit, outcome: Outcome): TaskFields[] {
  const attempt = visit.attempts.at(-1);
  if (attempt === undefined || attempt.endedAtMs === null || hasFailed(visit, outcome)) return [];
  const startedAtMs = attempt.startedAtMs ?? attempt.scheduledAtMs;
  return [
    {
      nodeId: visit.id,
      startedAtMs,
      executionMs: attempt.endedAtMs - startedAtMs,
      ...(attempt.workerName === null ? {} : { workerId: attempt.workerName }),
    },
  ];
}

/** From being scheduled to being started; what a function's own initialization takes is in its execution. */
function listStartups(visits: readonly Visit[]): readonly WorkerStartup[] | typeof NOT_RECORDED {
  const startups = visits.flatMap(({ id, attempts }) => {
    const attempt = attempts.at(-1);
    return attempt === undefined ? [] : toStartup(id, attempt);
  });
  return startups.length === 0 ? NOT_RECORDED : startups;
}

function toStartup(id: string, attempt: Attempt): WorkerStartup[] {
  const { startsWorker, startedAtMs, scheduledAtMs, workerName, ending } = attempt;
  // A success without a start only lacks the event.
  if (!startsWorker || (startedAtMs === null && ending === 'succeeded')) return [];
  return [
    {
      workerId: workerName,
      memoryMb: NOT_RECORDED,
      initialTaskIds: [id],
      requestedAtMs: scheduledAtMs,
      readyAtMs: startedAtMs,
      state: startedAtMs === null ? null : NOT_RECORDED,
    },
  ];
}

function listRemarks({ visits, supersededCount }: Walk, outcome: Outcome): Remark[] {
  const isHandled = ({ attempts }: Visit) => (attempts.at(-1)?.ending ?? 'succeeded') !== 'succeeded';
  return [
    ...(supersededCount > 0 || visits.some(({ attempts }) => attempts.length > 1)
      ? (['earlier-attempts-left-out'] as const)
      : []),
    ...(visits.some((visit) => isHandled(visit) && !hasFailed(visit, outcome)) ? (['failures-handled'] as const) : []),
    ...(outcome === 'running' ? (['still-running'] as const) : []),
  ];
}

/**
 * A history names neither its execution nor its state machine, unless what `describe-execution` says was added to it. The first state
 * then stands for the state machine, and the file's name with a hash of the events for the execution.
 */
function nameRun(history: Json, events: readonly HistoryEvent[], origin: Origin): Pick<Run, 'runId' | 'workflow'> {
  const own = textIn(history, 'executionArn', 'history');
  // arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME, or …:express:MACHINE:NAME:ID.
  const machine = machineIn(history) ?? machineOf(events[0] as HistoryEvent) ?? own?.split(':')[6] ?? null;
  const firstState = events.find(({ type }) => type.endsWith('StateEntered'));
  const hash = hashText(events.map(({ id, type, atMs }) => `${id} ${type} ${atMs}`).join('\n')).slice(0, 8);
  return {
    runId: own?.split(':').slice(6).join(':') ?? `${baseName(origin.uri)}-${hash}`,
    workflow: machine ?? textIn(firstState?.details ?? {}, 'name', 'details') ?? 'unknown',
  };
}

function machineIn(history: Json): string | null {
  const arn = textIn(history, 'stateMachineArn', 'history');
  return arn === null ? null : nameOfMachine(arn);
}

/** `arn:aws:states:REGION:ACCOUNT:stateMachine:NAME`, with a version or an alias after it. */
function machineOf({ details, path }: HistoryEvent): string | null {
  const arn = textIn(details, 'stateMachineVersionArn', path) ?? textIn(details, 'stateMachineAliasArn', path);
  return arn === null ? null : nameOfMachine(arn);
}

const nameOfMachine = (arn: string): string => arn.split(':')[6] ?? arn;
