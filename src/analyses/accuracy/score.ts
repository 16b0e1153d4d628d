import { mean } from 'd3-array';
import { groupBy } from '../../model/group-by.ts';
import { compareSlas } from '../../model/sla-order.ts';
import { exactBinomialP, wilsonInterval } from '../../stats/binomial.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { studentTCdf, studentTQuantile } from '../../stats/special.ts';
import { sampleMean, sampleVariance } from '../../stats/summary.ts';
import { type Losses, scoreLosses } from './losses.ts';
import { askedLevelOf } from './quantities.ts';
import type { CoverageVerdict, Score } from './result.ts';
import {
  allMembers,
  attributesAt,
  countRuns,
  functionAt,
  groupMembers,
  type Members,
  type Series,
  splitRuns,
  summarizeRuns,
} from './series.ts';

/** Scores per planner, SLA, quantity and, at task level, function. Tasks count through their runs. */
export function scoreSeries(all: readonly Series[]): Score[] {
  const scores = all
    .flatMap((series) => {
      const losses = scoreLosses(series);
      return groupMembers(series, allMembers(series), ({ slaGroup }) => slaGroup).map((members) =>
        scoreGroup(series, members, losses),
      );
    })
    .sort(byName);
  // The quantities keep their order; Holm is over what is read side by side.
  return groupBy(scores, ({ quantity }) => quantity).flatMap(adjustCoverage);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function byName(a: Score, b: Score): number {
  return (
    compareText(a.planner, b.planner) ||
    compareSlas(a.sla, b.sla) ||
    compareText(a.functionName ?? '', b.functionName ?? '')
  );
}

function scoreGroup(series: Series, members: Members, losses: Losses): Score {
  const { quantity, percentageErrors } = series;
  const first = members[0] as number;
  const { planner, sla } = attributesAt(series, first);
  const functionName = functionAt(series, first);
  const bias = summarizeRuns(series, members, series.logRatios);
  const percentage = summarizeRuns(series, members, percentageErrors);
  const askedLevel = askedLevelOf(sla, quantity);
  return {
    planner,
    sla,
    quantity: quantity.key,
    unit: quantity.unit,
    functionName,
    count: members.length,
    runCount: countRuns(series, members),
    biasLogRatio: bias.median,
    biasLow: bias.low,
    biasHigh: bias.high,
    logRatioCount: bias.count,
    mdape: percentage.median,
    mdapeLow: percentage.low,
    mdapeHigh: percentage.high,
    percentageErrorCount: percentage.count,
    mape: sampleMean(knownAt(members, percentageErrors)),
    askedLevel,
    ...(functionName === null ? coverRuns(series, members, askedLevel) : coverTasks(series, members, askedLevel)),
    coveragePAdjusted: null,
    coverageVerdict: 'not-judged',
    ...judgeLosses(members, losses),
  };
}

/** Lists a column's figures at the members that have one. */
function knownAt(members: Members, column: Float64Array): number[] {
  const known: number[] = [];
  for (const i of members) if (!Number.isNaN(column[i])) known.push(column[i] as number);
  return known;
}

function countCovered({ actual, predicted }: Series, members: Members): number {
  let count = 0;
  for (const i of members) if ((actual[i] as number) <= (predicted[i] as number)) count++;
  return count;
}

/** Runs are independent of each other: the share is binomial. */
function coverRuns(series: Series, members: Members, askedLevel: number | null) {
  const coveredCount = countCovered(series, members);
  const interval = wilsonInterval(coveredCount, members.length);
  return {
    coverage: coveredCount / members.length,
    coverageLow: interval?.low ?? null,
    coverageHigh: interval?.high ?? null,
    coverageMethod: 'wilson' as const,
    coverageP: askedLevel === null ? null : exactBinomialP(coveredCount, members.length, askedLevel),
  };
}

/** Tasks of one run share its fate: each run's share is one observation. */
function coverTasks(series: Series, members: Members, askedLevel: number | null) {
  const shares = splitRuns(series, members).map((own) => countCovered(series, own) / own.length);
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

function judgeLosses(members: Members, { losses, references }: Losses) {
  const compared = members.filter((i) => !Number.isNaN(references[i]));
  const sumOf = (column: Float64Array) => compared.reduce((sum, i) => sum + (column[i] as number), 0);
  const reference = sumOf(references);
  return {
    pinball: sampleMean(knownAt(members, losses)),
    skill: reference > 0 ? 1 - sumOf(losses) / reference : null,
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
