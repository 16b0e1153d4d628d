import { mapHas } from '../../../containers/invocation-map.ts';
import { Ledger, type LedgerEntry } from '../../../model/ledger.ts';
import type { Origin } from '../../../model/run.ts';
import { wordCount, wordFigure } from '../../../view/words.ts';
import type { Warning } from '../../analysis.ts';
import { type Finding, keepFindings, note, warn } from '../../diagnostics/finding.ts';
import { auditMemoryLimit, wordTable } from '../../diagnostics/prices.ts';
import { auditContradiction, auditKeepAlive, auditOutlived, auditPolicies, auditPools } from '../diagnostics.ts';
import type { LogOptions } from './options.ts';
import type { LogResult } from './result.ts';

type Unworded = Omit<LogResult, 'headline'>;

/** The recorded containers show this. */
export interface LogFindings {
  readonly overlapping: readonly Origin[];
  /** Rows that are like the one before. */
  readonly twins: readonly Origin[];
  /** Container names that stand in several pools. */
  readonly sharedCount: number;
  /** Longest time of a recorded container between two invocations; `null`: nothing is recorded. */
  readonly longestIdleMs: number | null;
}

/** Overlapping invocations stay in; only that their containers hold more than was said is a finding. */
export function listLogFindings(
  { overlapping, twins }: LogFindings,
  { concurrency }: LogOptions,
): readonly LedgerEntry[] {
  const ledger = new Ledger();
  const reason = concurrency === 1 ? 'overlaps-another' : `more-than-${concurrency}-at-a-time`;
  for (const invocation of overlapping) ledger.add(reason, 'metric', invocation, 'container');
  for (const invocation of twins) ledger.add('same-as-another-row', 'metric', invocation, 'row');
  return ledger.entries();
}

/** Audits what the reconstruction cannot know, and what it had to assume. */
export function auditLog(result: Unworded, findings: LogFindings, options: LogOptions): Warning[] {
  const all: Finding[] = [
    auditKeepAlive(result),
    auditContradiction(result),
    auditPools(result),
    auditOutlived(result),
    auditGap(result, findings),
    auditAge(result),
    auditReplacement(result),
    auditPolicies(result),
    auditOverlaps(findings, options),
    auditShared(findings),
    auditInferred(result),
    auditTwins(result),
    auditRepeated(result),
    auditInit(result, options),
    auditUnsized(result),
    auditUnseen(result),
    auditUnit(result),
    ...auditBill(result, options),
    auditScore(result),
    note(
      'only-this-log',
      'only what the log holds is known: the first start of a container launched before it counts as cold unless it is recorded as warm',
    ),
  ];
  return keepFindings(all);
}

const seconds = (ms: number): string => `${wordFigure(ms / 1000)} s`;

/** A recorded container that was used again after longer than the keep-alive refutes it. */
function auditGap({ keepAlive }: Unworded, { longestIdleMs }: LogFindings): Finding {
  const { keepAliveMs } = keepAlive;
  if (longestIdleMs === null || keepAliveMs === null || longestIdleMs < keepAliveMs) return false;
  return warn(
    'recorded-idle-longer-than-keep-alive',
    `a recorded container was used again after ${seconds(longestIdleMs)} idle, longer than the keep-alive of ${seconds(keepAliveMs)}`,
    { longestIdleMs, keepAliveMs },
  );
}

function auditAge({ replacement }: Unworded): Finding {
  if (replacement === null || replacement.maxAgeMs === null) return false;
  const { agedCount, maxAgeMs } = replacement;
  return note(
    'containers-replaced-by-age',
    `no container was used again at an age of ${seconds(maxAgeMs)} or more, and ${agedCount} that had reached it were passed over by a cold start although idle for less than the keep-alive: that is taken as the longest that a container lives`,
    { agedCount, maxAgeMs },
  );
}

/** Share of the cold starts from which on containers that were replaced without a reason in the log would be missed. */
const MANY_REPLACED = 0.05;

function auditReplacement({ replacement, counts }: Unworded): Finding {
  const count = replacement === null ? 0 : replacement.passedOverCount - replacement.agedCount;
  if (count <= MANY_REPLACED * counts.coldCount) return false;
  return warn(
    'containers-replaced',
    `${wordCount(count, 'container')} that had been idle for less than the keep-alive ${count === 1 ? 'was' : 'were'} passed over by a cold start and not used again, and nothing in the log says why: the platform replaced them, or somebody deployed anew. Where states are not recorded such containers are missing from the count`,
    { count, coldCount: counts.coldCount },
  );
}

function auditOverlaps({ overlapping }: LogFindings, { concurrency }: LogOptions): Finding {
  const count = overlapping.length;
  if (count === 0) return false;
  const taken = concurrency === 1 ? 'another one' : `${concurrency} others`;
  return warn(
    'overlapping-invocations',
    `${wordCount(count, 'invocation')} began while the recorded container was busy with ${taken}: if containers take more than ${concurrency} at a time, say so with --concurrency`,
    { count, concurrency },
  );
}

function auditShared({ sharedCount }: LogFindings): Finding {
  if (sharedCount === 0) return false;
  return warn(
    'containers-in-several-pools',
    `${wordCount(sharedCount, 'recorded container')} served more than one pool, and is counted in each: pools may be larger than the map says`,
    { count: sharedCount },
  );
}

function auditInferred({ counts }: Unworded): Finding {
  const { inferredStateCount, unknownReadyCount } = counts;
  if (inferredStateCount + unknownReadyCount === 0) return false;
  const parts = [
    ...(inferredStateCount > 0
      ? [`cold or warm of ${wordCount(inferredStateCount, 'invocation')}, which is inferred`]
      : []),
    ...(unknownReadyCount > 0
      ? [`the instant of being ready of ${unknownReadyCount}, whose start-up counts as busy time`]
      : []),
  ];
  return note('inferred', `not recorded: ${parts.join('; ')}`, { inferredStateCount, unknownReadyCount });
}

function auditTwins({ counts }: Unworded): Finding {
  if (counts.twinCount === 0) return false;
  return warn(
    'rows-twice',
    `${wordCount(counts.twinCount, 'row')} with the same instants, pool and container as another one: rows that were delivered twice count twice here; name the column of the request's id (id=…), and repeated ones are left out`,
    { count: counts.twinCount },
  );
}

function auditRepeated({ counts }: Unworded): Finding {
  if (counts.repeatedCount === 0) return false;
  return note(
    'ids-repeated',
    `${wordCount(counts.repeatedCount, 'row')} left out, as an earlier row has the same id: delivered twice`,
    { count: counts.repeatedCount },
  );
}

/** A column that is nowhere and one that is always empty look alike: a period of warm starts, or the wrong name. */
function auditInit({ counts }: Unworded, { map }: LogOptions): Finding {
  const column = map.columns.find(({ key }) => key === 'init')?.column;
  if (column === undefined || mapHas(map, 'cold') || counts.coldCount > 0) return false;
  return warn(
    'no-start-up-in-log',
    `no row has a start-up in '${column}': every start counts as warm, as in a period of warm starts; if the column has another name, say so with init=…`,
    { column },
  );
}

function auditUnsized({ counts }: Unworded): Finding {
  if (counts.unsizedCount === 0) return false;
  return warn(
    'memory-missing',
    `${wordCount(counts.unsizedCount, 'container')} whose memory no row says: their GB-seconds are unknown and in none of the sums`,
    { count: counts.unsizedCount },
  );
}

function auditUnseen({ counts }: Unworded): Finding {
  if (counts.unseenCount === 0) return false;
  return note(
    'unseen-containers',
    `${wordCount(counts.unseenCount, 'invocation')} began warm in a container that nothing in the log explains: counted from then on`,
    { count: counts.unseenCount },
  );
}

function auditUnit({ aliveUnit }: Unworded): Finding {
  if (aliveUnit === 'gb-seconds') return false;
  return note(
    'no-memory',
    'the log does not say how much memory containers have (memory=…): time alive counts alike for all',
  );
}

/** Says by which prices the bill is, and what is not in it. */
function auditBill({ bill, counts }: Unworded, { prices }: LogOptions): Finding[] {
  if (prices === null) return [];
  if (bill === null) {
    return [
      warn('no-billed-durations', 'no bill: no invocation has both a billed duration and a memory size on record', {}),
    ];
  }
  const { name, source, date } = prices;
  const { unbilledCount, largestMb } = bill;
  const { repeatedCount } = counts;
  return [
    note(
      'prices',
      `bill of the durations that the platform billed, not rounded again, by the prices of ${wordTable(prices)}; no free tier or discount`,
      { name, source, date },
    ),
    auditMemoryLimit(prices, largestMb, 'invocations'),
    unbilledCount > 0 &&
      warn(
        'bill-incomplete',
        `${wordCount(unbilledCount, 'invocation')} without a billed duration or memory size: not in the bill, which is too low`,
        { unbilledCount },
      ),
    repeatedCount > 0 &&
      warn(
        'bill-without-repeated',
        `${wordCount(repeatedCount, 'row')} with the id of an earlier one, not in the bill: if they are retries, which are billed each, it is too low`,
        { repeatedCount },
      ),
  ];
}

function auditScore({ scores }: Unworded): Finding {
  if (scores.length === 0) return false;
  return note(
    'score',
    'scored against the recorded containers, which the reconstruction does not look at; nobody records when containers go: tails are as long for both',
  );
}
