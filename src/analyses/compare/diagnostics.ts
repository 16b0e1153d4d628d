import { greatest, max, rollup } from 'd3-array';
import type { Metric } from '../../model/metrics.ts';
import { wordList, wordNumber, wordP, wordPercentChange } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import type { Comparison, LossCount, OverallChange } from '../design/comparison.ts';
import { excludesNoChange, SIGNIFICANCE_LEVEL } from '../design/outcome.ts';
import { explainPooled } from '../design/pooled.ts';
import { diagnoseSingleRuns } from '../diagnostics/common.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import { type AskedQuantile, auditQuantiles } from '../diagnostics/quantiles.ts';
import { areOpposite, type BillDifference } from './bills.ts';
import type { CompareResult } from './result.ts';
import { labelOf } from './wording.ts';

export { auditDesign } from '../diagnostics/design-audit.ts';
export { auditPrices } from '../diagnostics/prices.ts';

/**
 * These checks say what a careful reader would hold against the comparison: first the design of the experiment, then its numbers.
 */

/** Tests adjusted together beyond which Holm's method hides much. */
const LARGE_FAMILY = 6;

/** Checks what the numbers themselves give away. */
export function auditComparisons(result: CompareResult, metrics: readonly Metric[]): Warning[] {
  const several = new Set(result.comparisons.map((c) => c.candidate)).size > 1;
  const name = (c: Comparison) => (several ? `${c.candidate}: ${labelOf(c.metric)}` : labelOf(c.metric));
  const find = (holds: (c: Comparison) => boolean) => result.comparisons.filter(holds);
  const names = (found: readonly Comparison[]) => wordList(found.map(name));
  const about = (
    holds: (c: Comparison) => boolean,
    say: (found: readonly Comparison[], words: string) => Warning,
  ): Finding => {
    const found = find(holds);
    return found.length > 0 && say(found, names(found));
  };
  const percent = wordPercentChange(result.equivalenceFraction, 0).slice(1);
  return keepFindings([
    ...auditCells(result, about),
    ...auditQuantiles(askedQuantiles(result.comparisons, name)),
    about(
      (c) => c.overall.outcome === 'inconclusive' && (c.overall.pAdjusted ?? 1) < SIGNIFICANCE_LEVEL,
      (found, words) =>
        warn(
          'test-finds-interval-does-not',
          `${words}: the permutation test finds a change (p ${wordTests(found)}), but ${explainDoubt(found)}: cannot tell`,
          { metrics: found.map((c) => c.metric) },
        ),
    ),
    about(
      (c) => c.overall.outcome === 'hint',
      (found, words) =>
        warn(
          'interval-finds-test-does-not',
          `${words}: the interval excludes no change, but the permutation test does not confirm it (p ${wordTests(found)})${explainTest(found, result.comparisons.length)}: take it as a hint`,
          { metrics: found.map((c) => c.metric) },
        ),
    ),
    ...auditWorkflows(about),
    ...auditRuns(about, result.equivalenceFraction, name),
    about(
      (c) => c.stat === 'mean' && turnsElsewhere(c.overall, result.equivalenceFraction),
      (found, words) =>
        warn(
          'direction-not-robust',
          `${words}: medians, means or the runs after the first point the other way than the geometric mean`,
          { metrics: found.map((c) => c.metric) },
        ),
    ),
    about(
      (c) => excludesNoChange(c.overall.ciLow, c.overall.ciHigh) && c.overall.withinEquivalence,
      (found, words) =>
        note('different-but-small', `${words}: a real change, but smaller than ±${percent} %`, {
          metrics: found.map((c) => c.metric),
        }),
    ),
    metrics.length * new Set(result.comparisons.map((c) => c.candidate)).size > LARGE_FAMILY &&
      note(
        'large-family',
        `${result.comparisons.length} tests were adjusted together (Holm): ask for fewer metrics to see more`,
      ),
  ]);
}

/** Says of every candidate whose recorded usage and bill point different ways what each of the two counts. */
export const auditBills = (differences: readonly BillDifference[]): Warning[] =>
  differences.map((difference) => {
    const { candidate, recordedFraction, billedFraction, parts } = difference;
    return note(
      'bill-differs-from-record',
      `${candidate}: recorded resource usage changes by ${wordChange(recordedFraction)}, the bill by ${wordChange(billedFraction)}${wordSameRuns(difference)}: ` +
        'the record counts the containers that a run launched, in use or idle, and none that an earlier run had left; ' +
        `a bill counts sessions in all containers, and starts: on average ${wordList(parts.map(({ name, fraction }) => `${name} ${wordChange(fraction)}`))} of the baseline's bill`,
      { ...difference },
    );
  });

const wordChange = (fraction: number): string => `${wordPercentChange(fraction)} %`;

function wordSameRuns({ recordedFraction, billedOfSameRunsFraction: same }: BillDifference): string {
  if (same === null) return '';
  const isOpposite = areOpposite(recordedFraction, same);
  return ` (${wordChange(same)} over the runs that have both figures${isOpposite ? '' : ': in these they do not point different ways'})`;
}

/** `0.01, 0.03 after Holm`. */
const wordTests = (found: readonly Comparison[]): string =>
  `${found.map((c) => wordP(c.overall.pAdjusted)).join(', ')} after Holm`;

/** Why an interval holds no change where the test finds one. */
function explainDoubt(found: readonly Comparison[]): string {
  const methods = new Set(found.map((c) => c.overall.intervalMethod));
  const [method] = methods;
  if (methods.size > 1) return 'the interval still holds no change, or there is none';
  if (method === 'welch') return 'the interval, which allows for unequal variances, still holds no change';
  if (method === 'none') return 'there is no interval';
  return 'the interval still holds no change';
}

/**
 * Says so when the test could not have confirmed anything: the observed arrangement and its mirror image are always as extreme.
 */
function explainTest(found: readonly Comparison[], familySize: number): string {
  const counts = found.map((c) => (c.overall.permutationExact ? (c.overall.arrangementCount ?? 0) : 0));
  const cannot = counts.every((count) => count > 0 && (2 * familySize) / count >= SIGNIFICANCE_LEVEL);
  return cannot ? `, which it cannot with so few runs (${max(counts)} arrangements)` : '';
}

/** Effects that differ by workflow. */
function auditWorkflows(about: About): Finding[] {
  const differs = (c: Comparison) => (c.interaction?.pValue ?? 1) < SIGNIFICANCE_LEVEL;
  return [
    about(
      (c) => differs(c) && c.interaction?.opposite === true,
      (found, words) =>
        warn(
          'opposite-effects',
          `${words}: the mean over all workflows hides opposite effects (${found.map(wordOpposites).join('; ')})`,
          { metrics: found.map((c) => c.metric), pValues: found.map((c) => c.interaction?.pValue) },
        ),
    ),
    about(
      (c) => differs(c) && c.overall.intervalMethod === 'paired-t',
      (found, words) =>
        warn(
          'speaks-for-these-blocks',
          `${words}: the effect differs by workflow, so the interval speaks for these blocks only: for other workflows it would hold the truth in 66 to 89 % of cases`,
          { metrics: found.map((c) => c.metric) },
        ),
    ),
  ];
}

/** `gemm +12.0 %, tree_reduction −20.1 %; p 0.01`: the workflows farthest apart. */
function wordOpposites({ workflows, interaction }: Comparison): string {
  const sorted = [...workflows].sort((a, b) => b.changeFraction - a.changeFraction);
  const ends = [sorted[0], sorted.at(-1)].flatMap((end) => end ?? []);
  const words = ends.map(({ workflow, changeFraction }) => `${workflow} ${wordPercentChange(changeFraction)} %`);
  return `${words.join(', ')}; p ${wordP(interaction?.pValue ?? null)}`;
}

/** Runs that were lost, and figures over all runs that say something else than the blocks do. */
function auditRuns(about: About, equivalenceFraction: number, name: (c: Comparison) => string): Finding[] {
  return [
    about(
      (c) => c.overall.loss.pValue < SIGNIFICANCE_LEVEL,
      (found, words) =>
        warn(
          'unequal-loss',
          `${words}: the arms did not lose runs alike (${found.map(wordLoss).join('; ')}): those that are left may be the easy ones`,
          { metrics: found.map((c) => c.metric), pValues: found.map((c) => c.overall.loss.pValue) },
        ),
    ),
    about(
      (c) => c.stat === 'mean' && misleads(c.overall, equivalenceFraction),
      (found) =>
        warn('pooled-medians-mislead', found.map((c) => `${name(c)}: ${wordMisleading(c)}`).join('; '), {
          metrics: found.map((c) => c.metric),
          ratios: found.map((c) => c.overall.pooledMedianRatio),
        }),
    ),
  ];
}

/** `3 of 31 runs of a without a figure, 12 of 30 of b; p 0.008; …`. */
function wordLoss({ baseline, candidate, overall: { loss, probabilityCandidateLess } }: Comparison): string {
  const count = (arm: string, { measured, missing }: LossCount) => `${missing} of ${measured + missing} of ${arm}`;
  const [plain, worst] = [probabilityCandidateLess, loss.worstRankProbability].map((p) => wordNumber(p, 2));
  return (
    `without a figure: ${count(candidate, loss.candidate)}, ${count(baseline, loss.baseline)}, ` +
    `Fisher's exact p ${wordP(loss.pValue)}; P(less) is ${plain}, and ${worst} with these as the worst`
  );
}

/** Is true when the ratio of pooled medians lies outside the interval, or on the other side of no change. */
function misleads(overall: OverallChange, equivalenceFraction: number): boolean {
  const { pooledMedianRatio, changeFraction, ciLow, ciHigh } = overall;
  if (pooledMedianRatio === null || changeFraction === null) return false;
  const pooled = pooledMedianRatio - 1;
  if (ciLow !== null && ciHigh !== null && (pooled < ciLow || pooled > ciHigh)) return true;
  return contradicts(pooled, changeFraction, equivalenceFraction);
}

/** Is true when two changes lie on two sides of no change, and not both within the margin: that would be no contradiction. */
const contradicts = (change: number, other: number, equivalenceFraction: number): boolean =>
  change * other < 0 && Math.max(Math.abs(change), Math.abs(other)) > equivalenceFraction;

/** Is true when medians, means or the runs after the first contradict the change. */
function turnsElsewhere({ changeFraction, sensitivity }: OverallChange, equivalenceFraction: number): boolean {
  const { medianRatio, meanRatio, withoutFirstRuns } = sensitivity;
  return [medianRatio, meanRatio, withoutFirstRuns.ratio].some(
    (ratio) => ratio !== null && changeFraction !== null && contradicts(ratio - 1, changeFraction, equivalenceFraction),
  );
}

function wordMisleading(comparison: Comparison): string {
  const { overall, pooled } = comparison;
  const { pooledMedianRatio, changeFraction } = overall;
  const change = wordPercentChange((pooledMedianRatio as number) - 1);
  return `medians over all runs, whatever their workflow, say ${change} %, the blocks ${wordPercentChange(changeFraction)} %: ${explainPooled(comparison, pooled)}`;
}

type About = (
  holds: (c: Comparison) => boolean,
  say: (found: readonly Comparison[], words: string) => Warning,
) => Finding;

/** The metrics that were compared by a quantile. */
const askedQuantiles = (comparisons: readonly Comparison[], name: (c: Comparison) => string): AskedQuantile[] =>
  comparisons.flatMap((c) => {
    if (!c.quantile) return [];
    const { blockCount, refusal, baseline, candidate } = c.quantile;
    const smallestCell = Math.min(...[baseline, candidate].map((arm) => (arm?.runCount ?? 0) / blockCount));
    const { metric, stat, blocks } = c;
    return [{ metric, words: name(c), stat, refusal, blockCount, measuredBlockCount: blocks.length, smallestCell }];
  });

/** Blocks in which both arms have figures, whether or not they count for a quantile. */
const measuredBlocks = ({ quantile, blocks, overall }: Comparison): number =>
  quantile ? blocks.length : overall.blockCount;

/** Audits what cells with few runs, zeros or nothing measured do to a metric. */
function auditCells(result: CompareResult, about: About): Finding[] {
  const metricsOf = (found: readonly Comparison[]) => ({ metrics: found.map((c) => c.metric) });
  const cellsOf = (c: Comparison) => c.blocks.flatMap((b) => [b.baseline, b.candidate]);
  const singlesOf = (c: Comparison) => cellsOf(c).filter((cell) => cell.n === 1).length;
  const borrowing = greatest(
    result.comparisons.filter((c) => c.overall.intervalMethod === 'welch-borrowed'),
    singlesOf,
  );
  const mostBlocks = rollup(
    result.comparisons,
    (own) => max(own, measuredBlocks) ?? 0,
    ({ candidate }) => candidate,
  );
  const blocksOf = (c: Comparison) => mostBlocks.get(c.candidate) ?? 0;
  return [
    borrowing !== undefined && diagnoseSingleRuns(singlesOf(borrowing), cellsOf(borrowing).length),
    about(
      (c) => c.overall.ratio !== null && c.overall.ciLow === null && !c.overall.allEqual,
      (found, words) =>
        warn(
          'no-interval',
          `${words}: too few runs, or no variation between them, for an interval: run more`,
          metricsOf(found),
        ),
    ),
    about(
      (c) => c.overall.ratio === null && !c.quantile?.refusal && c.overall.blockCount > 0 && !c.overall.allEqual,
      (found, words) =>
        warn(
          'zero-figures',
          `${words}: some runs have 0, so there is no ratio${found.every((c) => c.stat === 'mean') ? '; see the difference in the JSON result' : ''}`,
          metricsOf(found),
        ),
    ),
    about(
      (c) => c.overall.blockCount === 0,
      (found, words) => warn('not-measured', `${words}: no block has figures of both arms`, metricsOf(found)),
    ),
    about(
      (c) => c.overall.blockCount > 0 && measuredBlocks(c) < blocksOf(c),
      (found, words) =>
        warn(
          'fewer-blocks',
          `${words}: only ${found.map((c) => `${c.overall.blockCount} of ${blocksOf(c)}`).join(', ')} blocks have figures of both arms`,
          metricsOf(found),
        ),
    ),
  ];
}
