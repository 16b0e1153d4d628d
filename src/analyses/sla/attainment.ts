import { groupBy } from '../../model/group-by.ts';
import type { Metric } from '../../model/metrics.ts';
import type { Sla } from '../../model/run.ts';
import { slaLabel } from '../../model/timeline.ts';
import { exactBinomialP, wilsonInterval } from '../../stats/binomial.ts';
import { ExpandingQuantile } from '../../stats/expanding-quantile.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { sampleMedian } from '../../stats/summary.ts';
import { QUANTITIES, type SlaFacts } from './extract.ts';
import type { Attainment, DashboardAttainment, LevelSummary } from './result.ts';

/** Each SLA by itself: its runs, and how often they kept to what was predicted. `all` in order of submission. */
export function summarizeLevels(
  all: readonly SlaFacts[],
  judged: readonly SlaFacts[],
  slas: readonly Sla[],
  metrics: readonly Metric[],
): LevelSummary[] {
  const dashboard = judgeAsDashboard(all);
  const groups = new Map(groupBy(judged, ({ sla }) => sla).map((runs) => [runs[0]?.sla, runs]));
  const levels = slas.flatMap((sla) => {
    const runs = groups.get(sla);
    if (!runs) return [];
    return [
      {
        level: slaLabel(sla),
        percentile: sla === 'average' ? null : sla,
        runCount: runs.length,
        metrics: metrics.map(({ key, unit }) => summarizeMetric(runs, key, unit)),
        attainment: QUANTITIES.map((quantity) => countAttained(runs, quantity, sla)),
        dashboardAttainment: countDashboard(runs, dashboard),
      },
    ];
  });
  return adjustAttainment(levels);
}

/** Holm over the levels of each quantity: they are read side by side. */
function adjustAttainment(levels: readonly LevelSummary[]): LevelSummary[] {
  const adjusted = QUANTITIES.map((_, i) => adjustHolm(levels.map(({ attainment }) => attainment[i]?.pValue ?? null)));
  return levels.map((level, place) => ({
    ...level,
    attainment: level.attainment.map((of, i) => ({ ...of, pAdjusted: adjusted[i]?.[place] ?? null })),
  }));
}

function summarizeMetric(runs: readonly SlaFacts[], metric: string, unit: Metric['unit']) {
  const amounts: number[] = [];
  for (const { measurements } of runs) {
    const amount = measurements[metric];
    if (typeof amount === 'number') amounts.push(amount);
  }
  return { metric, unit, n: amounts.length, median: sampleMedian(amounts) };
}

function countAttained(runs: readonly SlaFacts[], quantity: (typeof QUANTITIES)[number], sla: Sla): Attainment {
  let [runCount, attainedCount] = [0, 0];
  for (const { attainment } of runs) {
    const { predictedMs, actualMs } = attainment[quantity];
    if (predictedMs === null || actualMs === null) continue;
    runCount++;
    if (actualMs <= predictedMs) attainedCount++;
  }
  const interval = wilsonInterval(attainedCount, runCount);
  const targetFraction = sla === 'average' ? null : sla / 100;
  return {
    quantity,
    runCount,
    attainedCount,
    fraction: runCount === 0 ? null : attainedCount / runCount,
    ciLow: interval?.low ?? null,
    ciHigh: interval?.high ?? null,
    targetFraction,
    pValue: targetFraction === null ? null : exactBinomialP(attainedCount, runCount, targetFraction),
    pAdjusted: null,
  };
}

function countDashboard(runs: readonly SlaFacts[], dashboard: ReadonlyMap<SlaFacts, boolean>): DashboardAttainment {
  const known = runs.flatMap((fact) => dashboard.get(fact) ?? []);
  const attainedCount = known.filter(Boolean).length;
  return { runCount: known.length, attainedCount, fraction: known.length === 0 ? null : attainedCount / known.length };
}

/** For every run with earlier ones of its workflow: makespan ≤ the asked percentile (or mean) of theirs. */
function judgeAsDashboard(all: readonly SlaFacts[]): Map<SlaFacts, boolean> {
  const attained = new Map<SlaFacts, boolean>();
  const measured = all.filter((fact) => fact.attainment.makespan.actualMs !== null);
  for (const history of groupBy(measured, ({ run }) => run.traits.workflow)) {
    const earlier = new ExpandingQuantile(history.map(makespanOf));
    let sum = 0;
    for (const fact of history) {
      const { sla } = fact;
      const actualMs = makespanOf(fact);
      const bound = sla === null || sla === 'average' ? sum / earlier.count : earlier.at(sla / 100);
      if (sla !== null && earlier.count > 0) attained.set(fact, actualMs <= (bound as number));
      sum += actualMs;
      earlier.add(actualMs);
    }
  }
  return attained;
}

const makespanOf = ({ attainment }: SlaFacts): number => attainment.makespan.actualMs as number;
