import type { Json } from '../../model/json.ts';
import { amountIn, required, textIn } from '../fields.ts';
import type { HistoryEvent } from './events.ts';

/** The events of an execution, in order → the visits of its states that ran something, each with its attempts and what it waited for. */

export type Ending = 'succeeded' | 'failed' | 'timed-out' | 'aborted';

/** One try of a visit, from being scheduled to its end. */
export interface Attempt {
  readonly scheduledAtMs: number;
  /** Something runs for the call; a request to a database or a queue starts nothing. */
  readonly startsWorker: boolean;
  /** `null`: it was not started, or the service does not say when. */
  startedAtMs: number | null;
  workerName: string | null;
  /** `null`: it has not ended. */
  endedAtMs: number | null;
  ending: Ending | null;
}

/** A state that runs something was entered once. */
export interface Visit {
  /** The path of states and iterations to it, and a number where it was entered before. */
  readonly id: string;
  readonly stateName: string;
  /** Visits whose end it waited for. */
  readonly upstream: readonly string[];
  readonly attempts: Attempt[];
  /** Whatever it came to, the execution went on after it. */
  hasExited: boolean;
}

/** The walk of an execution: its visits, and those that are not counted because what holds them was tried again. */
export interface Walk {
  readonly visits: readonly Visit[];
  readonly supersededCount: number;
  /** Visits whose ends the last event comes after. */
  readonly lastIds: readonly string[];
  /** The state that was entered last, as far as one was. */
  readonly lastStateName: string | null;
}

/** A Parallel or a Map state that was started once. */
interface Container {
  readonly kind: 'Parallel' | 'Map';
  readonly stateName: string;
  readonly parent: Place;
  readonly enteredId: number;
  /** Its latest events, one for each branch that goes on. */
  readonly leaves: Set<number>;
  readonly ownVisits: Visit[];
}

/** The place of an event: what it is in, and what it comes after. */
interface Place {
  readonly container: Container | null;
  /** States and iterations around it, as a beginning of ids. */
  readonly prefix: string;
  readonly visit: Visit | null;
  readonly stateName: string | null;
  readonly enteredId: number;
  /** Ids of visits whose end it comes after. */
  readonly after: readonly string[];
}

const START: Place = { container: null, prefix: '', visit: null, stateName: null, enteredId: 0, after: [] };

/** Walks along the events, which come in the order of their ids. O(events + edges). */
export function walkEvents(events: readonly HistoryEvent[]): Walk {
  const walker = new Walker();
  for (const event of events) walker.take(event);
  return walker.finish();
}

class Walker {
  readonly #places = new Map<number, Place>();
  readonly #visits = new Map<string, Visit>();
  /** Started containers by the event at which their state was entered. */
  readonly #started = new Map<number, Container>();
  #supersededCount = 0;
  #isRedriven = false;
  #last: Place = START;
  #lastEntered: Place = START;

  take(event: HistoryEvent): void {
    const before = this.#places.get(event.previousId) ?? START;
    const place = this.#follow(event, before);
    this.#places.set(event.id, place);
    this.#last = place;
    if (event.type.endsWith('StateEntered')) this.#lastEntered = place;
    const { container } = place;
    if (container === null) return;
    container.leaves.delete(event.previousId);
    container.leaves.add(event.id);
  }

  finish(): Walk {
    // The end of an execution that was stopped comes after nothing.
    const { after, stateName } = this.#last.stateName === null ? this.#lastEntered : this.#last;
    return {
      visits: [...this.#visits.values()],
      supersededCount: this.#supersededCount,
      lastIds: after,
      lastStateName: stateName,
    };
  }

  #follow(event: HistoryEvent, before: Place): Place {
    const { type } = event;
    if (type === 'ExecutionRedriven') this.#isRedriven = true;
    if (type.endsWith('StateEntered')) return this.#enter(event, before);
    if (type === 'ParallelStateStarted' || type === 'MapStateStarted') return this.#startContainer(event, before);
    if (type === 'MapIterationStarted') return this.#startIteration(event, before);
    if (/^(Parallel|Map)State(Succeeded|Failed|Aborted|Exited)$/.test(type)) return this.#leave(event, before);
    return this.#try(event, before);
  }

  #enter(event: HistoryEvent, before: Place): Place {
    const { details, path } = event;
    const stateName = required(textIn(details, 'name', path), `${path}.name`, 'the name of the state');
    const entered = { ...before, stateName, enteredId: event.id, visit: null };
    return event.type === 'TaskStateEntered' ? { ...entered, visit: this.#visit(stateName, before) } : entered;
  }

  /** After a redrive the state that had failed is entered again, which is another attempt of the same visit. */
  #visit(stateName: string, { prefix, after, container }: Place): Visit {
    const first = `${prefix}${stateName}`;
    let id = first;
    for (let n = 2; this.#visits.has(id); n++) {
      const earlier = this.#visits.get(id) as Visit;
      if (this.#isRedriven && earlier.attempts.at(-1)?.ending !== 'succeeded') return earlier;
      id = `${first}#${n}`;
    }
    const visit: Visit = { id, stateName, upstream: after, attempts: [], hasExited: false };
    this.#visits.set(id, visit);
    container?.ownVisits.push(visit);
    return visit;
  }

  #startContainer(event: HistoryEvent, before: Place): Place {
    const { stateName, enteredId } = before;
    if (stateName === null) return before;
    const earlier = this.#started.get(enteredId);
    if (earlier !== undefined) this.#supersede(earlier);
    const kind = event.type === 'MapStateStarted' ? 'Map' : 'Parallel';
    // What follows a failed try comes after its visits, which count no more.
    const parent = earlier?.parent ?? before;
    const container: Container = { kind, stateName, parent, enteredId, leaves: new Set(), ownVisits: [] };
    this.#started.set(enteredId, container);
    return { ...parent, container, visit: null };
  }

  #supersede(container: Container): void {
    for (const { id } of container.ownVisits) if (this.#visits.delete(id)) this.#supersededCount++;
    for (const [enteredId, inner] of this.#started) {
      if (inner.parent.container !== container) continue;
      this.#started.delete(enteredId);
      this.#supersede(inner);
    }
  }

  /** An iteration waits for what its Map state waited for, although it may have been started when another one ended. */
  #startIteration({ details, path }: HistoryEvent, before: Place): Place {
    const container = nearest(before.container, 'Map');
    if (container === null) return before;
    const index = required(amountIn(details, 'index', path), `${path}.index`, 'the number of the iteration');
    const { parent, stateName } = container;
    return { ...parent, container, prefix: `${parent.prefix}${stateName}[${index}]/`, visit: null };
  }

  /** What follows a Parallel or a Map state comes after the ends of all its branches. */
  #leave(event: HistoryEvent, before: Place): Place {
    const kind = event.type.startsWith('Map') ? 'Map' : 'Parallel';
    const container = nearest(before.container, kind);
    const isExit = event.type.endsWith('Exited');
    if (container === null || (isExit && textIn(event.details, 'name', event.path) !== container.stateName)) {
      return isExit ? { ...before, visit: null } : this.#try(event, before);
    }
    const { parent, leaves, enteredId, stateName } = container;
    parent.container?.leaves.delete(enteredId);
    const after = new Set([...leaves].flatMap((id) => this.#places.get(id)?.after ?? []));
    return { ...parent, stateName, enteredId, visit: null, after: after.size === 0 ? parent.after : [...after] };
  }

  /** Takes what concerns the attempts of a visit; anything else moves nothing. */
  #try(event: HistoryEvent, before: Place): Place {
    // A distributed Map runs child executions, which have histories of their own: here it is one task.
    const startsRun = event.type === 'MapRunStarted' && before.stateName !== null;
    const visit = startsRun ? this.#visit(before.stateName as string, before) : before.visit;
    if (visit === null) return before;
    addToAttempts(event, visit);
    if (event.type === 'TaskStateExited') visit.hasExited = true;
    return { ...before, visit, after: visit.attempts.length === 0 ? before.after : [visit.id] };
  }
}

function nearest(container: Container | null, kind: Container['kind']): Container | null {
  for (let at = container; at !== null; at = at.parent.container) if (at.kind === kind) return at;
  return null;
}

const ENDINGS: readonly (readonly [RegExp, Ending])[] = [
  [/^(Task|LambdaFunction|Activity|MapRun)Succeeded$/, 'succeeded'],
  [/^(Task|LambdaFunction|Activity|MapRun)(Schedule|Start|Submit)?Failed$/, 'failed'],
  [/^(Task|LambdaFunction|Activity)TimedOut$/, 'timed-out'],
  [/^(TaskStateAborted|MapRunAborted)$/, 'aborted'],
];

function addToAttempts(event: HistoryEvent, { attempts }: Visit): void {
  const { type, atMs, details } = event;
  if (/^(Task|LambdaFunction|Activity)Scheduled$/.test(type))
    attempts.push(startAttempt(atMs, startsWorker(type, details)));
  if (type === 'MapRunStarted') attempts.push({ ...startAttempt(atMs, false), startedAtMs: atMs });
  const attempt = attempts.at(-1);
  if (attempt === undefined) return;
  // A job that is waited for is submitted after the service began with it.
  if (/^(Task|LambdaFunction|Activity)Started$|^TaskSubmitted$/.test(type)) attempt.startedAtMs ??= atMs;
  if (type === 'ActivityStarted') attempt.workerName = textIn(details, 'workerName', event.path);
  const ending = ENDINGS.find(([pattern]) => pattern.test(type))?.[1];
  if (ending === undefined || attempt.ending !== null) return;
  attempt.ending = ending;
  attempt.endedAtMs = atMs;
}

const startAttempt = (scheduledAtMs: number, startsWorker: boolean): Attempt => ({
  scheduledAtMs,
  startsWorker,
  startedAtMs: null,
  workerName: null,
  endedAtMs: null,
  ending: null,
});

/** Services that start a function, a container, a job or a machine for a call. */
const STARTING = /^(lambda|ecs|fargate|batch|eks|glue|sagemaker|codebuild|elasticmapreduce|emr-)/;

const startsWorker = (type: string, details: Json): boolean =>
  type !== 'TaskScheduled' || STARTING.test(textIn(details, 'resourceType', 'details') ?? '');
