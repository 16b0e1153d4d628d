import { UserError } from '../../errors.ts';
import {
  goneAtMs,
  type PlacedContainer,
  type Placement,
  placeInvocations,
  tracePeriods,
} from '../../model/container-periods.ts';
import type { ReusePolicy } from '../../model/container-pool.ts';
import { bySubmission } from '../../model/run-facts.ts';
import type { Outcome } from '../analysis.ts';
import { auditWorkers, listLeftOut } from './audit.ts';
import { boundContainers } from './bounds.ts';
import type { WorkersFacts } from './extract.ts';
import { gbSecondsByPlanner, gbSecondsOfPeriod, sumGbSeconds } from './gb-seconds.ts';
import { learnedStartups, type Observation, type ObservedSession, observe } from './observe.ts';
import type { WorkersOptions } from './options.ts';
import { replayPlans } from './planned.ts';
import type { ContainerResult, Counts, PeriodResult, PolicyOutcome, SessionResult, WorkersResult } from './result.ts';
import { scorePlans } from './score-plans.ts';
import { summarizeStartups } from './startup-model.ts';
import { wordHeadline } from './wording.ts';

/** All facts → containers over time, what they cost, and how the plans would have fared. */
export function analyzeWorkers(unordered: readonly WorkersFacts[], options: WorkersOptions): Outcome<WorkersResult> {
  const facts = [...unordered].sort(bySubmission);
  const observation = observe(facts, options);
  const { sessions, settings, keepAlive, placement } = observation;
  if (sessions.length === 0) {
    throw new UserError('no-runs', 'No run has a worker start-up.', { hint: 'wfa runs shows what the records hold.' });
  }
  const containers = describeContainers(observation);
  const planned = options.plan ? replayPlans(facts, observation, options) : [];
  const result: Omit<WorkersResult, 'headline'> = {
    runCount: facts.length,
    settings: {
      poolKeys: options.poolKeys,
      reuse: settings.reuse,
      concurrency: settings.concurrency,
      launchIntervalMs: settings.launchIntervalMs,
    },
    keepAlive,
    counts: countAll(observation, containers),
    bounds: boundContainers(observation),
    envelope: tryPolicies(observation),
    startupModel: summarizeStartups(learnedStartups(sessions)),
    gbSeconds: {
      total: sumGbSeconds(containers),
      planners: gbSecondsByPlanner(facts, containers),
    },
    sessions: sessions.map((session, i) => describeSession(session, i, placement)),
    containers,
    planned,
    planScores: scorePlans(planned),
  };
  return {
    result: { headline: wordHeadline(result), ...result },
    ledger: listLeftOut(facts, options),
    warnings: auditWorkers(result, facts, options),
  };
}

function describeSession(session: ObservedSession, index: number, { containerOf, sourceOf }: Placement): SessionResult {
  const source = sourceOf[index] ?? 'launched';
  return {
    runId: session.run.runId,
    workerId: session.workerId,
    memoryMb: session.memoryMb,
    container: containerOf[index] as number,
    source,
    state: session.state ?? (source === 'launched' ? 'cold' : 'warm'),
    stateInferred: session.state === null,
    requestedAtMs: session.requestedAtMs,
    readyAtMs: session.readyAtMs ?? session.requestedAtMs,
    readyInferred: session.startupMs === null,
    endAtMs: session.endAtMs,
    endInferred: session.endInferred,
  };
}

/** The last instant that any record names: where containers that live for ever end. */
const horizonOf = ({ sessions }: Observation): number =>
  sessions.reduce((latest, { endAtMs }) => Math.max(latest, endAtMs), Number.NEGATIVE_INFINITY);

function describeContainers(observation: Observation): ContainerResult[] {
  const { sessions, prewarms, settings, placement } = observation;
  const horizonAtMs = horizonOf(observation);
  const prewarmOf = indexPrewarms(prewarms);
  return placement.containers.map((container, id): ContainerResult => {
    const prewarm = prewarmOf(container);
    const first = sessions[container.invocations[0] ?? -1];
    const periods = tracePeriods(container, sessions, settings, horizonAtMs);
    let runId = prewarm?.run.runId ?? null;
    return {
      id,
      poolKey: container.poolKey,
      memoryMb: first?.memoryMb ?? prewarm?.memoryMb ?? 0,
      origin: container.origin,
      periods: periods.map(({ state, startAtMs, endAtMs, invocation }): PeriodResult => {
        const session = invocation === null ? undefined : sessions[invocation];
        runId = session?.run.runId ?? runId;
        const inferred =
          session === undefined || session.startupMs === null || (state === 'busy' && session.endInferred);
        return { state, startAtMs, endAtMs, runId, workerId: session?.workerId ?? null, inferred };
      }),
    };
  });
}

/** Prewarms of one pool that were ready at the same instant are alike. */
function indexPrewarms(
  prewarms: Observation['prewarms'],
): (container: PlacedContainer) => Observation['prewarms'][number] | undefined {
  const keyOf = (poolKey: string, readyAtMs: number | null) => `${poolKey}\n${readyAtMs}`;
  const byKey = new Map(prewarms.map((prewarm) => [keyOf(prewarm.poolKey, prewarm.readyAtMs), prewarm]));
  return ({ poolKey, prewarmedAtMs }) => byKey.get(keyOf(poolKey, prewarmedAtMs));
}

function countAll({ sessions, placement }: Observation, containers: readonly ContainerResult[]): Counts {
  const count = (test: (session: ObservedSession) => boolean) => sessions.filter(test).length;
  const coldCount = sessions.filter(({ state }, i) => (state ?? stateOf(placement, i)) === 'cold').length;
  return {
    sessionCount: sessions.length,
    containerCount: containers.length,
    prewarmedCount: containers.filter(({ origin }) => origin === 'prewarmed').length,
    unseenCount: containers.filter(({ origin }) => origin === 'unseen').length,
    coldCount,
    warmCount: sessions.length - coldCount,
    inferredStateCount: count(({ state }) => state === null),
    inferredReadyCount: count(({ startupMs }) => startupMs === null),
    inferredEndCount: count(({ endInferred }) => endInferred),
    peakCount: peakOf(containers),
  };
}

const stateOf = ({ sourceOf }: Placement, index: number) => (sourceOf[index] === 'launched' ? 'cold' : 'warm');

function peakOf(containers: readonly ContainerResult[]): number {
  const began = Float64Array.from(containers, ({ periods }) => periods[0]?.startAtMs ?? 0).sort();
  const ended = Float64Array.from(containers, ({ periods }) => periods.at(-1)?.endAtMs ?? 0).sort();
  let [peak, gone] = [0, 0];
  for (const [i, atMs] of began.entries()) {
    while ((ended[gone] as number) <= atMs && gone < i) gone++;
    peak = Math.max(peak, i + 1 - gone);
  }
  return peak;
}

/** Between these, idle containers die latest and earliest. */
const POLICIES_TRIED: readonly ReusePolicy[] = ['mru', 'lru'];

/** How much hangs on which idle container the pool takes, which nothing records. */
function tryPolicies(observation: Observation): PolicyOutcome[] {
  const { sessions, prewarms, settings } = observation;
  const horizonAtMs = horizonOf(observation);
  const prewarmOf = indexPrewarms(prewarms);
  return POLICIES_TRIED.map((reuse) => {
    const { containers } =
      reuse === settings.reuse ? observation.placement : placeInvocations(sessions, prewarms, { ...settings, reuse });
    let aliveGbSeconds = 0;
    for (const container of containers) {
      const memoryMb = sessions[container.invocations[0] ?? -1]?.memoryMb ?? prewarmOf(container)?.memoryMb ?? 0;
      const aliveMs = goneAtMs(container, sessions, settings, horizonAtMs) - container.beganAtMs;
      aliveGbSeconds += gbSecondsOfPeriod(memoryMb, aliveMs);
    }
    return { reuse, containerCount: containers.length, aliveGbSeconds };
  });
}
