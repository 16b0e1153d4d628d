import { findMetric } from '../../model/metrics.ts';
import { geometricMean } from '../../stats/summary.ts';
import type { Cell, Column, Records, Scalar, Table, Tone, View } from '../../view/view.ts';
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
import { drawChange } from './charts/change.ts';
import { drawTradeoff } from './charts/tradeoff.ts';
import type { BlockChange, CompareResult, Comparison } from './result.ts';
import { labelOf, wordDetectable, wordOutcome } from './wording.ts';

/** Tables, records and charts of a comparison. */
export function viewComparison({ result }: Outcome<CompareResult>): View {
  const pairings = groupPairings(result.comparisons);
  return {
    headlines: result.headlines,
    tables: pairings.flatMap((comparisons) => [tabulateOverall(comparisons), ...tabulateBlocks(comparisons)]),
    records: recordComparisons(result),
    charts: [
      {
        kind: 'change',
        description: `Change of each metric by block with 95 % intervals. ${result.headlines.join('. ')}`,
        draw: (frame) => drawChange(result, frame),
      },
      {
        kind: 'tradeoff',
        description: `Makespan change against resource usage change. ${result.headlines.join('. ')}`,
        draw: (frame) => drawTradeoff(result, frame),
      },
    ],
  };
}

/** The comparisons of each candidate, in order. */
function groupPairings(comparisons: readonly Comparison[]): Comparison[][] {
  const groups = new Map<string, Comparison[]>();
  for (const comparison of comparisons) {
    groups.set(comparison.candidate, [...(groups.get(comparison.candidate) ?? []), comparison]);
  }
  return [...groups.values()];
}

/** Less of every metric is better. */
function toneOf({ overall }: Comparison): Tone {
  if (overall.outcome !== 'different') return 'uncertain';
  return (overall.changeFraction ?? overall.difference.amount ?? 0) < 0 ? 'gain' : 'loss';
}

const OVERALL_COLUMNS: readonly Column[] = [
  { key: 'metric', header: 'metric', align: 'left', wraps: true },
  { key: 'baseline', header: 'baseline', align: 'right', wide: true },
  { key: 'candidate', header: 'candidate', align: 'right', wide: true },
  { key: 'change', header: 'change %', align: 'right' },
  { key: 'interval', header: '95 % interval', align: 'right' },
  { key: 'verdict', header: 'verdict', align: 'left' },
  { key: 'p', header: 'p (Holm)', align: 'right' },
  { key: 'agreeing', header: 'blocks', align: 'right' },
  { key: 'less', header: 'P(less)', align: 'right', wide: true },
  { key: 'detectable', header: 'detectable %', align: 'right', wide: true },
  { key: 'more', header: 'runs for 5 %', align: 'right', wide: true },
];

function tabulateOverall(comparisons: readonly Comparison[]): Table {
  const [first] = comparisons;
  const named = OVERALL_COLUMNS.map((column) => {
    if (column.key === 'baseline') return { ...column, header: first?.baseline ?? '' };
    return column.key === 'candidate' ? { ...column, header: first?.candidate ?? '' } : column;
  });
  return {
    title: `${first?.candidate} against ${first?.baseline}, all blocks with equal weight`,
    columns: named,
    rows: comparisons.map(rowOfOverall),
    notes: [],
  };
}

function rowOfOverall(comparison: Comparison): Record<string, Cell> {
  const { metric, unit, overall, blocks } = comparison;
  const tone = toneOf(comparison);
  const { scale } = readableUnit(unit);
  const level = (side: 'baseline' | 'candidate') => {
    const means = blocks.flatMap((block) => block[side].geometricMean ?? []);
    const pooled = means.length < blocks.length ? null : geometricMean(means);
    return wordFigure(pooled === null ? null : pooled * scale);
  };
  const more = overall.additionalRunsFor5Percent;
  return {
    metric: withUnit(labelOf(metric), unit),
    baseline: level('baseline'),
    candidate: level('candidate'),
    change: { text: wordPercentChange(overall.changeFraction), tone },
    interval: wordPercentInterval(overall.ciLow, overall.ciHigh),
    verdict: { text: wordOutcome(comparison), tone },
    p: wordP(overall.pAdjusted),
    agreeing: `${overall.blocksAgreeing}/${overall.blockCount}`,
    less: wordNumber(overall.probabilityCandidateLess, 2),
    detectable: wordDetectable(overall),
    more: more === null ? NOT_MEASURED : more === 0 ? 'enough' : `+${more} a cell`,
  };
}

/** As many metrics as 80 columns take beside a block's name. */
const METRICS_PER_TABLE = 3;

/** One row per block, a column per metric; intervals where there is room for them. */
function tabulateBlocks(comparisons: readonly Comparison[]): Table[] {
  return Array.from({ length: Math.ceil(comparisons.length / METRICS_PER_TABLE) }, (_, i) =>
    tabulateSomeBlocks(comparisons.slice(i * METRICS_PER_TABLE, (i + 1) * METRICS_PER_TABLE)),
  );
}

function tabulateSomeBlocks(comparisons: readonly Comparison[]): Table {
  const labels = [...new Set(comparisons.flatMap(({ blocks }) => blocks.map((block) => block.label)))].sort();
  const byLabel = comparisons.map(({ blocks }) => new Map(blocks.map((block) => [block.label, block])));
  const [first] = comparisons;
  return {
    title: `by block: change in % (${first?.candidate} against ${first?.baseline})`,
    columns: [
      { key: 'block', header: 'block', align: 'left', wraps: true },
      { key: 'runs', header: 'runs', align: 'right' },
      ...comparisons.flatMap(({ metric }): Column[] => [
        { key: metric, header: labelOf(metric), align: 'right' },
        { key: `${metric}Interval`, header: '95 %', align: 'right', wide: true },
      ]),
    ],
    rows: labels.map((label) => rowOfBlock(label, comparisons, byLabel)),
    notes: blockNotes(comparisons),
  };
}

function blockNotes(comparisons: readonly Comparison[]): string[] {
  const cells = comparisons.flatMap(({ blocks }) => blocks);
  return [
    ...(cells.some((block) => block.ciLow !== null && holdsNoChange(block))
      ? ['? cannot tell: the interval of this block holds no change']
      : []),
    ...(cells.some((block) => block.ciLow === null && block.ratio !== null)
      ? ['~ no interval: too few runs to know the spread']
      : []),
  ];
}

const holdsNoChange = ({ ciLow, ciHigh }: BlockChange): boolean =>
  ciLow !== null && ciHigh !== null && ciLow <= 0 && ciHigh >= 0;

function rowOfBlock(
  label: string,
  comparisons: readonly Comparison[],
  byLabel: readonly ReadonlyMap<string, BlockChange>[],
): Record<string, Cell> {
  const found = byLabel.map((blocks) => blocks.get(label));
  const counted = found.find((block) => block !== undefined);
  const cells = comparisons.flatMap(({ metric }, i): [string, Cell][] => {
    const block = found[i];
    return [
      [metric, block ? cellOfBlock(block) : NOT_MEASURED],
      [`${metric}Interval`, block ? wordPercentInterval(block.ciLow, block.ciHigh, 0) : NOT_MEASURED],
    ];
  });
  const runs = counted ? `${counted.candidate.n} vs ${counted.baseline.n}` : NOT_MEASURED;
  return { block: label, runs, ...Object.fromEntries(cells) };
}

function cellOfBlock(block: BlockChange): Cell {
  const text = wordPercentChange(block.changeFraction);
  if (block.changeFraction === null) return text;
  if (block.ciLow === null) return { text: `${text} ~`, tone: 'uncertain' };
  if (holdsNoChange(block)) return { text: `${text} ?`, tone: 'uncertain' };
  return { text: `${text}  `, tone: block.changeFraction < 0 ? 'gain' : 'loss' };
}

/** One row per comparison and scope: `overall`, then each block. */
function recordComparisons(result: CompareResult): Records {
  const rows = result.comparisons.flatMap((comparison) => [
    recordOverall(comparison, result.blockKeys),
    ...comparison.blocks.map((block) => recordBlock(comparison, block, result.blockKeys)),
  ]);
  return { columns: Object.keys(rows[0] ?? {}), rows };
}

type Row = Record<string, Scalar>;

function recordHead({ baseline, candidate, metric, unit }: Comparison): Row {
  return { baseline, candidate, metric, unit: findMetric(metric)?.unit ?? unit };
}

function recordOverall(comparison: Comparison, keys: readonly string[]): Row {
  const { overall } = comparison;
  return {
    ...recordHead(comparison),
    scope: 'overall',
    ...Object.fromEntries(keys.map((key) => [key, null])),
    runCountBaseline: overall.runCountBaseline,
    runCountCandidate: overall.runCountCandidate,
    geometricMeanBaseline: null,
    geometricMeanCandidate: null,
    ratio: overall.ratio,
    changeFraction: overall.changeFraction,
    ciLow: overall.ciLow,
    ciHigh: overall.ciHigh,
    pValue: overall.pValue,
    pAdjusted: overall.pAdjusted,
    outcome: overall.outcome,
    degreesOfFreedom: overall.degreesOfFreedom,
    minimalDetectableFraction: overall.minimalDetectableFraction,
    blocksAgreeing: overall.blocksAgreeing,
    blockCount: overall.blockCount,
  };
}

function recordBlock(comparison: Comparison, block: BlockChange, keys: readonly string[]): Row {
  return {
    ...recordHead(comparison),
    scope: 'block',
    ...Object.fromEntries(keys.map((key) => [key, block.keys[key] ?? null])),
    runCountBaseline: block.baseline.n,
    runCountCandidate: block.candidate.n,
    geometricMeanBaseline: block.baseline.geometricMean,
    geometricMeanCandidate: block.candidate.geometricMean,
    ratio: block.ratio,
    changeFraction: block.changeFraction,
    ciLow: block.ciLow,
    ciHigh: block.ciHigh,
    pValue: null,
    pAdjusted: null,
    outcome: null,
    degreesOfFreedom: null,
    minimalDetectableFraction: null,
    blocksAgreeing: null,
    blockCount: null,
  };
}
