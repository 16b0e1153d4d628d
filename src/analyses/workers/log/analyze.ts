import type { InvocationTable } from '../../../containers/invocation-table.ts';
import { UserError } from '../../../errors.ts';
import { LazyList } from '../../../view/lazy-list.ts';
import type { Outcome } from '../../analysis.ts';
import { boundContainers } from '../bounds.ts';
import { tryPolicies } from '../envelope.ts';
import type { LogFacts } from './collect.ts';
import { auditLog, listLogFindings } from './diagnostics.ts';
import type { LogOptions } from './options.ts';
import { PackedLog } from './pack.ts';
import { examineRecorded, findTwins } from './recorded.ts';
import type { LogCounts, LogResult } from './result.ts';
import { scoreReconstruction } from './score.ts';
import { measureContainers, summarizeLogStartups } from './summarize.ts';
import { billLog, measureMemoryUse } from './use.ts';
import { wordLogHeadline } from './wording.ts';

/** A platform's invocations → containers over time, by the same pass as of run records. The order of rows does not matter. */
export function analyzeLog(facts: readonly LogFacts[], options: LogOptions): Outcome<LogResult> {
  const [log] = facts;
  if (log === undefined || log.invocations.length === 0) {
    throw new UserError('no-invocations', 'No row is an invocation.');
  }
  const { invocations: table, rowCount, repeatedCount } = log;
  const recorded = examineRecorded(table, options.concurrency);
  const packed = new PackedLog(table, options, recorded.longestIdleMs);
  const twins = findTwins(table);
  const uses = measureMemoryUse(table);
  const startups = summarizeLogStartups(table, packed);
  const { alive, pools, unsizedCount, peakCount } = measureContainers(packed, uses, startups);
  const { containers: containerBounds, gbSeconds } = boundContainers(packed);
  const { containers } = packed.placement;
  const result: Omit<LogResult, 'headline'> = {
    rowCount,
    settings: describeSettings(options),
    keepAlive: packed.keepAlive,
    replacement: packed.replacement,
    counts: {
      ...countAll(table, packed),
      poolCount: pools.length,
      peakCount,
      unsizedCount,
      repeatedCount,
      twinCount: twins.length,
      recordedContainerCount: recorded.containerCount === 0 ? null : recorded.containerCount,
      overlappingCount: recorded.overlapping.length,
    },
    aliveUnit: packed.sized ? 'gb-seconds' : 'container-seconds',
    alive,
    bounds: { containers: containerBounds, alive: gbSeconds },
    envelope: tryPolicies(packed).map(({ reuse, containerCount, aliveGbSeconds: alive }) => ({
      reuse,
      containerCount,
      alive,
    })),
    pools,
    startups,
    memoryUse: uses.total,
    bill: options.prices === null ? null : billLog(table, options.prices),
    scores: options.score ? scoreReconstruction(table, packed.settings, packed.horizonAtMs) : [],
    invocations: new LazyList(table.length, (i) => packed.describeInvocation(i)).asArray(),
    containers: new LazyList(containers.length, (id) => packed.describeContainer(id)).asArray(),
  };
  const originsOf = (indices: readonly number[]) => indices.map((i) => table.originOf(i));
  const found = {
    overlapping: originsOf(recorded.overlapping),
    twins: originsOf(twins),
    sharedCount: recorded.sharedCount,
    longestIdleMs: recorded.longestIdleMs,
  };
  return {
    result: { headline: wordLogHeadline(result), ...result },
    ledger: listLogFindings(found, options),
    warnings: auditLog(result, found, options),
  };
}

const describeSettings = ({ map, reuse, concurrency }: LogOptions): LogResult['settings'] => ({
  map: map.columns.map(({ key, column }) => `${key}=${column}`),
  timeUnit: map.timeUnit,
  durationUnit: map.durationUnit,
  reuse,
  concurrency,
});

type Counted = Pick<
  LogCounts,
  | 'invocationCount'
  | 'containerCount'
  | 'unseenCount'
  | 'outlivedCount'
  | 'coldCount'
  | 'warmCount'
  | 'inferredStateCount'
  | 'unknownReadyCount'
>;

function countAll(table: InvocationTable, packed: PackedLog): Counted {
  const { containers, sourceOf } = packed.placement;
  const count = (test: (i: number) => boolean) => {
    let found = 0;
    for (let i = 0; i < table.length; i++) if (test(i)) found++;
    return found;
  };
  const coldCount = count((i) => packed.stateOf(i) === 'cold');
  return {
    invocationCount: table.length,
    containerCount: containers.length,
    unseenCount: containers.filter(({ origin }) => origin === 'unseen').length,
    outlivedCount: count((i) => sourceOf(i) === 'outlived'),
    coldCount,
    warmCount: table.length - coldCount,
    inferredStateCount: count((i) => table.stateOf(i) === null),
    unknownReadyCount: count((i) => Number.isNaN(table.columns.readyAtMs[i])),
  };
}
