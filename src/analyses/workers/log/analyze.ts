import type { LoggedInvocation } from '../../../containers/invocation-row.ts';
import { placeInvocations, type ReplaySettings, tracePeriods } from '../../../containers/periods.ts';
import { UserError } from '../../../errors.ts';
import type { Outcome } from '../../analysis.ts';
import { boundContainers } from '../bounds.ts';
import { calibratePools } from '../calibrate.ts';
import { horizonOf, memoryOf, peakOf, tryPolicies } from '../envelope.ts';
import { sumGbSeconds } from '../gb-seconds.ts';
import type { Packing } from '../observe.ts';
import type { KeepAlive } from '../result.ts';
import type { LogFacts } from './collect.ts';
import { auditLog, listLogFindings } from './diagnostics.ts';
import type { LogOptions } from './options.ts';
import { countShared, findOverlapping, findTwins, longestIdleMs, placeAsRecorded } from './recorded.ts';
import type { InvocationResult, LogContainer, LogCounts, LogResult } from './result.ts';
import { scoreReconstruction } from './score.ts';
import { summarizeLogStartups, summarizePools } from './summarize.ts';
import { wordLogHeadline } from './wording.ts';

/** A log's clock and its end are its own: what was logged as ended is over, and instants stand in the order in which things happened. */
const EXACT = { exitLagMs: 0, launchIntervalMs: 0, simultaneousMs: 0 };
/** Without memory, every container counts as 1 GB: GB-seconds then are container-seconds. */
const ONE_GB_MB = 1024;
/** So many invocations tell the keep-alive as well as all do. */
const ENOUGH = 10_000;

type Sized = LoggedInvocation & { readonly memoryMb: number };

interface PackedLog extends Packing<Sized> {
  /** Is true when some row says how much memory its container has. */
  readonly sized: boolean;
}

/** Stands for memory that is not recorded, beside rows of which it is: 0 GB-seconds, which are counted as unknown. */
const UNSIZED_MB = 0;

/** A platform's invocations → containers over time, by the same pass as of run records. The order of rows does not matter. */
export function analyzeLog(facts: readonly LogFacts[], options: LogOptions): Outcome<LogResult> {
  const logged = facts.flatMap(({ invocations }) => invocations).sort(compareInvocations);
  if (logged.length === 0) throw new UserError('no-invocations', 'No row is an invocation.');
  const recorded = placeAsRecorded(logged);
  const longestMs = longestIdleMs(logged, recorded);
  const packing = packLog(logged, options, longestMs);
  const twins = findTwins(logged);
  const overlapping = findOverlapping(logged, recorded, options.concurrency);
  const containers = describeContainers(packing);
  const invocations = describeInvocations(packing);
  const result: Omit<LogResult, 'headline'> = {
    rowCount: facts.reduce((sum, { rowCount }) => sum + rowCount, 0),
    settings: describeSettings(options),
    keepAlive: packing.keepAlive,
    counts: {
      ...countAll(containers, invocations),
      unsizedCount: packing.sized ? containers.filter(({ memoryMb }) => memoryMb === null).length : 0,
      repeatedCount: facts.reduce((sum, { repeatedCount }) => sum + repeatedCount, 0),
      twinCount: twins.length,
      recordedContainerCount: recorded.length === 0 ? null : recorded.length,
      overlappingCount: overlapping.length,
    },
    aliveUnit: packing.sized ? 'gb-seconds' : 'container-seconds',
    ...measureAlive(packing, containers),
    pools: summarizePools(invocations, containers, packing.sized ? UNSIZED_MB : ONE_GB_MB),
    startups: summarizeLogStartups(invocations),
    scores: options.score ? scoreReconstruction(logged, packing.settings, horizonOf(packing)) : [],
    invocations,
    containers,
  };
  const found = { overlapping, twins, sharedCount: countShared(logged), longestIdleMs: longestMs };
  return {
    result: { headline: wordLogHeadline(result), ...result },
    ledger: listLogFindings(found, options),
    warnings: auditLog(result, found, options),
  };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** By start; the rest only makes the order of rows not matter. */
const compareInvocations = (a: LoggedInvocation, b: LoggedInvocation): number =>
  a.requestedAtMs - b.requestedAtMs ||
  a.endAtMs - b.endAtMs ||
  compareText(a.poolKey, b.poolKey) ||
  (a.readyAtMs ?? -1) - (b.readyAtMs ?? -1) ||
  compareText(a.state ?? '', b.state ?? '') ||
  (a.memoryMb ?? 0) - (b.memoryMb ?? 0) ||
  compareText(a.container ?? '', b.container ?? '');

function packLog(logged: readonly LoggedInvocation[], options: LogOptions, reusedAfterMs: number | null): PackedLog {
  const sized = logged.some(({ memoryMb }) => memoryMb !== null);
  const lackingMb = sized ? UNSIZED_MB : ONE_GB_MB;
  const sessions = logged.map((each): Sized => ({ ...each, memoryMb: each.memoryMb ?? lackingMb }));
  const { reuse, concurrency, keepAliveMs, exitLagMs } = options;
  const plain: ReplaySettings = { ...EXACT, keepAliveMs: 0, reuse, concurrency };
  const asked = { keepAliveMs, exitLagMs: exitLagMs ?? EXACT.exitLagMs };
  const keepAlive: KeepAlive = calibratePools(choosePools(sessions), [], plain, asked, {
    enough: ENOUGH,
    reusedAfterMs,
  });
  const settings: ReplaySettings = {
    ...plain,
    keepAliveMs: keepAlive.keepAliveMs ?? Number.POSITIVE_INFINITY,
    exitLagMs: keepAlive.exitLagMs,
  };
  const placement = placeInvocations(sessions, [], settings);
  return { sessions, prewarms: [], settings, keepAlive, placement, sized };
}

/** Chooses whole pools when there are very many invocations: a stretch of time would hide whatever lasts longer than it. */
function choosePools<Session extends LoggedInvocation>(sessions: readonly Session[]): readonly Session[] {
  if (sessions.length <= ENOUGH) return sessions;
  const counts = new Map<string, number>();
  for (const { poolKey } of sessions) counts.set(poolKey, (counts.get(poolKey) ?? 0) + 1);
  const chosen = new Set<string>();
  let room = ENOUGH;
  for (const [poolKey, count] of [...counts].sort(([a], [b]) => compareText(a, b))) {
    if (count > room) continue;
    chosen.add(poolKey);
    room -= count;
  }
  return chosen.size === 0 ? sessions : sessions.filter(({ poolKey }) => chosen.has(poolKey));
}

const describeSettings = ({ map, reuse, concurrency }: LogOptions): LogResult['settings'] => ({
  map: map.columns.map(({ key, column }) => `${key}=${column}`),
  timeUnit: map.timeUnit,
  durationUnit: map.durationUnit,
  reuse,
  concurrency,
});

function describeInvocations({ sessions, placement, sized }: PackedLog): InvocationResult[] {
  return sessions.map((session, i): InvocationResult => {
    const source = placement.sourceOf[i] ?? 'launched';
    return {
      uri: session.uri,
      line: session.line,
      pool: session.poolKey,
      memoryMb: sized ? session.memoryMb || null : null,
      container: placement.containerOf[i] as number,
      source,
      state: session.state ?? (source === 'launched' ? 'cold' : 'warm'),
      stateInferred: session.state === null,
      startAtMs: session.requestedAtMs,
      readyAtMs: session.readyAtMs,
      endAtMs: session.endAtMs,
      recordedContainer: session.container,
    };
  });
}

function describeContainers(packing: PackedLog): LogContainer[] {
  const { sessions, placement, settings, sized } = packing;
  const horizonAtMs = horizonOf(packing);
  return placement.containers.map(
    (container, id): LogContainer => ({
      id,
      pool: container.poolKey,
      memoryMb: sized ? memoryOf(container, sessions) || null : null,
      origin: container.origin,
      periods: tracePeriods(container, sessions, settings, horizonAtMs),
    }),
  );
}

function countAll(
  containers: readonly LogContainer[],
  invocations: readonly InvocationResult[],
): Omit<LogCounts, 'recordedContainerCount' | 'overlappingCount' | 'unsizedCount' | 'repeatedCount' | 'twinCount'> {
  const count = (test: (invocation: InvocationResult) => boolean) => invocations.filter(test).length;
  return {
    invocationCount: invocations.length,
    poolCount: new Set(containers.map(({ pool }) => pool)).size,
    containerCount: containers.length,
    unseenCount: containers.filter(({ origin }) => origin === 'unseen').length,
    outlivedCount: count(({ source }) => source === 'outlived'),
    coldCount: count(({ state }) => state === 'cold'),
    warmCount: count(({ state }) => state === 'warm'),
    inferredStateCount: count(({ stateInferred }) => stateInferred),
    unknownReadyCount: count(({ readyAtMs }) => readyAtMs === null),
    peakCount: peakOf(containers),
  };
}

function measureAlive(
  packing: PackedLog,
  containers: readonly LogContainer[],
): Pick<LogResult, 'alive' | 'bounds' | 'envelope'> {
  const { containers: ofContainers, gbSeconds } = boundContainers(packing);
  return {
    alive: sumGbSeconds(
      containers.map(({ memoryMb, periods }) => ({
        memoryMb: memoryMb ?? (packing.sized ? UNSIZED_MB : ONE_GB_MB),
        periods,
      })),
    ),
    bounds: { containers: ofContainers, alive: gbSeconds },
    envelope: tryPolicies(packing).map(({ aliveGbSeconds, ...policy }) => ({ ...policy, alive: aliveGbSeconds })),
  };
}
