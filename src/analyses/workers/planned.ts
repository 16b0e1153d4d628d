import { endedAtMs } from '../../model/container-periods.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { PlanFacts, WorkersFacts } from './extract.ts';
import { learnedStartups, type Observation, type ObservedSession, poolKeyOf } from './observe.ts';
import type { WorkersOptions } from './options.ts';
import { type PlanCircumstances, type ReplayedPlan, replayPlan } from './replay-plan.ts';
import type { PlannedRun, PlannedWorkerPeriod } from './result.ts';
import { RunningMedian } from './running-median.ts';
import { StartupModel } from './startup-model.ts';

/** Every plan through the pass, in the order of submission, each with what was known when its run was submitted and no more. */
export function replayPlans(
  facts: readonly WorkersFacts[],
  observation: Observation,
  options: WorkersOptions,
): PlannedRun[] {
  const sessionsOf = groupByRun(observation.sessions);
  const idleAt = sweepIdle(observation);
  const history = new History();
  const planned: PlannedRun[] = [];
  for (const { run, plan } of facts) {
    if (run.submittedAtMs === null) continue;
    if (plan && followsPlan(run)) {
      const { settings } = observation;
      const poolOf = (memoryMb: number) => poolKeyOf(run, memoryMb, options.poolKeys);
      const circumstances = {
        settings,
        idle: idleAt(run.submittedAtMs),
        poolKeyOf: poolOf,
        prewarmMs: settings.launchIntervalMs,
      };
      const { predictStartupMs, counts } = history.predictor(run);
      const corrected = replayPlan(plan, { ...circumstances, ...history.delays(), predictStartupMs });
      const withoutStartup = replayPlan(plan, { ...circumstances, ...WITHOUT_STARTUP });
      planned.push({ ...describePlanned(run, plan, { corrected, withoutStartup }, options), ...counts });
    }
    history.learn(sessionsOf.get(run.runId) ?? [], plan);
  }
  return planned;
}

/** The old assumption: a worker is there as soon as its inputs are. */
const WITHOUT_STARTUP = { predictStartupMs: () => 0, rootDelayMs: 0, innerDelayMs: 0 };

/** What the runs so far have taught. */
class History {
  readonly #model = new StartupModel();
  readonly #rootDelayMs = new RunningMedian();
  readonly #innerDelayMs = new RunningMedian();

  learn(sessions: readonly ObservedSession[], plan: PlanFacts | null): void {
    for (const startup of learnedStartups(sessions)) this.#model.learn(startup);
    for (const delayMs of plan?.rootDelaysMs ?? []) this.#rootDelayMs.add(delayMs);
    for (const delayMs of plan?.innerDelaysMs ?? []) this.#innerDelayMs.add(delayMs);
  }

  delays(): Pick<PlanCircumstances, 'rootDelayMs' | 'innerDelayMs'> {
    return { rootDelayMs: this.#rootDelayMs.median ?? 0, innerDelayMs: this.#innerDelayMs.median ?? 0 };
  }

  /** Predicts start-ups of one run, and counts those that had to be guessed. */
  predictor(run: RunFacts) {
    const counts = { borrowedStartupCount: 0, unknownStartupCount: 0 };
    const predictStartupMs: PlanCircumstances['predictStartupMs'] = ({ memoryMb }, state, rivalCount) => {
      const predicted = this.#model.predict(run.resourceMeasure, memoryMb, state, rivalCount);
      if (predicted === null) counts.unknownStartupCount++;
      else if (predicted.memoryMb !== memoryMb) counts.borrowedStartupCount++;
      return predicted?.durationMs ?? 0;
    };
    return { predictStartupMs, counts };
  }
}

/** WUKONG stores plans but does not schedule by them. */
export const followsPlan = ({ planner }: RunFacts): boolean => !/wukong/i.test(planner);

function groupByRun(sessions: readonly ObservedSession[]): Map<string, ObservedSession[]> {
  const groups = new Map<string, ObservedSession[]>();
  for (const session of sessions) {
    const group = groups.get(session.run.runId);
    if (group) group.push(session);
    else groups.set(session.run.runId, [session]);
  }
  return groups;
}

interface IdleSpan {
  readonly poolKey: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Asked for ever later instants, gives the containers that stood idle then, longest first; since when relative to the instant. */
function sweepIdle(observation: Observation): (atMs: number) => PlanCircumstances['idle'] {
  const spans = idleSpans(observation).sort((a, b) => a.fromMs - b.fromMs);
  let next = 0;
  let open: IdleSpan[] = [];
  return (atMs) => {
    for (; next < spans.length && (spans[next] as IdleSpan).fromMs <= atMs; next++) open.push(spans[next] as IdleSpan);
    open = open.filter(({ untilMs }) => untilMs > atMs);
    return open.map(({ poolKey, fromMs }) => ({ poolKey, sinceMs: fromMs - atMs }));
  };
}

/** When each container stood idle: from the exit of one worker until the next, or until it went. */
function idleSpans({ sessions, placement, settings }: Observation): IdleSpan[] {
  const { keepAliveMs, exitLagMs } = settings;
  return placement.containers.flatMap(({ poolKey, prewarmedAtMs, invocations }) => {
    const own = invocations.map((index) => sessions[index] as ObservedSession);
    const freeAtMs = [prewarmedAtMs, ...own.map((session) => endedAtMs(session) + exitLagMs)];
    return freeAtMs.flatMap((fromMs, i) => {
      if (fromMs === null) return [];
      const untilMs = Math.min(own[i]?.requestedAtMs ?? Number.POSITIVE_INFINITY, fromMs + keepAliveMs);
      return untilMs > fromMs ? [{ poolKey, fromMs, untilMs }] : [];
    });
  });
}

interface Replays {
  readonly corrected: ReplayedPlan;
  readonly withoutStartup: ReplayedPlan;
}

function describePlanned(
  run: RunFacts,
  plan: PlanFacts,
  { corrected, withoutStartup }: Replays,
  options: WorkersOptions,
): Omit<PlannedRun, 'unknownStartupCount' | 'borrowedStartupCount'> {
  const shown = options.startup ? corrected : withoutStartup;
  const submittedAtMs = run.submittedAtMs as number;
  return {
    runId: run.runId,
    workflow: run.workflow,
    planner: run.planner,
    sla: run.sla,
    submittedAtMs,
    planMakespanMs: plan.makespanMs,
    correctedMakespanMs: corrected.makespanMs,
    withoutStartupMakespanMs: withoutStartup.makespanMs,
    actualMakespanMs: plan.actualMakespanMs,
    workers: plan.workers.map(({ workerId, memoryMb, state, recordedState }, i): PlannedWorkerPeriod => {
      const period = shown.workers[i];
      const at = (ms: number | undefined) => (ms === undefined ? null : submittedAtMs + ms);
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
