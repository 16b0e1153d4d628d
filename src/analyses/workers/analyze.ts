import { type Placement, tracePeriods } from '../../containers/periods.ts';
import { UserError } from '../../errors.ts';
import { Ledger } from '../../model/ledger.ts';
import { bySubmission } from '../../model/run-facts.ts';
import type { Outcome } from '../analysis.ts';
import { boundContainers } from './bounds.ts';
import { auditWorkers, listLeftOut } from './diagnostics.ts';
import { horizonOf, indexPrewarms, peakOf, tryPolicies } from './envelope.ts';
import type { WorkersFacts } from './extract.ts';
import { gbSecondsByPlanner, sumContainerSeconds, sumGbSeconds } from './gb-seconds.ts';
import { learnedPrewarms, learnedStartups, type Observation, type ObservedSession, observe } from './observe.ts';
import type { WorkersOptions } from './options.ts';
import { replayPlans } from './planned.ts';
import type { ContainerResult, Counts, PeriodResult, SessionResult, WorkersResult } from './result.ts';
import { scorePlans } from './score-plans.ts';
import { summarizeStartups } from './startup-model.ts';
import { wordHeadline } from './wording.ts';

/** All facts → containers over time, what they cost, and how the plans would have fared. */
export function analyzeWorkers(unordered: readonly WorkersFacts[], options: WorkersOptions): Outcome<WorkersResult> {
  const { facts, isSized, ledger } = chooseBySize([...unordered].sort(bySubmission));
  const observation = observe(facts, options);
  const { sessions, settings, keepAlive, placement } = observation;
  if (sessions.length === 0) {
    throw new UserError('no-runs', 'No run has a worker start-up.', { hint: 'wfa runs shows what the records hold.' });
  }
  const containers = describeContainers(observation);
  const planned = options.plan ? replayPlans(facts, options) : [];
  const sized: Unworded = {
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
    startupModel: summarizeStartups([...learnedStartups(sessions), ...facts.flatMap(learnedPrewarms)]),
    gbSeconds: {
      total: sumGbSeconds(containers),
      planners: gbSecondsByPlanner(facts, containers),
    },
    containerSeconds: sumContainerSeconds(containers),
    sessions: sessions.map((session, i) => describeSession(session, i, placement)),
    containers,
    planned,
    planScores: scorePlans(planned),
  };
  const result = isSized ? sized : withoutSize(sized);
  return {
    result: { headline: wordHeadline(result), ...result },
    ledger: [...ledger, ...listLeftOut(facts, options)],
    warnings: auditWorkers(result, facts, options),
  };
}

type Unworded = Omit<WorkersResult, 'headline'>;

/** Leaves out the runs that do not record memory beside those that do; where none does, containers are counted by their time alone. */
function chooseBySize(facts: readonly WorkersFacts[]) {
  const hasMemory = ({ run }: WorkersFacts) => !(run.traits.lacks?.includes('memory') ?? false);
  const isSized = facts.some(hasMemory);
  const ledger = new Ledger();
  if (!isSized) return { facts, isSized, ledger: ledger.entries() };
  for (const each of facts) if (!hasMemory(each)) ledger.add('memory-not-recorded', 'run', each.run.origin);
  return { facts: facts.filter(hasMemory), isSized, ledger: ledger.entries() };
}

/** Takes back the size that stood for the unknown ones. */
const withoutSize = (result: Unworded): Unworded => ({
  ...result,
  bounds: { ...result.bounds, gbSeconds: null },
  envelope: result.envelope.map((policy) => ({ ...policy, aliveGbSeconds: null })),
  startupModel: result.startupModel.map((summary) => ({ ...summary, memoryMb: null })),
  gbSeconds: null,
  sessions: result.sessions.map((session) => ({ ...session, memoryMb: null })),
  containers: result.containers.map((container) => ({ ...container, memoryMb: null })),
});

function describeSession(session: ObservedSession, index: number, { containerOf, sourceOf }: Placement): SessionResult {
  const source = sourceOf(index);
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

function countAll({ sessions, placement }: Observation, containers: readonly ContainerResult[]): Counts {
  const count = (test: (session: ObservedSession) => boolean) => sessions.filter(test).length;
  const coldCount = sessions.filter(({ state }, i) => (state ?? stateOf(placement, i)) === 'cold').length;
  return {
    sessionCount: sessions.length,
    containerCount: containers.length,
    prewarmedCount: containers.filter(({ origin }) => origin === 'prewarmed').length,
    unseenCount: containers.filter(({ origin }) => origin === 'unseen').length,
    outlivedCount: sessions.filter((_, i) => placement.sourceOf(i) === 'outlived').length,
    coldCount,
    warmCount: sessions.length - coldCount,
    inferredStateCount: count(({ state }) => state === null),
    inferredReadyCount: count(({ startupMs }) => startupMs === null),
    inferredEndCount: count(({ endInferred }) => endInferred),
    peakCount: peakOf(containers),
  };
}

const stateOf = ({ sourceOf }: Placement, index: number) => (sourceOf(index) === 'launched' ? 'cold' : 'warm');
