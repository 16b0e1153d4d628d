import { wordCount, wordNumber, wordP, wordPercentChange } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { SIGNIFICANCE_LEVEL } from '../design/outcome.ts';
import { keepFindings, note, warn } from '../diagnostics/finding.ts';
import type { Claim, ClaimOptions } from './options.ts';
import type { JudgedClaim } from './result.ts';

export { auditDesign } from '../diagnostics/design-audit.ts';
export { auditPrices } from '../diagnostics/prices.ts';

/** These checks say what a careful reader would hold against the verdict, beside the design of the experiment. */

/** Checks one judged claim. `claim`: as it was understood. */
export function auditClaim(
  judged: JudgedClaim,
  claim: Pick<Claim, 'metricWords' | 'metric'>,
  { isList }: Pick<ClaimOptions, 'isList'>,
): Warning[] {
  const { blocked, verdict, otherReading } = judged;
  const name = isList ? `line ${judged.line}: ` : '';
  const args = { line: judged.line };
  const { loss } = blocked;
  return keepFindings([
    MEMORY_WORDS.test(claim.metricWords) &&
      note(
        'memory-is-resource-usage',
        `${name}${claim.metricWords} is taken as resource usage, allocated memory \u00d7 time in GB-s`,
        {
          ...args,
          metric: claim.metric.key,
        },
      ),
    otherReading !== null &&
      verdict !== 'supported' &&
      otherReading.verdict === 'supported' &&
      note(
        'other-reading',
        `${name}read as a change of speed, the same words claim ${wordPercentChange(otherReading.claimedFraction)} % of time, which the runs support`,
        { ...args, claimedFraction: otherReading.claimedFraction },
      ),
    blocked.blockCount === 0 &&
      warn(
        'no-common-block',
        `${name}no block has figures of both ${judged.candidate} and ${judged.baseline}: a coarser --block, such as --block workflow, may bring them together`,
        args,
      ),
    blocked.ratio === null &&
      blocked.blockCount > 0 &&
      !blocked.allEqual &&
      warn('zero-figures', `${name}some runs have 0, so there is no ratio`, args),
    blocked.outcome === 'hint' &&
      warn(
        'interval-finds-test-does-not',
        `${name}the interval excludes no change, but the permutation test does not confirm it (p ${wordP(blocked.pAdjusted)}): take the verdict as a hint`,
        args,
      ),
    loss.pValue < SIGNIFICANCE_LEVEL &&
      warn(
        'unequal-loss',
        `${name}the arms did not lose runs alike (${loss.candidate.missing} of ${loss.candidate.missing + loss.candidate.measured} of ${judged.candidate}, ${loss.baseline.missing} of ${loss.baseline.missing + loss.baseline.measured} of ${judged.baseline}, Fisher's exact p ${wordP(loss.pValue)}): those that are left may be the easy ones`,
        { ...args, pValue: loss.pValue },
      ),
  ]);
}

/** Words that name memory by itself. */
const MEMORY_WORDS = /^memory/i;

/** Claims of which one in twenty would be called wrong by accident more often than not that none is. */
const MANY_CLAIMS = 14;

/** Checks the claims of a list together. */
export function auditClaims(claims: readonly JudgedClaim[]): Warning[] {
  const singles = claims.filter(({ blocked }) => blocked.intervalMethod === 'welch-borrowed');
  return keepFindings([
    claims.length >= MANY_CLAIMS &&
      note(
        'many-claims',
        `${wordCount(claims.length, 'claim')}: each interval misses the truth in 5 % of cases, so that ${wordNumber(claims.length * 0.05, 1)} true claims would be called wrong on average`,
        { count: claims.length },
      ),
    singles.length > 0 &&
      note(
        'borrowed-spread',
        `${wordCount(singles.length, 'claim')} with cells of one run: their spread is borrowed from the other cells, which supposes that it is alike`,
        { count: singles.length },
      ),
  ]);
}
