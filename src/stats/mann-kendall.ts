import { median } from 'd3-array';
import { normalCdf } from './normal.ts';
import { denseRanks, RankCounts } from './rank-counts.ts';

/** The test judges a monotonic trend of observations in order of time. */
export interface TrendTest {
  /** Kendall's S: pairs that rise minus pairs that fall. */
  readonly score: number;
  /** S ÷ number of pairs, −1…1. */
  readonly tau: number;
  /** Two-sided, by the normal approximation with continuity correction; 1 where every observation is the same. */
  readonly pValue: number;
}

/**
 * Tests for a trend by Mann–Kendall (Mann 1945, Kendall 1975; variance corrected for ties), summed over blocks: observations are
 * compared inside their block only (Hirsch, Slack & Smith 1982). Each block is in order of time. `null` when no block has two
 * observations. `worth` is how many independent observations each one is worth, 1 unless they are correlated.
 * The normal approximation is good from about ten observations on.
 */
export function testTrend(blocks: readonly (readonly number[])[], worth = 1): TrendTest | null {
  let [score, variance, pairs] = [0, 0, 0];
  for (const block of blocks) {
    const { ranks, rankCount } = denseRanks(block);
    score += kendallScore(ranks, rankCount);
    variance += scoreVariance(ranks, rankCount);
    pairs += (block.length * (block.length - 1)) / 2;
  }
  if (pairs === 0) return null;
  const z = variance > 0 ? Math.max(0, Math.abs(score) - 1) / Math.sqrt(variance / worth) : 0;
  return { score, tau: score / pairs, pValue: Math.min(1, 2 * normalCdf(-z)) };
}

function kendallScore(ranks: Int32Array, rankCount: number): number {
  const seen = new RankCounts(rankCount);
  let score = 0;
  for (let earlier = 0; earlier < ranks.length; earlier++) {
    const rank = ranks[earlier] as number;
    const notAbove = seen.below(rank + 1);
    score += seen.below(rank) - (earlier - notAbove);
    seen.add(rank);
  }
  return score;
}

function scoreVariance(ranks: Int32Array, rankCount: number): number {
  const ties = new Float64Array(rankCount);
  for (const rank of ranks) ties[rank] = (ties[rank] as number) + 1;
  const term = (n: number) => n * (n - 1) * (2 * n + 5);
  return (term(ranks.length) - ties.reduce((sum, n) => sum + term(n), 0)) / 18;
}

/**
 * Computes Sen's slope, in the unit of the observations per step: the median of all pairwise slopes (Sen 1968). O(n²); `null`
 * below two observations.
 */
export function senSlope(series: readonly number[]): number | null {
  const slopes: number[] = [];
  for (const [j, later] of series.entries()) {
    for (let i = 0; i < j; i++) slopes.push((later - (series[i] as number)) / (j - i));
  }
  return median(slopes) ?? null;
}
