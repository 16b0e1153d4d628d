import { groupBy } from '../../model/group-by.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { estimateRatio, type PairedSeries } from '../../stats/paired-ratio.ts';
import { sampleMean, sampleMedian } from '../../stats/summary.ts';
import { judgeContrast } from '../design/outcome.ts';
import type { BacktestQuantity } from './observations.ts';
import type { Score } from './result.ts';
import type { RunTally } from './tally.ts';

/** A strategy's tallies beside the engine's own of the same runs, in order of creation. */
export interface PairedTallies {
  readonly own: readonly RunTally[];
  readonly engine: readonly RunTally[];
}

/** What is scored: the name of a strategy, a quantity, and a level by its place among those asked for. */
export interface Scored {
  readonly quantity: BacktestQuantity;
  readonly strategy: string;
  readonly tau: number;
  readonly level: number;
}

/** A score before it is known how many others were tried. */
export type Unjudged = Omit<Score, 'pAdjusted' | 'outcome'>;

/** Scores a strategy at one level; `null` where the engine made no error, or there are no runs. */
export function scoreTallies({ own, engine }: PairedTallies, { level, ...scored }: Scored): Unjudged | null {
  const estimate = estimateSkill({ own, engine }, level);
  if (estimate === null) return null;
  const itemCount = own.reduce((sum, tally) => sum + tally.itemCount, 0);
  const coveredCount = own.reduce((sum, { coveredCounts }) => sum + (coveredCounts[level] as number), 0);
  const errors = own.flatMap((tally) =>
    Array.from(tally.errors.subarray(level * tally.itemCount, (level + 1) * tally.itemCount)),
  );
  return {
    ...scored,
    runCount: own.length,
    ...estimate,
    coverageFraction: coveredCount / itemCount,
    mdapeFraction: sampleMedian(errors) as number,
    itemCount,
    fallbackCount: own.reduce((sum, tally) => sum + tally.fallbackCount, 0),
  };
}

/** Skill is 1 − loss ÷ loss of the engine, each the mean over workflows and structures of the means over runs. */
export function estimateSkill({ own, engine }: PairedTallies, level: number) {
  const lossOf = (tally: RunTally | undefined) => tally?.losses[level] as number;
  const pairs = own.map((tally, i) => ({ tally, own: lossOf(tally), engine: lossOf(engine[i]) }));
  const blocks = groupBy(
    pairs,
    ({ tally }) => tally.fact.run.traits.workflow,
    ({ tally }) => tally.fact.run.traits.structure,
  ).map(
    (block): PairedSeries => ({
      numerators: block.map((pair) => pair.own),
      denominators: block.map((pair) => pair.engine),
    }),
  );
  const estimate = estimateRatio(blocks);
  if (estimate === null) return null;
  const meanOf = (series: (block: PairedSeries) => readonly number[]) =>
    sampleMean(blocks.map((block) => sampleMean(series(block)) as number)) as number;
  const { ratio, ciLow, ciHigh, method, pValue } = estimate;
  return {
    lossEngine: meanOf(({ denominators }) => denominators),
    loss: meanOf(({ numerators }) => numerators),
    skillFraction: 1 - ratio,
    ciLow: ciHigh === null ? null : 1 - ciHigh,
    ciHigh: ciLow === null ? null : 1 - ciLow,
    intervalMethod: method,
    pValue,
  };
}

/** Judges the scores of each quantity together: the best of many looks good by chance, which Holm's method takes into account. */
export function judgeScores<Own extends Unjudged>(
  scores: readonly Own[],
): (Own & Pick<Score, 'pAdjusted' | 'outcome'>)[] {
  return groupBy(scores, ({ quantity }) => quantity).flatMap((family) => {
    const adjusted = adjustHolm(family.map(({ pValue }) => pValue));
    return family.map((own, i) => {
      const { ciLow: low, ciHigh: high, skillFraction } = own;
      const pAdjusted = adjusted[i] ?? null;
      return { ...own, pAdjusted, outcome: judgeContrast({ low, high, pAdjusted, withinMargin: skillFraction === 0 }) };
    });
  });
}
