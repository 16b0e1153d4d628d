import type { Metric } from '../../model/metrics.ts';
import type { Sla } from '../../model/run.ts';
import { slaLabel } from '../../model/timeline.ts';
import { wilsonInterval } from '../../stats/binomial.ts';
import { sampleMedian } from '../../stats/summary.ts';
import { QUANTITIES, type SlaFacts } from './extract.ts';
import type { Attainment, DashboardAttainment, LevelSummary } from './result.ts';

/** Each level by itself: its runs, and how often they kept to what was predicted. `all` in order of submission. */
export function summarizeLevels(
  all: readonly SlaFacts[],
  judged: readonly SlaFacts[],
  percentiles: readonly number[],
  metrics: readonly Metric[],
): LevelSummary[] {
  const dashboard = judgeAsDashboard(all);
  const levels: Sla[] = [...percentiles, 'average'];
  return levels.flatMap((sla) => {
    const runs = judged.filter((fact) => fact.sla === sla);
    if (runs.length === 0) return [];
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
}

function summarizeMetric(runs: readonly SlaFacts[], metric: string, unit: Metric['unit']) {
  const amounts = runs.flatMap(({ measurements }) => {
    const amount = measurements[metric];
    return typeof amount === 'number' ? [amount] : [];
  });
  return { metric, unit, n: amounts.length, median: sampleMedian(amounts) };
}

function countAttained(runs: readonly SlaFacts[], quantity: (typeof QUANTITIES)[number], sla: Sla): Attainment {
  const both = runs.flatMap(({ attainment }) => {
    const { predictedMs, actualMs } = attainment[quantity];
    return predictedMs === null || actualMs === null ? [] : [actualMs <= predictedMs];
  });
  const attainedCount = both.filter(Boolean).length;
  const interval = wilsonInterval(attainedCount, both.length);
  const empty = both.length === 0;
  return {
    quantity,
    runCount: both.length,
    attainedCount,
    fraction: empty ? null : attainedCount / both.length,
    ciLow: interval?.low ?? null,
    ciHigh: interval?.high ?? null,
    targetFraction: sla === 'average' ? null : sla / 100,
  };
}

function countDashboard(runs: readonly SlaFacts[], dashboard: ReadonlyMap<SlaFacts, boolean>): DashboardAttainment {
  const known = runs.flatMap((fact) => dashboard.get(fact) ?? []);
  const attainedCount = known.filter(Boolean).length;
  return { runCount: known.length, attainedCount, fraction: known.length === 0 ? null : attainedCount / known.length };
}

/** For every run with earlier ones of its workflow: makespan ≤ the asked percentile (or mean) of theirs. */
function judgeAsDashboard(all: readonly SlaFacts[]): Map<SlaFacts, boolean> {
  const earlier = new Map<string, { sorted: number[]; sum: number }>();
  const attained = new Map<SlaFacts, boolean>();
  for (const fact of all) {
    const { actualMs } = fact.attainment.makespan;
    if (actualMs === null) continue;
    const history = earlier.get(fact.run.workflow) ?? { sorted: [], sum: 0 };
    earlier.set(fact.run.workflow, history);
    if (fact.sla !== null && history.sorted.length > 0) attained.set(fact, actualMs <= boundOf(history, fact.sla));
    history.sum += actualMs;
    history.sorted.splice(placeOf(history.sorted, actualMs), 0, actualMs);
  }
  return attained;
}

/** Mean, or the R-7 quantile of sorted numbers. */
function boundOf({ sorted, sum }: { readonly sorted: readonly number[]; readonly sum: number }, sla: Sla): number {
  if (sla === 'average') return sum / sorted.length;
  const place = (sla / 100) * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  return below + (above - below) * (place - Math.floor(place));
}

function placeOf(sorted: readonly number[], x: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
