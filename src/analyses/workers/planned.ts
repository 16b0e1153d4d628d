import type { RunFacts } from '../../model/run-facts.ts';
import type { PlanFacts, WorkersFacts } from './extract.ts';
import { endedAtMs, History } from './history.ts';
import { poolKeyOf } from './observe.ts';
import type { WorkersOptions } from './options.ts';
import { type ReplayedPlan, replayPlan } from './replay-plan.ts';
import type { PlannedRun, PlannedWorkerPeriod } from './result.ts';

/** Every plan through the pass, in the order of submission, each with what ended runs had recorded by then and no more. */
export function replayPlans(facts: readonly WorkersFacts[], options: WorkersOptions): PlannedRun[] {
  const ends = facts.map((each) => ({ each, atMs: endedAtMs(each) })).sort((a, b) => a.atMs - b.atMs);
  const history = new History(options);
  const planned: PlannedRun[] = [];
  let next = 0;
  for (const { run, plan, makespanMs } of facts) {
    if (run.submittedAtMs === null || plan === null || !followsPlan(run)) continue;
    for (let end = ends[next]; end && end.atMs < run.submittedAtMs; end = ends[++next])
      history.learn(end.each, end.atMs);
    const earlierMedianMakespanMs = history.earlierMedianMakespanMs(run);
    const replayed = replayKnowing(history, run, plan, options);
    planned.push({ ...replayed, earlierMedianMakespanMs, actualMakespanMs: makespanMs });
  }
  return planned;
}

function replayKnowing(history: History, run: RunFacts, plan: PlanFacts, options: WorkersOptions): Replayed {
  const { counts, ...known } = history.circumstances(run, plan.workers.length);
  const circumstances = {
    ...known,
    poolKeyOf: (memoryMb: number) => poolKeyOf(run, memoryMb, options.poolKeys),
  };
  const corrected = replayPlan(plan, circumstances);
  const withoutStartup = replayPlan(plan, { ...circumstances, ...WITHOUT_STARTUP });
  const described = describePlanned(run, plan, { corrected, withoutStartup }, options);
  return { ...described, ...counts, known: history.describe(known.idle.length) };
}

type Replayed = Omit<PlannedRun, 'earlierMedianMakespanMs' | 'actualMakespanMs'>;

/** The old assumption: a worker is there as soon as its inputs are. */
const WITHOUT_STARTUP = {
  predictStartupMs: () => 0,
  lagsMs: { root: 0, inner: 0, started: 0, local: 0, remote: 0 },
};

/** WUKONG stores plans but does not schedule by them. */
export const followsPlan = ({ traits }: RunFacts): boolean => !/wukong/i.test(traits.planner);

interface Replays {
  readonly corrected: ReplayedPlan;
  readonly withoutStartup: ReplayedPlan;
}

function describePlanned(
  run: RunFacts,
  plan: PlanFacts,
  { corrected, withoutStartup }: Replays,
  options: WorkersOptions,
): Omit<Replayed, 'unknownStartupCount' | 'borrowedStartupCount' | 'known'> {
  const shown = options.startup ? corrected : withoutStartup;
  const submittedAtMs = run.submittedAtMs as number;
  return {
    runId: run.runId,
    workflow: run.traits.workflow,
    planner: run.traits.planner,
    sla: run.traits.sla,
    submittedAtMs,
    planMakespanMs: plan.makespanMs,
    correctedMakespanMs: corrected.makespanMs,
    withoutStartupMakespanMs: withoutStartup.makespanMs,
    workers: plan.workers.map(({ workerId, memoryMb, state, recordedState }, i): PlannedWorkerPeriod => {
      const period = shown.workers[i];
      const at = (ms: number | undefined) => (ms === undefined || !Number.isFinite(ms) ? null : submittedAtMs + ms);
      return {
        workerId,
        memoryMb,
        planState: state,
        correctedState: corrected.workers[i]?.state ?? null,
        withoutStartupState: withoutStartup.workers[i]?.state ?? null,
        recordedState,
        requestedAtMs: at(period?.requestedAtMs),
        readyAtMs: at(period?.readyAtMs),
        endAtMs: at(period?.endAtMs),
      };
    }),
  };
}
