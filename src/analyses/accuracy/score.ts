import { mean, median, sum } from 'd3-array';
import { exactBinomialP, wilsonInterval } from '../../stats/binomial.ts';
import { medianInterval } from '../../stats/median-interval.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { studentTCdf, studentTQuantile } from '../../stats/special.ts';
import { sampleVariance } from '../../stats/summary.ts';
import type { Loss } from './losses.ts';
import { askedLevelOf, quantityOf } from './quantities.ts';
import type { CoverageVerdict, Score, SeriesPoint } from './result.ts';
import { groupBy, groupRuns, type RunPoint } from './series.ts';

/** Scores per planner, SLA, quantity and, at task level, function. Tasks count through their runs. */
export function scoreSeries(series: readonly SeriesPoint[], losses: ReadonlyMap<SeriesPoint, Loss>): Score[] {
  const scores = groupBy(series, ...SCORE_KEYS)
    .map((points) => scoreGroup(points, losses))
    .sort(byName);
  // The quantities keep their order; Holm is over what is read side by side.
  return groupBy(scores, ({ quantity }) => quantity).flatMap(adjustCoverage);
}

const SCORE_KEYS: readonly ((point: SeriesPoint) => unknown)[] = [
  ({ quantity }) => quantity,
  ({ planner }) => planner,
  ({ sla }) => sla,
  ({ functionName }) => functionName,
];

/** Percentiles in numeric order, the average before them. */
export const slaRank = (sla: string): number => (sla === 'average' ? -1 : Number(sla.slice(1)));

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function byName(a: Score, b: Score): number {
  return (
    compareText(a.planner, b.planner) ||
    slaRank(a.sla) - slaRank(b.sla) ||
    compareText(a.functionName ?? '', b.functionName ?? '')
  );
}

/** The median over runs of each run's median, over points for which there is one. */
export function summarizeRuns(runs: readonly RunPoint[], amount: (point: SeriesPoint) => number | null) {
  const sample = runs.flatMap(({ points }) => median(points, (point) => amount(point) ?? Number.NaN) ?? []);
  const interval = medianInterval(sample);
  return {
    count: sample.length,
    median: median(sample) ?? null,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
  };
}

function scoreGroup(points: readonly SeriesPoint[], losses: ReadonlyMap<SeriesPoint, Loss>): Score {
  const { planner, sla, quantity: key, functionName } = points[0] as SeriesPoint;
  const quantity = quantityOf(key);
  const runs = groupRuns(points);
  const bias = summarizeRuns(runs, (point) => point.logRatio);
  const percentage = summarizeRuns(runs, (point) => point.absolutePercentageError);
  const askedLevel = askedLevelOf(sla, quantity);
  return {
    planner,
    sla,
    quantity: key,
    unit: quantity.unit,
    functionName,
    count: points.length,
    runCount: runs.length,
    biasLogRatio: bias.median,
    biasLow: bias.low,
    biasHigh: bias.high,
    logRatioCount: bias.count,
    mdape: percentage.median,
    mdapeLow: percentage.low,
    mdapeHigh: percentage.high,
    percentageErrorCount: percentage.count,
    mape: mean(points, (point) => point.absolutePercentageError ?? Number.NaN) ?? null,
    askedLevel,
    ...(functionName === null ? coverRuns(points, askedLevel) : coverTasks(runs, askedLevel)),
    coveragePAdjusted: null,
    coverageVerdict: 'not-judged',
    ...judgeLosses(points.flatMap((point) => losses.get(point) ?? [])),
  };
}

const isCovered = ({ actual, predicted }: SeriesPoint): boolean => actual <= predicted;

/** Runs are independent of each other: the share is binomial. */
function coverRuns(points: readonly SeriesPoint[], askedLevel: number | null) {
  const coveredCount = points.filter(isCovered).length;
  const interval = wilsonInterval(coveredCount, points.length);
  return {
    coverage: coveredCount / points.length,
    coverageLow: interval?.low ?? null,
    coverageHigh: interval?.high ?? null,
    coverageMethod: 'wilson' as const,
    coverageP: askedLevel === null ? null : exactBinomialP(coveredCount, points.length, askedLevel),
  };
}

/** Tasks of one run share its fate: each run's share is one observation. */
function coverTasks(runs: readonly RunPoint[], askedLevel: number | null) {
  const shares = runs.map(({ points }) => points.filter(isCovered).length / points.length);
  const coverage = mean(shares) as number;
  const standardError = Math.sqrt((sampleVariance(shares) ?? 0) / shares.length);
  const freedom = shares.length - 1;
  if (shares.length < 3 || !(standardError > 0)) {
    return { coverage, coverageLow: null, coverageHigh: null, coverageMethod: 'none' as const, coverageP: null };
  }
  const halfWidth = studentTQuantile(0.975, freedom) * standardError;
  return {
    coverage,
    coverageLow: Math.max(0, coverage - halfWidth),
    coverageHigh: Math.min(1, coverage + halfWidth),
    coverageMethod: 't-over-runs' as const,
    coverageP: askedLevel === null ? null : 2 * studentTCdf(-Math.abs(coverage - askedLevel) / standardError, freedom),
  };
}

function judgeLosses(losses: readonly Loss[]) {
  const compared = losses.filter(({ referenceLoss }) => referenceLoss !== null);
  const reference = sum(compared, ({ referenceLoss }) => referenceLoss ?? 0);
  return {
    pinball: mean(losses, ({ loss }) => loss) ?? null,
    skill: reference > 0 ? 1 - sum(compared, ({ loss }) => loss) / reference : null,
    skillCount: compared.length,
  };
}

const SIGNIFICANCE = 0.05;

function adjustCoverage(scores: readonly Score[]): Score[] {
  const adjusted = adjustHolm(scores.map(({ coverageP }) => coverageP));
  return scores.map((score, i) => {
    const coveragePAdjusted = adjusted[i] ?? null;
    return { ...score, coveragePAdjusted, coverageVerdict: judgeCoverage(score, coveragePAdjusted) };
  });
}

function judgeCoverage({ coverage, askedLevel }: Score, pAdjusted: number | null): CoverageVerdict {
  if (pAdjusted === null || askedLevel === null) return 'not-judged';
  if (pAdjusted >= SIGNIFICANCE) return 'not-contradicted';
  return coverage < askedLevel ? 'too-few' : 'too-many';
}
