import { isRecorded, orNone, orNull } from '../../model/recorded.ts';
import type { Run, Task, WorkerStartup } from '../../model/run.ts';
import { countBelow, sortNumbers } from '../../stats/order-statistics.ts';

/** The quantities that the engine predicts and that are backtested. */
export const BACKTEST_QUANTITIES = ['execution', 'download', 'upload', 'startup'] as const;
export type BacktestQuantity = (typeof BACKTEST_QUANTITIES)[number];

/** The quantities that pass through the network: the engine predicts their speed. */
export const isTransfer = (quantity: BacktestQuantity): boolean => quantity === 'download' || quantity === 'upload';

/**
 * Observations of one kind in one run, item by item. A kind is the name of the function, of a download
 * that of the function which made what is downloaded; of start-ups it is cold or warm. Lists of
 * numbers take a fraction of the room that objects would.
 */
export interface Observations {
  readonly kind: string;
  readonly durationsMs: number[];
  /** Bytes taken in, downloaded or uploaded; of a start-up, how many cold ones of its run were under way when it was requested. */
  readonly sizes: number[];
  readonly memoriesMb: number[];
}

/** Observations of a run by quantity: an entry a kind. */
export type RunObservations = Readonly<Record<BacktestQuantity, readonly Observations[]>>;

/** Gathers what the run says of each quantity; what is not recorded is left out. */
export function observeRun(run: Run): RunObservations {
  const functionOf = new Map(run.nodes.map(({ id, functionName }) => [id, functionName]));
  const found = { execution: new ByKind(), download: new ByKind(), upload: new ByKind() };
  for (const task of run.tasks) observeTask(task, functionOf, found);
  return {
    execution: found.execution.list(),
    download: found.download.list(),
    upload: found.upload.list(),
    startup: observeStartups(run),
  };
}

function observeTask(
  task: Task,
  functionOf: ReadonlyMap<string, string>,
  { execution, download, upload }: Readonly<Record<Exclude<BacktestQuantity, 'startup'>, ByKind>>,
): void {
  const kind = functionOf.get(task.nodeId);
  const { memoryMb } = task;
  if (kind === undefined || !isRecorded(memoryMb)) return;
  execution.add(kind, task.executionMs, sumInputBytes(task), memoryMb);
  for (const { id, sizeBytes, downloadMs } of orNone(task.inputs)) {
    // Outputs of one function are of about one size: the function that made what is downloaded tells more than the one that takes it.
    download.add(functionOf.get(id) ?? `input of ${kind}`, downloadMs ?? 0, orNull(sizeBytes) ?? 0, memoryMb);
  }
  upload.add(kind, orNull(task.uploadMs) ?? 0, orNull(task.outputBytes) ?? 0, memoryMb);
}

/** Collects observations by kind, in the order in which kinds first come. */
export class ByKind {
  readonly #byKind = new Map<string, Observations>();

  /** Leaves out what took no time and what has no size: nothing can be said per byte of it. */
  add(kind: string, durationMs: number, sizeBytes: number, memoryMb: number): void {
    if (durationMs > 0 && sizeBytes > 0) this.addAny(kind, durationMs, sizeBytes, memoryMb);
  }

  addAny(kind: string, durationMs: number, size: number, memoryMb: number): void {
    const own = this.#byKind.get(kind) ?? { kind, durationsMs: [], sizes: [], memoriesMb: [] };
    this.#byKind.set(kind, own);
    own.durationsMs.push(durationMs);
    own.sizes.push(size);
    own.memoriesMb.push(memoryMb);
  }

  list(): Observations[] {
    return [...this.#byKind.values()];
  }
}

/** All that a task takes in, hard-coded data too; 0: nothing, or not recorded. */
function sumInputBytes({ inputs, hardcodedInputBytes }: Task): number {
  if (!isRecorded(inputs) || !isRecorded(hardcodedInputBytes)) return 0;
  let sum = hardcodedInputBytes;
  for (const { sizeBytes } of inputs) {
    if (!isRecorded(sizeBytes)) return 0;
    sum += sizeBytes;
  }
  return sum;
}

function observeStartups({ workerStartups }: Run): Observations[] {
  const startups = new ByKind();
  if (!isRecorded(workerStartups)) return [];
  const countUnderWay = underWayAt(workerStartups.filter(({ state }) => state === 'cold'));
  for (const { state, readyAtMs, requestedAtMs, memoryMb } of workerStartups) {
    if (!isRecorded(state) || state === null || readyAtMs === null || !isRecorded(memoryMb)) continue;
    if (readyAtMs <= requestedAtMs) continue;
    startups.addAny(state, readyAtMs - requestedAtMs, countUnderWay(requestedAtMs), memoryMb);
  }
  return startups.list();
}

/** Gives a function that counts the start-ups requested before an instant and not ready by then, in O(log n). */
function underWayAt(startups: readonly WorkerStartup[]): (instantMs: number) => number {
  // One that was ready before it was requested, by the clocks, is under way at no instant.
  const lasting = startups.filter((own) => own.readyAtMs === null || own.readyAtMs > own.requestedAtMs);
  const requestedMs = sortNumbers(lasting.map(({ requestedAtMs }) => requestedAtMs));
  const readyMs = sortNumbers(lasting.flatMap(({ readyAtMs }) => readyAtMs ?? []));
  return (instantMs) => countBelow(requestedMs, instantMs) - countBelow(readyMs, instantMs, true);
}
