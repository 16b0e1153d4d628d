import type { Cell, Records, Scalar, Table, View } from '../../view/view.ts';
import {
  NOT_MEASURED,
  readableUnit,
  withUnit,
  wordFigure,
  wordNumber,
  wordP,
  wordPercentChange,
  wordPercentInterval,
} from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import { drawLevels } from './charts/levels.ts';
import type { Attainment, Change, LevelSummary, SlaResult } from './result.ts';
import { type Judged, labelOf, missesTarget, wordAmount, wordAttainment, wordDirection } from './wording.ts';

/** Tables, records and the chart of an SLA comparison. */
export function viewSla({ result }: Outcome<SlaResult>): View {
  return {
    headlines: [result.verdict, ...wordAttainment(result)],
    next: 'wfa accuracy shows why a prediction is kept more or less often than asked for, from task to makespan',
    tables: [
      tabulateLevels(result),
      ...(result.contrasts.length > 0 ? [tabulateContrasts(result), tabulateTrends(result)] : []),
    ],
    records: record(result),
    charts: [
      {
        kind: 'levels',
        description: `Change of each metric and attainment by SLA. ${result.verdict}`,
        draw: (frame) => drawLevels(result, frame),
      },
    ],
  };
}

const wordShare = (fraction: number | null): string =>
  fraction === null ? NOT_MEASURED : wordNumber(fraction * 100, 0);

function wordShareInterval({ ciLow, ciHigh }: Attainment): string {
  return ciLow === null || ciHigh === null ? NOT_MEASURED : `[${wordShare(ciLow)}, ${wordShare(ciHigh)}]`;
}

function tabulateLevels({ levels, directions }: SlaResult): Table {
  const metrics = levels[0]?.metrics ?? [];
  return {
    title: 'levels: how many runs kept to the prediction (% with actual ≤ predicted)',
    columns: [
      { key: 'level', header: 'SLA', align: 'left' },
      { key: 'runs', header: 'runs', align: 'right' },
      { key: 'makespan', header: 'makespan kept %', align: 'right' },
      { key: 'makespanInterval', header: '95 %', align: 'right' },
      { key: 'execution', header: 'execution kept %', align: 'right' },
      { key: 'executionInterval', header: '95 %', align: 'right' },
      { key: 'dashboard', header: 'engine dashboard %', align: 'right' },
      ...metrics.map(({ metric, unit }) => ({
        key: `median-${metric}`,
        header: `median ${withUnit(labelOf(metric), unit)}`,
        align: 'right' as const,
        wide: true,
      })),
    ],
    rows: levels.map((level): Record<string, Cell> => {
      const [makespan, execution] = level.attainment as [Attainment, Attainment];
      return {
        level: level.level,
        runs: String(level.runCount),
        makespan: attainmentCell(makespan),
        makespanInterval: wordShareInterval(makespan),
        execution: attainmentCell(execution),
        executionInterval: wordShareInterval(execution),
        dashboard: wordShare(level.dashboardAttainment.fraction),
        ...Object.fromEntries(
          level.metrics.map(({ metric, unit, median }) => [
            `median-${metric}`,
            wordFigure(median === null ? null : median * readableUnit(unit).scale),
          ]),
        ),
      };
    }),
    notes: [
      'a p90 that is a p90 is kept by 90 % of the runs; * the exact binomial test excludes that (p < 0.05 after Holm)',
      "engine dashboard: its own figure, makespan ≤ that percentile of the workflow's earlier makespans; it does not look at the prediction",
      ...directions.map(
        ({ component, higherPercentile }) => `a higher percentile for ${component}: ${higherPercentile}`,
      ),
    ],
  };
}

function attainmentCell(attainment: Attainment): Cell {
  const { fraction, targetFraction, pAdjusted } = attainment;
  const text = wordShare(fraction);
  if (fraction === null || targetFraction === null || pAdjusted === null) return text;
  if (!missesTarget(attainment)) return `${text}  `;
  return { text: `${text} *`, tone: targetFraction > fraction ? 'loss' : 'plain' };
}

function tabulateContrasts({ contrasts }: SlaResult): Table {
  return {
    title: `each level against ${contrasts[0]?.baseline}, within workflow, structure and planner`,
    columns: [
      { key: 'metric', header: 'metric', align: 'left', wraps: true },
      { key: 'level', header: 'SLA', align: 'left' },
      { key: 'change', header: 'change %', align: 'right' },
      { key: 'interval', header: '95 % interval', align: 'right' },
      { key: 'adjusted', header: 'adjusted %', align: 'right' },
      { key: 'verdict', header: 'verdict', align: 'left' },
      { key: 'p', header: 'p (Holm)', align: 'right' },
      { key: 'adjustedInterval', header: '95 % (adjusted)', align: 'right', wide: true },
      { key: 'difference', header: 'difference', align: 'right', wide: true },
      { key: 'runs', header: 'runs', align: 'right', wide: true },
    ],
    rows: contrasts.map((contrast) => ({
      metric: labelOf(contrast.metric),
      level: contrast.level,
      change: wordPercentChange(contrast.changeFraction),
      interval: wordPercentInterval(contrast.ciLow, contrast.ciHigh),
      adjusted: wordPercentChange(contrast.adjusted.changeFraction),
      verdict: verdictCell(contrast),
      p: wordP(contrast.pAdjusted),
      adjustedInterval: wordPercentInterval(contrast.adjusted.ciLow, contrast.adjusted.ciHigh),
      difference: wordAmount(contrast.difference, contrast.unit) || NOT_MEASURED,
      runs: `${contrast.runCountLevel} vs ${contrast.runCountBaseline}`,
    })),
    notes: [
      'least squares over all levels at once; adjusted: with the run index held equal, because later runs plan from more history',
    ],
  };
}

function tabulateTrends({ trends }: SlaResult): Table {
  const [first] = trends;
  return {
    title: `trend from ${first?.lowest} to ${first?.highest}`,
    columns: [
      { key: 'metric', header: 'metric', align: 'left', wraps: true },
      { key: 'change', header: 'change %', align: 'right' },
      { key: 'interval', header: '95 % interval', align: 'right' },
      { key: 'adjusted', header: 'adjusted %', align: 'right' },
      { key: 'adjustedInterval', header: '95 % interval', align: 'right' },
      { key: 'verdict', header: 'verdict', align: 'left' },
      { key: 'p', header: 'p (Holm)', align: 'right' },
      { key: 'blocks', header: 'blocks', align: 'right', wide: true },
      { key: 'runs', header: 'runs', align: 'right', wide: true },
    ],
    rows: trends.map((trend) => ({
      metric: labelOf(trend.metric),
      change: wordPercentChange(trend.change.changeFraction),
      interval: wordPercentInterval(trend.change.ciLow, trend.change.ciHigh),
      adjusted: wordPercentChange(trend.adjusted.changeFraction),
      adjustedInterval: wordPercentInterval(trend.adjusted.ciLow, trend.adjusted.ciHigh),
      verdict: verdictCell({ ...trend, changeFraction: trend.change.changeFraction }),
      p: wordP(trend.pAdjusted),
      blocks: String(trend.blockCount),
      runs: String(trend.runCount),
    })),
    notes: ['a verdict needs both intervals on one side of no change'],
  };
}

function verdictCell(of: Judged): Cell {
  const text = wordDirection(of);
  if (of.outcome !== 'different' || of.changeFraction === null) return { text, tone: 'uncertain' };
  return { text, tone: of.changeFraction < 0 ? 'gain' : 'loss' };
}

type Row = Record<string, Scalar>;

/** Figures that a row of this kind has none of. */
const NO_TEST = { ciLow: null, ciHigh: null, pValue: null, pAdjusted: null };

/** A row per contrast, trend and attainment, and one per level and metric. */
function record({ levels, contrasts, trends }: SlaResult): Records {
  const rows: Row[] = [
    ...contrasts.map((c) => ({
      ...recordHead('contrast', c.metric, c.level, c.baseline),
      ...recordMedian(null),
      ...recordChanges(c, c.adjusted),
      outcome: c.outcome,
      pValue: c.pValue,
      pAdjusted: c.pAdjusted,
      runCount: c.runCountBaseline + c.runCountLevel,
    })),
    ...trends.map((t) => ({
      ...recordHead('trend', t.metric, t.highest, t.lowest),
      ...recordMedian(null),
      ...recordChanges(t.change, t.adjusted),
      outcome: t.outcome,
      pValue: t.pValue,
      pAdjusted: t.pAdjusted,
      runCount: t.runCount,
    })),
    ...levels.flatMap(({ level, metrics, attainment, dashboardAttainment: own }) => [
      ...metrics.map((m) => ({
        ...recordHead('level', m.metric, level, null),
        ...recordMedian(m),
        ...recordChanges({ ...NO_TEST, changeFraction: null }, null),
        outcome: null,
        pValue: null,
        pAdjusted: null,
        runCount: m.n,
      })),
      ...attainment.map((a) => recordAttainment('attainment', a.quantity, level, a)),
      recordAttainment('dashboard-attainment', 'makespan', level, { ...own, ...NO_TEST }),
    ]),
  ];
  return { columns: Object.keys(rows[0] ?? {}), rows };
}

const recordHead = (kind: string, metric: string, level: string, baseline: string | null): Row => ({
  kind,
  metric,
  level,
  baseline,
});

const recordMedian = (own: LevelSummary['metrics'][number] | null): Row => ({
  unit: own?.unit ?? null,
  median: own?.median ?? null,
});

const recordChanges = (plain: Change, adjusted: Change | null): Row => ({
  fraction: plain.changeFraction,
  fractionCiLow: plain.ciLow,
  fractionCiHigh: plain.ciHigh,
  adjustedFraction: adjusted?.changeFraction ?? null,
  adjustedCiLow: adjusted?.ciLow ?? null,
  adjustedCiHigh: adjusted?.ciHigh ?? null,
});

type Share = Pick<Attainment, 'fraction' | 'ciLow' | 'ciHigh' | 'pValue' | 'pAdjusted' | 'runCount'>;

const recordAttainment = (kind: string, metric: string, level: string, share: Share): Row => ({
  ...recordHead(kind, metric, level, null),
  ...recordMedian(null),
  ...recordChanges({ ...share, changeFraction: share.fraction }, null),
  outcome: null,
  pValue: share.pValue,
  pAdjusted: share.pAdjusted,
  runCount: share.runCount,
});
