import { createRun, type TaskFields } from '../../src/model/create-run.ts';
import { NOT_RECORDED } from '../../src/model/recorded.ts';
import type { OptimizationEvent, Run } from '../../src/model/run.ts';

/** Id, upstream, worker, start in ms after submission, and what is not as with every other task. */
export type HandMadeTask = readonly [
  id: string,
  upstream: readonly string[],
  worker: string,
  startMs: number,
  over?: HandMadeOver | undefined,
];

type HandMadeOver = Partial<TaskFields> & { readonly lost?: boolean; readonly events?: readonly OptimizationEvent[] };

const SUBMITTED_AT_MS = 1_795_336_000_000;

/** Every task waits 50 ms for inputs, executes 100 and uploads 50; one start-up a worker, for the first task that it has. */
export function handMakeRun(
  tasks: readonly HandMadeTask[],
  { runId = 'r', startups }: { readonly runId?: string; readonly startups?: readonly (readonly string[])[] } = {},
): Run {
  const [origin, memoryMb] = [{ uri: 'made up', line: 1 }, 1024];
  const firsts = [...new Set(tasks.map(([, , worker]) => worker))].map((worker) => [
    tasks.find((task) => task[2] === worker)?.[0] ?? '',
  ]);
  return createRun({
    runId,
    workflow: 'w',
    structureHash: 's',
    origin,
    sourceLabel: 'made up',
    submittedAtMs: SUBMITTED_AT_MS,
    sinkNodeId: tasks.at(-1)?.[0] ?? NOT_RECORDED,
    plan: null,
    dagDownloads: [1000, 2000].map((sizeBytes) => ({ downloadMs: 1, createSubdagsMs: 1, sizeBytes })) as never,
    nodes: tasks.map(([id, upstream]) => ({
      id,
      functionName: id,
      upstream,
      downstream: tasks.flatMap(([other, above]) => (above.includes(id) ? [other] : [])),
    })),
    tasks: tasks.flatMap(([nodeId, , workerId, startMs, { lost, events, ...over } = {}]): TaskFields[] =>
      lost
        ? []
        : [
            {
              nodeId,
              workerId,
              memoryMb,
              startedAtMs: SUBMITTED_AT_MS + startMs,
              inputWaitMs: 50,
              executionMs: 100,
              uploadMs: 50,
              plannerName: 'P',
              optimizationEvents: events ?? [],
              ...over,
            },
          ],
    ),
    workerStartups: (startups ?? firsts).map((initialTaskIds, i) => ({
      workerId: `w${i}`,
      memoryMb,
      initialTaskIds,
      requestedAtMs: SUBMITTED_AT_MS,
      readyAtMs: SUBMITTED_AT_MS + 50,
      state: 'cold',
    })),
  });
}
