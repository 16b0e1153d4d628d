import { groupBy } from '../../model/group-by.ts';
import { contrastStrata, type Stratum } from '../../stats/contrast.ts';
import { permuteStrata } from '../../stats/permutation.ts';
import { judgeContrast } from '../design/outcome.ts';
import type { FailuresFacts } from './extract.ts';
import type { Pace } from './result.ts';

/** Changes of less than this either way count as none, as in `wfa compare`. */
const EQUIVALENCE_FRACTION = 0.02;

/**
 * Judges whether failed runs had been slow. A run that failed has no makespan, and its last sign of life comes the earlier the sooner
 * it broke: only the way that it has in common with runs that did not fail can be compared. `null` where there is none.
 */
export function judgePace(facts: readonly FailuresFacts[], seed: number): Pace | null {
  const blocks = groupBy(
    facts,
    ({ run }) => run.traits.workflow,
    ({ run }) => run.traits.structure,
    ({ run }) => run.traits.planner,
  );
  const strata = blocks.flatMap((own) => paceOf(own) ?? []);
  if (strata.length === 0) return null;
  const { difference, ciLow, ciHigh, method } = contrastStrata(strata);
  const { pValue } = permuteStrata(strata, seed);
  const [low, high] = [toChange(ciLow), toChange(ciHigh)];
  const withinMargin = low !== null && high !== null && low >= -EQUIVALENCE_FRACTION && high <= EQUIVALENCE_FRACTION;
  return {
    failedRunCount: strata.reduce((sum, { candidate }) => sum + candidate.length, 0),
    completedRunCount: strata.reduce((sum, { baseline }) => sum + baseline.length, 0),
    blockCount: strata.length,
    changeFraction: Math.expm1(difference),
    ciLow: low,
    ciHigh: high,
    intervalMethod: method,
    pValue,
    outcome: judgeContrast({ low, high, pAdjusted: pValue, withinMargin }),
  };
}

const toChange = (logRatio: number | null): number | null => (logRatio === null ? null : Math.expm1(logRatio));

/**
 * The logarithms of the time to the last output of the functions that all runs of a block finished, failed ones as candidates. Runs that
 * finished no function are left out, rather than leave none in common.
 */
function paceOf(facts: readonly FailuresFacts[]): Stratum | null {
  const own = facts.filter(({ outputAfterMs }) => Object.keys(outputAfterMs).length > 0);
  const failed = own.filter(({ failure }) => failure !== null);
  const completed = own.filter(({ failure }) => failure === null);
  if (failed.length === 0 || completed.length === 0) return null;
  const common = Object.keys(failed[0]?.outputAfterMs ?? {}).filter((name) =>
    own.every(({ outputAfterMs }) => outputAfterMs[name] !== undefined),
  );
  const logs = ({ outputAfterMs }: FailuresFacts) =>
    Math.log(common.reduce((last, name) => Math.max(last, outputAfterMs[name] as number), 0));
  const stratum = { baseline: completed.map(logs), candidate: failed.map(logs) };
  // Without a function in common, or where clocks put an output before the first instant, there is no logarithm.
  return [...stratum.baseline, ...stratum.candidate].every(Number.isFinite) ? stratum : null;
}
