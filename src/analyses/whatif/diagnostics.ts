import type { RunFacts } from '../../model/run-facts.ts';
import { wordChange, wordCount, wordList } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { excludesNoChange } from '../design/outcome.ts';
import {
  diagnoseClockOffsets,
  diagnoseClocks,
  diagnoseSinkWait,
  diagnoseUnplannedIncluded,
} from '../diagnostics/common.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import { auditPrices } from '../diagnostics/prices.ts';
import type { WhatIfFacts } from './extract.ts';
import type { WhatIfOptions } from './options.ts';
import type { ReplayedFacts } from './replays.ts';
import type { WhatIfResult } from './result.ts';
import type { WarmMedian } from './scenarios.ts';

interface Replays {
  readonly facts: readonly WhatIfFacts[];
  /** Those that the changes are of. */
  readonly counted: readonly ReplayedFacts[];
  readonly options: Pick<WhatIfOptions, 'scenarios' | 'prices' | 'includeUnplanned'>;
  readonly warmOf: (run: RunFacts) => WarmMedian;
}

/** Says what speaks against the replays, and what they leave out. */
export function auditWhatIf(result: WhatIfResult, replays: Replays): Warning[] {
  const runs = replays.counted.map(({ run }) => run);
  return [
    ...keepFindings([
      diagnoseNullReplay(result),
      diagnoseWarmCheck(result, replays),
      ...diagnoseUntold(replays),
      diagnoseOtherSizes(replays),
      diagnoseWaits(replays),
      diagnoseUnbilled(replays),
      diagnoseZeroBills(replays),
      diagnoseOrder(runs),
      diagnoseClockOffsets(runs),
      diagnoseShortMakespans(runs),
      diagnoseUnplanned(replays),
    ]),
    ...auditPrices(replays.options.prices, runs),
  ];
}

function diagnoseNullReplay({ proof: { runCount, exactCount, worstErrorFraction } }: WhatIfResult): Finding {
  return (
    exactCount < runCount &&
    warn(
      'null-replay-differs',
      `the replay without changes misses the recorded makespan of ${wordCount(runCount - exactCount, 'run')}: its record contradicts itself, or this is a fault of the replay`,
      { count: runCount - exactCount, worstErrorFraction },
    )
  );
}

const asks = ({ options }: Replays, name: WhatIfOptions['scenarios'][number]['names'][number]): boolean =>
  options.scenarios.some(({ names }) => names.includes(name));

function diagnoseWarmCheck({ proof: { warmCheck } }: WhatIfResult, replays: Replays): Finding {
  if (!asks(replays, 'all-warm')) return false;
  if (warmCheck === null) {
    return note(
      'all-warm-not-checked',
      'no workflow has runs without cold starts beside others of the same structure and planner: nothing confirms all-warm',
    );
  }
  const { differenceFraction, ciLow, ciHigh } = warmCheck;
  return (
    excludesNoChange(ciLow, ciHigh) &&
    warn(
      'all-warm-misses',
      `runs that really started warm took ${wordChange(differenceFraction, ciLow, ciHigh)} against what all-warm makes of the others: correct its changes by that`,
      { differenceFraction },
    )
  );
}

/** Scenarios that some runs cannot be replayed in. */
function diagnoseUntold({ counted, options: { scenarios } }: Replays): Finding[] {
  return scenarios.map(({ key, names }, i) => {
    const count = counted.filter(({ makespansMs }) => makespansMs[i] === null).length;
    const reasons = [
      ...(names.includes('all-warm') ? ['no warm start is recorded'] : []),
      ...(names.includes('no-dag-fetch') ? ['no fetch of the DAG is recorded'] : []),
    ];
    return (
      count > 0 &&
      warn('scenario-not-told', `${key} cannot be told of ${wordCount(count, 'run')}: ${reasons.join(', or ')}`, {
        scenario: key,
        count,
      })
    );
  });
}

function diagnoseOtherSizes(replays: Replays): Finding {
  if (!asks(replays, 'all-warm')) return false;
  const known = new Set(replays.facts.flatMap(({ warmStarts }) => warmStarts.map(([memoryMb]) => memoryMb)));
  const used = replays.counted.flatMap(({ network }) => network.workers.flatMap(([memoryMb]) => memoryMb ?? []));
  const lacking = [...new Set(used)].filter((memoryMb) => !known.has(memoryMb)).sort((a, b) => a - b);
  return (
    known.size > 0 &&
    lacking.length > 0 &&
    note(
      'warm-start-of-other-size',
      `no warm start of workers of ${wordList(lacking.map(String))} MB is recorded: all-warm takes that of the nearest size`,
      { memoryMb: lacking },
    )
  );
}

function diagnoseWaits(replays: Replays): Finding {
  if (!asks(replays, 'no-transfers')) return false;
  const lacking = replays.counted.filter(({ network }) => network.unrecordedWaitCount > 0);
  const count = lacking.reduce((sum, { network }) => sum + network.unrecordedWaitCount, 0);
  return (
    count > 0 &&
    note(
      'waits-not-recorded',
      `${wordCount(count, 'task')} in ${wordCount(lacking.length, 'run')} downloaded inputs and did not record the wait for them: no-transfers keeps it`,
      { count, runCount: lacking.length },
    )
  );
}

function diagnoseUnbilled({ counted, options: { prices } }: Replays): Finding {
  const count = prices === null ? 0 : counted.filter(({ nullBillUsd }) => nullBillUsd === null).length;
  return (
    count > 0 &&
    note(
      'runs-without-bill',
      `${wordCount(count, 'run')} without a bill: their records do not tell all that is billed`,
      {
        count,
      },
    )
  );
}

/** A price of 0, or one so high or low that bills are no numbers, leaves no ratio of bills. */
function diagnoseZeroBills({ counted }: Replays): Finding {
  const count = counted.filter(({ billsUsd, nullBillUsd }) => [nullBillUsd, ...billsUsd].some(hasNoRatio)).length;
  return (
    count > 0 &&
    warn(
      'zero-bills',
      `bills of ${wordCount(count, 'run')} are 0 or beyond all numbers by these prices: no change can be told of them`,
      { count },
    )
  );
}

const hasNoRatio = (usd: number | null): boolean => usd !== null && !(usd > 0 && Number.isFinite(usd));

function diagnoseOrder(runs: readonly RunFacts[]): Finding {
  const count = runs.reduce((sum, { negativeGapCount }) => sum + negativeGapCount, 0);
  const largestMs = runs.reduce((largest, run) => Math.max(largest, run.largestNegativeGapMs), 0);
  return diagnoseClocks(
    count,
    `${wordCount(count, 'instant')} out of order by up to ${largestMs.toFixed(largestMs < 10 ? 1 : 0)} ms: lags between clocks that differ are kept as if they were real`,
    'note',
    { count, largestMs },
  );
}

function diagnoseShortMakespans(runs: readonly RunFacts[]): Finding {
  const count = runs.filter(({ traits }) => traits.sinkWaitMissing).length;
  return diagnoseSinkWait(
    count,
    `the makespan of ${wordCount(count, 'run')} lacks the sink's wait for inputs, which the engine did not record on flexible workers`,
  );
}

function diagnoseUnplanned({ counted, options: { includeUnplanned } }: Replays): Finding {
  const count = counted.filter(({ run }) => !run.traits.planned).length;
  return (
    includeUnplanned && diagnoseUnplannedIncluded(count, 'without plan among the replayed: no planner shaped them')
  );
}
