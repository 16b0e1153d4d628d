import { ContainerPool, type PoolSettings } from '../../containers/pool.ts';
import { MinHeap } from '../../model/min-heap.ts';
import type { StartupState } from '../../model/run.ts';
import type { Lag, PlanFacts, PlannedWorker } from './extract.ts';
import { BURST_MS } from './observe.ts';

/**
 * Plan mode: a plan run through the container pass. Tasks take as long as planned; when they begin follows from their inputs and
 * from when their worker is ready, which follows from the pool. Instants are ms after submission.
 */

export interface PlanCircumstances {
  readonly settings: PoolSettings;
  /** Containers that earlier runs left idle, or leave soon. */
  readonly idle: readonly FreeContainer[];
  readonly poolKeyOf: (memoryMb: number) => string;
  /** From when a container ahead of its worker is due until it is ready, given how many others its trigger has. */
  readonly predictPrewarmMs: (memoryMb: number, rivalCount: number) => number;
  /** Predicts a worker's start-up, given the number of start-ups of its burst in its way. */
  readonly predictStartupMs: (worker: PlannedWorker, state: StartupState, rivalCount: number) => number;
  /** Waits between what is planned. */
  readonly lagsMs: Readonly<Record<Lag, number>>;
}

/** A container without a worker from that instant on. */
export interface FreeContainer {
  readonly atMs: number;
  readonly poolKey: string;
}

/** A planned worker as the replay places it. */
export interface ReplayedWorker {
  readonly state: StartupState;
  readonly requestedAtMs: number;
  readonly readyAtMs: number;
  /** Its last task has ended. */
  readonly endAtMs: number;
}

/** The outcome of a plan's replay. */
export interface ReplayedPlan {
  /** `null`: the sink is never reached, as the plan has a circle, or planned times that add up to infinity. */
  readonly makespanMs: number | null;
  /** As the plan's workers; `null`: never asked for. */
  readonly workers: readonly (ReplayedWorker | null)[];
}

interface TaskEvent {
  readonly atMs: number;
  readonly task: number;
  readonly kind: 'inputs-there' | 'completed';
}

interface Request {
  readonly atMs: number;
  readonly worker: number;
}

type Running = { -readonly [Key in keyof ReplayedWorker]: ReplayedWorker[Key] } & { readonly container: number };

/** Replays one plan; containers that the run itself leaves count for its later workers. O(n log n) in tasks and dependencies. */
export function replayPlan(plan: PlanFacts, circumstances: PlanCircumstances): ReplayedPlan {
  return new PlanReplay(plan, circumstances).run();
}

class PlanReplay {
  readonly #plan: PlanFacts;
  readonly #circumstances: PlanCircumstances;
  readonly #pool: ContainerPool;
  readonly #poolNumbers = new Map<string, number>();
  readonly #events = new MinHeap<TaskEvent>((a, b) => a.atMs - b.atMs || a.task - b.task);
  /** Containers that will be there without a worker, earlier ones first. */
  readonly #free = new MinHeap<FreeContainer>((a, b) => a.atMs - b.atMs || (a.poolKey < b.poolKey ? -1 : 1));
  readonly #requests = new MinHeap<Request>((a, b) => a.atMs - b.atMs || a.worker - b.worker);
  readonly #workers: (Running | null)[];
  readonly #asked: boolean[];
  /** Tasks whose inputs are there before their worker is. */
  readonly #waiting: number[][];
  readonly #unfinishedCount: number[];
  readonly #missingCount: number[];
  readonly #downstream: number[][];
  readonly #isRoot: boolean[];
  /** By the worker that triggers them. */
  readonly #prewarms: PlanFacts['prewarms'][number][][];
  /** Tasks all of whose inputs come from their own worker. */
  readonly #isLocal: boolean[];
  #makespanMs: number | null = null;

  constructor(plan: PlanFacts, circumstances: PlanCircumstances) {
    this.#plan = plan;
    this.#circumstances = circumstances;
    this.#pool = new ContainerPool(circumstances.settings);
    for (const container of circumstances.idle) this.#free.push(container);
    this.#workers = plan.workers.map(() => null);
    this.#asked = plan.workers.map(() => false);
    this.#waiting = plan.workers.map(() => []);
    this.#unfinishedCount = plan.workers.map(() => 0);
    this.#missingCount = plan.taskWorkers.map(() => 0);
    this.#downstream = plan.taskWorkers.map(() => []);
    this.#isLocal = plan.taskWorkers.map(() => true);
    this.#prewarms = plan.workers.map(() => []);
    for (const prewarm of plan.prewarms) this.#prewarms[this.#workerOf(prewarm.task)]?.push(prewarm);
    for (let i = 0; i < plan.edges.length; i += 2) {
      const [above, below] = [plan.edges[i] as number, plan.edges[i + 1] as number];
      this.#downstream[above]?.push(below);
      this.#missingCount[below] = (this.#missingCount[below] as number) + 1;
      if (this.#workerOf(above) !== this.#workerOf(below)) this.#isLocal[below] = false;
    }
    this.#isRoot = this.#missingCount.map((count) => count === 0);
    for (const [task, worker] of plan.taskWorkers.entries()) {
      this.#unfinishedCount[worker] = (this.#unfinishedCount[worker] as number) + 1;
      if (this.#isRoot[task]) this.#events.push({ atMs: 0, task, kind: 'inputs-there' });
    }
  }

  run(): ReplayedPlan {
    for (let [event, request] = this.#next(); event || request; [event, request] = this.#next()) {
      const atMs = Math.min(event?.atMs ?? Number.POSITIVE_INFINITY, request?.atMs ?? Number.POSITIVE_INFINITY);
      const free = this.#free.first;
      if (free && free.atMs <= atMs) this.#addFree();
      else if (request && request.atMs === atMs && event?.atMs !== atMs) this.#startBurst();
      else this.#handle(this.#events.pop() as TaskEvent);
    }
    const workers = this.#workers.map((worker) => {
      if (!worker) return null;
      const { container: _, ...replayed } = worker;
      return replayed;
    });
    return { makespanMs: this.#makespanMs, workers };
  }

  #next(): [TaskEvent | undefined, Request | undefined] {
    return [this.#events.first, this.#requests.first];
  }

  #handle({ atMs, task, kind }: TaskEvent): void {
    if (kind === 'completed') this.#complete(task, atMs);
    else this.#begin(task, atMs);
  }

  #begin(task: number, atMs: number): void {
    const worker = this.#workerOf(task);
    const running = this.#workers[worker];
    const { lagsMs } = this.#circumstances;
    if (running) {
      const lag = running.readyAtMs >= atMs ? 'started' : this.#isLocal[task] ? 'local' : 'remote';
      this.#execute(task, Math.max(atMs, running.readyAtMs) + lagsMs[lag]);
      return;
    }
    (this.#waiting[worker] as number[]).push(task);
    if (this.#asked[worker]) return;
    this.#asked[worker] = true;
    this.#requests.push({ worker, atMs: atMs + (this.#isRoot[task] ? lagsMs.root : lagsMs.inner) });
  }

  #execute(task: number, atMs: number): void {
    this.#events.push({ task, atMs: atMs + (this.#plan.taskDurationsMs[task] as number), kind: 'completed' });
  }

  #complete(task: number, atMs: number): void {
    const worker = this.#workerOf(task);
    if (task === this.#plan.sink && Number.isFinite(atMs)) this.#makespanMs = atMs;
    for (const below of this.#downstream[task] as number[]) {
      const missing = (this.#missingCount[below] as number) - 1;
      this.#missingCount[below] = missing;
      if (missing === 0) this.#events.push({ atMs, task: below, kind: 'inputs-there' });
    }
    const unfinished = (this.#unfinishedCount[worker] as number) - 1;
    this.#unfinishedCount[worker] = unfinished;
    const running = this.#workers[worker] as Running;
    running.endAtMs = atMs;
    if (unfinished === 0) this.#pool.finish(this.#poolOf(worker), running.container, atMs);
  }

  /** Takes containers for all workers that are asked for within a burst, then starts them. */
  #startBurst(): void {
    const untilMs = (this.#requests.first as Request).atMs + BURST_MS;
    const burst: Request[] = [];
    // Planned times can add up to infinity: that there is a request is asked, not its instant.
    for (let next = this.#requests.first; next !== undefined && next.atMs <= untilMs; next = this.#requests.first) {
      burst.push(next);
      this.#requests.pop();
    }
    let launchedCount = 0;
    for (const { worker, atMs } of burst) {
      const { container, source } = this.#pool.acquire(this.#poolOf(worker), atMs);
      const state = source === 'launched' ? 'cold' : 'warm';
      const rivalCount = state === 'cold' ? launchedCount++ : burst.length - 1;
      const startupMs = this.#circumstances.predictStartupMs(this.#workerAt(worker), state, rivalCount);
      const readyAtMs = atMs + startupMs;
      this.#workers[worker] = { container, state, requestedAtMs: atMs, readyAtMs, endAtMs: readyAtMs };
      for (const task of this.#waiting[worker] as number[])
        this.#execute(task, readyAtMs + this.#circumstances.lagsMs.started);
      this.#planPrewarms(worker, readyAtMs);
    }
  }

  #planPrewarms(trigger: number, readyAtMs: number): void {
    const { poolKeyOf, predictPrewarmMs } = this.#circumstances;
    const own = this.#prewarms[trigger] as PlanFacts['prewarms'][number][];
    for (const { delayMs, memoryMb } of own) {
      const leadMs = predictPrewarmMs(memoryMb, own.length - 1);
      this.#free.push({ poolKey: poolKeyOf(memoryMb), atMs: readyAtMs + delayMs + leadMs });
    }
  }

  #addFree(): void {
    const { atMs, poolKey } = this.#free.pop() as FreeContainer;
    this.#pool.prewarm(this.#numberOf(poolKey), atMs);
  }

  #poolOf(worker: number): number {
    return this.#numberOf(this.#circumstances.poolKeyOf(this.#workerAt(worker).memoryMb));
  }

  #numberOf(poolKey: string): number {
    const number = this.#poolNumbers.get(poolKey) ?? this.#poolNumbers.size;
    this.#poolNumbers.set(poolKey, number);
    return number;
  }

  #workerOf(task: number): number {
    return this.#plan.taskWorkers[task] as number;
  }

  #workerAt(worker: number): PlannedWorker {
    return this.#plan.workers[worker] as PlannedWorker;
  }
}
