import { groupBy } from '../../model/group-by.ts';
import type { ReplayRefusal } from '../../model/replay.ts';
import { contrastStrata } from '../../stats/contrast.ts';
import { EXACT_FRACTION } from './change.ts';
import type { WhatIfFacts } from './extract.ts';
import type { WhatIfOptions } from './options.ts';
import type { ReplayedFacts } from './replays.ts';
import type { Proof, Refused, WarmCheck } from './result.ts';

/** Holds replays against records: those without changes, and those without cold starts. */
export function proveReplays(
  facts: readonly WhatIfFacts[],
  replays: readonly ReplayedFacts[],
  options: WhatIfOptions,
): Proof {
  const errors = replays.map(({ nullMs, network }) => Math.abs(nullMs / network.makespanMs - 1));
  return {
    runCount: replays.length,
    exactCount: errors.filter((error) => error <= EXACT_FRACTION).length,
    worstErrorFraction: errors.length === 0 ? null : errors.reduce((worst, error) => Math.max(worst, error), 0),
    refused: countRefused(facts),
    warmCheck: checkWarm(replays, options),
  };
}

/** The most frequent first. */
function countRefused(facts: readonly WhatIfFacts[]): Refused[] {
  const refused = facts.flatMap(({ run, network }) =>
    typeof network === 'string' ? [{ reason: network, planner: run.traits.planner }] : [],
  );
  return groupBy(refused, ({ reason }) => reason)
    .map((own) => ({
      reason: own[0]?.reason as ReplayRefusal,
      count: own.length,
      planners: [...new Set(own.map(({ planner }) => planner))].sort(),
    }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

/** Runs all of whose workers really started warm against the prediction from the others; `null`: no block has both. */
function checkWarm(replays: readonly ReplayedFacts[], { includeUnplanned }: WhatIfOptions): WarmCheck | null {
  const known = replays.filter(
    ({ run, network, allWarmMs }) =>
      (includeUnplanned || run.traits.planned) &&
      allWarmMs !== null &&
      network.workers.every(([, state]) => state !== null),
  );
  const blocks = groupBy(
    known,
    ({ run }) => run.traits.workflow,
    ({ run }) => run.traits.structure,
    ({ run }) => run.traits.planner,
  )
    .map((own) => ({
      baseline: own.filter((replay) => !isWarm(replay)).map(({ allWarmMs }) => Math.log(allWarmMs as number)),
      candidate: own.filter(isWarm).map(({ network }) => Math.log(network.makespanMs)),
    }))
    .filter(({ baseline, candidate }) => baseline.length > 0 && candidate.length > 0);
  if (blocks.length === 0) return null;
  const { difference, ciLow, ciHigh, method } = contrastStrata(blocks);
  const count = (side: 'baseline' | 'candidate') => blocks.reduce((sum, block) => sum + block[side].length, 0);
  return {
    differenceFraction: Math.expm1(difference),
    ciLow: ciLow === null ? null : Math.expm1(ciLow),
    ciHigh: ciHigh === null ? null : Math.expm1(ciHigh),
    intervalMethod: method,
    blockCount: blocks.length,
    warmRunCount: count('candidate'),
    coldRunCount: count('baseline'),
  };
}

const isWarm = ({ network }: ReplayedFacts): boolean => network.workers.every(([, state]) => state === 'warm');
