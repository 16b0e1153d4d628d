import { endedAtMs } from '../../model/container-periods.ts';
import { bySubmission, type RunFacts } from '../../model/run-facts.ts';
import { sampleMedian } from '../../stats/summary.ts';
import type { PlanFacts, WorkersFacts } from './extract.ts';
import { learnedStartups, type Observation, type ObservedSession, poolKeyOf } from './observe.ts';
import type { WorkersOptions } from './options.ts';
import { type PlanCircumstances, type ReplayedPlan, replayPlan } from './replay-plan.ts';
import type { PlannedRun, PlannedWorkerPeriod } from './result.ts';
import { StartupModel } from './startup-model.ts';

/** Every plan through the pass, each with what was known when its run was submitted and no more. */
export function replayPlans(
  unordered: readonly WorkersFacts[],
  observation: Observation,
  options: WorkersOptions,
): PlannedRun[] {
  const facts = [...unordered].sort(bySubmission);
  const sessionsOf = groupByRun(observation.sessions);
  const sweep = sweepIdle(observation);
  const model = new StartupModel();
  const delays = { root: [] as number[], inner: [] as number[] };
  const planned: PlannedRun[] = [];
  for (const { run, plan } of facts) {
    if (run.submittedAtMs === null) continue;
    if (plan && followsPlan(run)) {
      const learned = { unknownStartupCount: 0, borrowedStartupCount: 0 };
      const circumstances: PlanCircumstances = {
        settings: observation.settings,
        idle: sweep(run.submittedAtMs),
        poolKeyOf: ({ memoryMb }) => poolKeyOf(run, memoryMb, options.poolKeys),
        predictStartupMs: ({ memoryMb }, state, rivalCount) => {
          const predicted = model.predict(run.resourceMeasure, memoryMb, state, rivalCount);
          if (predicted === null) learned.unknownStartupCount++;
          else if (predicted.memoryMb !== memoryMb) learned.borrowedStartupCount++;
          return predicted?.durationMs ?? 0;
        },
        rootDelayMs: sampleMedian(delays.root) ?? 0,
        innerDelayMs: sampleMedian(delays.inner) ?? 0,
      };
      const instant = { ...circumstances, predictStartupMs: () => 0, rootDelayMs: 0, innerDelayMs: 0 };
      const replays = { corrected: replayPlan(plan, circumstances), withoutStartup: replayPlan(plan, instant) };
      planned.push({ ...describePlanned(run, plan, replays, options), ...learned });
    }
    for (const startup of learnedStartups(sessionsOf.get(run.runId) ?? [])) model.learn(startup);
    delays.root.push(...(plan?.rootDelaysMs ?? []));
    delays.inner.push(...(plan?.innerDelaysMs ?? []));
  }
  return planned;
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
