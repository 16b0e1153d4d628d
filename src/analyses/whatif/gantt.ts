import { type ReplayedRun, type ReplayNetwork, type ReplayWorker, replayRun } from '../../model/replay.ts';
import type { Scenario } from './options.ts';
import type { ReplayableFacts } from './replays.ts';
import type { Gantt, GanttSide, GanttTask } from './result.ts';
import { layOutScenario, replayScenario, type WarmMedian } from './scenarios.ts';

/** Lays one run out as recorded and as replayed in the scenario that is shown; `null`: none that was asked for moves tasks. */
export function layOutGantt(
  { run, network }: ReplayableFacts,
  scenarios: readonly Scenario[],
  warmMs: WarmMedian,
): Gantt | null {
  const shown = chooseScenario(scenarios);
  const laidOut = shown && layOutScenario(shown, network, warmMs);
  const replayed = laidOut && replayScenario(network, laidOut).replayed;
  if (!shown || !replayed) return null;
  const { workflow, planner, sla } = run.traits;
  return {
    runId: run.runId,
    workflow,
    planner,
    sla,
    scenario: shown.key,
    recorded: describeSide(network, replayRun(network)),
    replayed: describeSide(network, replayed),
  };
}

/** All warm where it is among several, as the one that can come true; else the first that moves tasks. */
function chooseScenario(scenarios: readonly Scenario[]): Scenario | null {
  const moving = scenarios.filter(({ names }) => !names.includes('longest-path') && !names.includes('null'));
  return moving.find(({ key }) => key === 'all-warm') ?? moving[0] ?? null;
}

function describeSide(network: ReplayNetwork, { makespanMs, tasks, workers }: ReplayedRun): GanttSide {
  const order = network.workers.map((_, place) => place);
  const recordedMs = replayRun(network).workers.requestedMs;
  order.sort((a, b) => (recordedMs[a] as number) - (recordedMs[b] as number));
  const at = (column: Float64Array, place: number) => column[place] as number;
  return {
    makespanMs,
    workers: order.map((worker, i) => ({
      label: `worker ${i + 1}`,
      memoryMb: (network.workers[worker] as ReplayWorker)[0],
      requestedMs: at(workers.requestedMs, worker),
      readyMs: at(workers.readyMs, worker),
      tasks: network.tasks.worker.flatMap((own, place): GanttTask[] =>
        own === worker
          ? [
              {
                function: network.functions[network.tasks.functionIndex[place] as number] as string,
                startedMs: at(tasks.startedMs, place),
                executionStartedMs: at(tasks.executionStartedMs, place),
                executionEndedMs: at(tasks.executionEndedMs, place),
                outputMs: at(tasks.outputMs, place),
                finishedMs: at(tasks.finishedMs, place),
              },
            ]
          : [],
      ),
    })),
  };
}
