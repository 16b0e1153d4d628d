import { max, sum } from 'd3-array';
import { groupBy } from '../../model/group-by.ts';
import { findMetric } from '../../model/metrics.ts';
import { geometricMean } from '../../stats/summary.ts';
import type { Cell, Chart, Column, Records, Scalar, Table, Tone, View } from '../../view/view.ts';
import {
  NOT_MEASURED,
  readableUnit,
  withUnit,
  wordCount,
  wordFigure,
  wordList,
  wordNumber,
  wordP,
  wordPercentChange,
  wordPercentInterval,
} from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import { showArms } from '../design/arm-names.ts';
import type { BlockChange, CellSummary, Comparison, WorkflowChange } from '../design/comparison.ts';
import { refuseChart } from '../design/refuse-chart.ts';
import { drawChange, drawSummary } from './charts/change.ts';
import { drawBoxes, drawEcdf } from './charts/distributions.ts';
import { drawTradeoff } from './charts/tradeoff.ts';
import type { CompareOptions } from './options.ts';
import type { CompareResult } from './result.ts';
import { labelOf, nameWorkflows, wordDetectable, wordMethod, wordOutcome, wordRange } from './wording.ts';

/** Tables, records and charts of a comparison. */
export function viewComparison(
  { result: recorded }: Outcome<CompareResult>,
  { showBlocks }: Pick<CompareOptions, 'showBlocks'>,
): View {
  const { comparisons, joint, jointCost } = recorded;
  const result = {
    ...recorded,
    comparisons: comparisons.map(showArms),
    joint: joint.map(showArms),
    ...(jointCost ? { jointCost: jointCost.map(showArms) } : {}),
  };
  const pairings = groupBy(result.comparisons, ({ candidate }) => candidate);
  const isAlone = pairings.length === 1;
  return {
    headlines: result.answers,
    next: wordNext(result, showBlocks),
    tables: [
      tabulateOverall(result),
      ...(isAlone || showBlocks ? pairings.flatMap(tabulateWorkflows) : []),
      ...(showBlocks ? pairings.flatMap(tabulateBlocks) : []),
    ],
    records: recordComparisons(recorded),
    charts: chartsOf(result),
  };
}

/** Blocks by themselves have a mean and no quantile: with a quantile come the charts of all runs. */
function chartsOf(result: CompareResult): Chart[] {
  const headlines = result.headlines.join('. ');
  const distributions: Chart[] = [
    {
      kind: 'ecdf',
      description: `Share of runs with at most that multiple of their block's mean, by arm. ${headlines}`,
      draw: (frame) => drawEcdf(result, frame),
    },
    {
      kind: 'box',
      description: `Quartiles of runs as multiples of their block's mean, by arm. ${headlines}`,
      draw: (frame) => drawBoxes(result, frame),
    },
  ];
  if (result.stat !== 'mean') {
    return [
      ...distributions,
      ...(['change', 'summary', 'tradeoff'] as const).map((kind) => refuseChart(kind, result.stat, 'ecdf or box')),
    ];
  }
  return [
    {
      kind: 'change',
      description: `Change of each metric by block with 95 % intervals. ${headlines}`,
      draw: (frame) => drawChange(result, frame),
    },
    {
      kind: 'summary',
      description: `Change of each metric over all blocks with 95 % intervals, a row per arm. ${headlines}`,
      draw: (frame) => drawSummary(result, frame),
    },
    {
      kind: 'tradeoff',
      description: `Makespan change against resource usage change. ${headlines}`,
      draw: (frame) => drawTradeoff(result, frame),
    },
    ...distributions,
  ];
}

/** Less of every metric is better. */
function toneOf({ overall }: Comparison): Tone {
  if (overall.outcome !== 'different') return 'uncertain';
  return (overall.changeFraction ?? overall.difference.amount ?? 0) < 0 ? 'gain' : 'loss';
}

const CHANGE_COLUMNS: readonly Column[] = [
  { key: 'change', header: 'change %', align: 'right' },
  { key: 'interval', header: '95 % interval', align: 'right' },
  { key: 'verdict', header: 'verdict', align: 'left' },
  { key: 'p', header: 'p (Holm)', align: 'right', wide: true },
  { key: 'agreeing', header: 'blocks', align: 'right', wide: true },
  { key: 'permutation', header: 'permutation 95 %', align: 'right', wide: true },
  { key: 'less', header: 'P(less)', align: 'right', wide: true },
  { key: 'pooled', header: 'pooled medians %', align: 'right', wide: true },
  { key: 'detectable', header: 'detectable %', align: 'right', wide: true },
  { key: 'more', header: 'runs for 5 %', align: 'right', wide: true },
];

const METRIC_COLUMN: Column = { key: 'metric', header: 'metric', align: 'left', wraps: true, once: true };

/** The ways to look closer. */
function wordNext({ comparisons, stat }: CompareResult, showBlocks: boolean): string {
  const blockCount = max(comparisons, ({ blocks }) => blocks.length) ?? 0;
  const blocks = showBlocks || blockCount < 2 || stat !== 'mean' ? [] : [`--blocks shows the ${blockCount} blocks`];
  const chart = stat === 'mean' ? '--chart change.svg draws the change' : '--chart ecdf.svg draws the runs';
  return [...blocks, '--metric all every metric', chart].join(', ');
}

/** `4 workflows, 23 blocks, 32–35 vs 29 runs`: what the answer rests on. */
function wordExtent(comparisons: readonly Comparison[]): string {
  const workflows = new Set(comparisons.flatMap(({ blocks }) => blocks.flatMap(({ keys }) => keys['workflow'] ?? [])));
  const overalls = comparisons.map(({ overall }) => overall);
  const blockCounts = overalls.map(({ blockCount }) => blockCount);
  const baselineCounts = overalls.map(({ runCountBaseline }) => runCountBaseline);
  return [
    ...(workflows.size > 0 ? [wordCount(workflows.size, 'workflow')] : []),
    `${wordRange(blockCounts)} ${max(blockCounts) === 1 ? 'block' : 'blocks'}`,
    `${wordRange(overalls.map(({ runCountCandidate }) => runCountCandidate))} vs ${wordRange(baselineCounts)} ${max(baselineCounts) === 1 ? 'run' : 'runs'}`,
  ].join(', ');
}

/** A row per metric, with the levels of both arms; for several candidates a row per metric and arm. */
function tabulateOverall({ comparisons, stat }: CompareResult): Table {
  const candidates = [...new Set(comparisons.map(({ candidate }) => candidate))];
  const { baseline = '' } = comparisons[0] ?? {};
  const notes = noteMethods(comparisons);
  const subject = stat === 'mean' ? '' : `${stat} of runs \u00f7 their block's mean: `;
  const title = `${subject}${candidates.join(', ')} against ${baseline}, all blocks with equal weight: ${wordExtent(comparisons)}`;
  const isAlone = candidates.length === 1;
  const columns: readonly Column[] = [
    METRIC_COLUMN,
    ...(isAlone ? [] : [{ key: 'arm', header: 'arm', align: 'left', wraps: true } as const]),
    { key: 'baseline', header: baseline, align: 'right' },
    { key: 'candidate', header: isAlone ? (candidates[0] ?? '') : 'level', align: 'right' },
    ...CHANGE_COLUMNS,
  ];
  // Each candidate shares other blocks with the baseline, so that its level there is told for each.
  const rows = groupBy(comparisons, ({ metric }) => metric)
    .flat()
    .map((comparison) => ({ ...rowOfOverall(comparison), ...(isAlone ? {} : { arm: comparison.candidate }) }));
  return { title, columns, rows, notes };
}

/** One line for all metrics of a candidate whose interval comes about in the same way. */
function noteMethods(comparisons: readonly Comparison[]): string[] {
  const pairings = groupBy(comparisons, ({ candidate }) => candidate);
  return pairings.flatMap((own) =>
    groupBy(own, wordMethod).map((found) => {
      const metrics = found.length === own.length ? [] : [wordList(found.map(({ metric }) => labelOf(metric)))];
      const names = [...(pairings.length > 1 ? [own[0]?.candidate] : []), ...metrics].join(', ');
      return `interval${names && ` of ${names}`}: ${wordMethod(found[0] as Comparison)}`;
    }),
  );
}

function rowOfOverall(comparison: Comparison): Record<string, Cell> {
  const { metric, unit, overall } = comparison;
  const tone = toneOf(comparison);
  const { scale } = readableUnit(unit);
  const level = (amount: number | null) => wordFigure(amount === null ? null : amount * scale);
  const { pooledMedianRatio: pooled } = overall;
  const more = overall.additionalRunsFor5Percent;
  return {
    metric: withUnit(labelOf(metric), unit),
    baseline: level(overall.levelBaseline),
    candidate: level(overall.levelCandidate),
    change: { text: wordPercentChange(overall.changeFraction), tone },
    interval: wordPercentInterval(overall.ciLow, overall.ciHigh),
    verdict: { text: wordOutcome(comparison), tone },
    p: wordP(overall.pAdjusted),
    agreeing: `${overall.blocksAgreeing}/${overall.blockCount}`,
    permutation: wordPercentInterval(overall.permutationCiLow, overall.permutationCiHigh),
    pooled: wordPercentChange(pooled === null ? null : pooled - 1),
    less: wordNumber(overall.probabilityCandidateLess, 2),
    detectable: wordDetectable(overall),
    more: more === null ? NOT_MEASURED : more === 0 ? 'enough' : `+${more} a cell`,
  };
}

/** One row per workflow and structure; none where there is only one. */
function tabulateWorkflows(comparisons: readonly Comparison[]): Table[] {
  const named = new Map(comparisons.map((comparison) => [comparison, nameWorkflows(comparison.workflows)]));
  const workflows = [...new Set([...named.values()].flatMap((changes) => [...changes.keys()]))].sort();
  if (workflows.length < 2) return [];
  return chunk(comparisons, METRICS_PER_TABLE).map((some) => ({
    title: `by workflow: change in % (${some[0]?.candidate} against ${some[0]?.baseline})`,
    columns: [
      { key: 'workflow', header: 'workflow', align: 'left', wraps: true },
      { key: 'blocks', header: 'blocks', align: 'right' },
      ...metricColumns(some),
    ],
    rows: workflows.map((name) => {
      const found = some.map((comparison) => named.get(comparison)?.get(name));
      const counts = found.map((workflow) => workflow?.blockCount ?? 0);
      return { workflow: name, blocks: String(max(counts)), ...cellsByMetric(some, found) };
    }),
    notes: noteMarks(some.flatMap((comparison) => comparison.workflows)),
    fold: { rows: 'workflows' },
  }));
}

/** As many metrics as 80 columns take beside a block's name. */
const METRICS_PER_TABLE = 3;

const chunk = <Item>(items: readonly Item[], length: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / length) }, (_, i) => items.slice(i * length, (i + 1) * length));

/** A column per metric; intervals where there is room for them. */
const metricColumns = (comparisons: readonly Comparison[]): Column[] =>
  comparisons.flatMap(({ metric }): Column[] => [
    { key: metric, header: labelOf(metric), align: 'right' },
    { key: `${metric}Interval`, header: '95 %', align: 'right', wide: true },
  ]);

/** One row per block. */
const tabulateBlocks = (comparisons: readonly Comparison[]): Table[] =>
  chunk(comparisons, METRICS_PER_TABLE).map(tabulateSomeBlocks);

function tabulateSomeBlocks(comparisons: readonly Comparison[]): Table {
  const labels = [...new Set(comparisons.flatMap(({ blocks }) => blocks.map((block) => block.label)))].sort();
  const byLabel = comparisons.map(({ blocks }) => new Map(blocks.map((block) => [block.label, block])));
  const [first] = comparisons;
  return {
    title: `by block: change in % (${first?.candidate} against ${first?.baseline})`,
    columns: [
      { key: 'block', header: 'block', align: 'left', wraps: true },
      { key: 'runs', header: 'runs', align: 'right' },
      ...metricColumns(comparisons),
    ],
    rows: labels.map((label) => rowOfBlock(label, comparisons, byLabel)),
    notes: noteMarks(comparisons.flatMap(({ blocks }) => blocks)),
    fold: { rows: 'blocks', whole: true },
  };
}

/** A change of a part of the blocks. */
type PartChange = Pick<BlockChange, 'changeFraction' | 'ciLow' | 'ciHigh' | 'allEqual'>;

function noteMarks(changes: readonly PartChange[]): string[] {
  return [
    ...(changes.some(holdsNoChange) ? ['? cannot tell: this interval holds no change'] : []),
    ...(changes.some(lacksInterval) ? ['~ no interval: too few runs to know the spread'] : []),
    ...(changes.some(({ allEqual }) => allEqual) ? ['= all of these runs are equal'] : []),
  ];
}

const holdsNoChange = ({ ciLow, ciHigh }: PartChange): boolean =>
  ciLow !== null && ciHigh !== null && ciLow <= 0 && ciHigh >= 0;

const lacksInterval = (change: PartChange): boolean =>
  change.changeFraction !== null && change.ciLow === null && !change.allEqual;

function rowOfBlock(
  label: string,
  comparisons: readonly Comparison[],
  byLabel: readonly ReadonlyMap<string, BlockChange>[],
): Record<string, Cell> {
  const found = byLabel.map((blocks) => blocks.get(label));
  const counted = found.find((block) => block !== undefined);
  const runs = counted ? `${counted.candidate.n} vs ${counted.baseline.n}` : NOT_MEASURED;
  return { block: label, runs, ...cellsByMetric(comparisons, found) };
}

/** The cells of a row: `found` are the changes of each comparison. */
function cellsByMetric(
  comparisons: readonly Comparison[],
  found: readonly (PartChange | undefined)[],
): Record<string, Cell> {
  const cells = comparisons.flatMap(({ metric }, i): [string, Cell][] => {
    const change = found[i];
    return [
      [metric, change ? cellOfChange(change) : NOT_MEASURED],
      [`${metric}Interval`, change ? wordPercentInterval(change.ciLow, change.ciHigh, 0) : NOT_MEASURED],
    ];
  });
  return Object.fromEntries(cells);
}

function cellOfChange(change: PartChange): Cell {
  const text = wordPercentChange(change.changeFraction);
  if (change.changeFraction === null) return text;
  if (change.allEqual) return { text: `${text} =`, tone: 'uncertain' };
  if (change.ciLow === null) return { text: `${text} ~`, tone: 'uncertain' };
  if (holdsNoChange(change)) return { text: `${text} ?`, tone: 'uncertain' };
  return { text: `${text}  `, tone: change.changeFraction < 0 ? 'gain' : 'loss' };
}

/** One row per comparison and scope: `overall`, each workflow, each block. */
function recordComparisons(result: CompareResult): Records {
  const rows = result.comparisons.flatMap((comparison) => [
    recordOverall(comparison),
    ...comparison.workflows.map((change) => recordWorkflow(comparison, change)),
    ...comparison.blocks.map((block) => recordBlock(comparison, block)),
  ]);
  const columns = [...HEAD_COLUMNS, ...result.blockKeys, ...FIGURE_COLUMNS];
  return { columns, rows: rows.map((row) => Object.fromEntries(columns.map((key) => [key, row[key] ?? null]))) };
}

type Row = Record<string, Scalar>;

const HEAD_COLUMNS = ['baseline', 'candidate', 'metric', 'unit', 'scope'] as const;

/** `null` where a scope has no such figure. */
const FIGURE_COLUMNS = [
  'runCountBaseline',
  'runCountCandidate',
  'levelBaseline',
  'levelCandidate',
  'ratio',
  'changeFraction',
  'changeFractionCiLow',
  'changeFractionCiHigh',
  'intervalMethod',
  'degreesOfFreedom',
  'pValue',
  'pAdjusted',
  'permutationCiLow',
  'permutationCiHigh',
  'outcome',
  'minimalDetectableFraction',
  'blocksAgreeing',
  'blockCount',
  'pooledMedianBaseline',
  'pooledMedianCandidate',
  'pooledMedianRatio',
  'missingCountBaseline',
  'missingCountCandidate',
  'stat',
] as const;

const recordHead = ({ baseline, candidate, metric, unit, stat }: Comparison, scope: string): Row => ({
  baseline,
  candidate,
  metric,
  unit: findMetric(metric)?.unit ?? unit,
  scope,
  // A workflow or a block by itself has means only.
  stat: scope === 'overall' ? stat : 'mean',
});

function recordOverall(comparison: Comparison): Row {
  const { overall } = comparison;
  const { difference, sensitivity, loss, ciLow, ciHigh, ...figures } = overall;
  return {
    ...recordHead(comparison, 'overall'),
    ...figures,
    changeFractionCiLow: ciLow,
    changeFractionCiHigh: ciHigh,
    missingCountBaseline: loss.baseline.missing,
    missingCountCandidate: loss.candidate.missing,
  };
}

function recordWorkflow(comparison: Comparison, change: WorkflowChange): Row {
  const { workflow, structure, ciLow, ciHigh, ...figures } = change;
  const blocks = comparison.blocks.filter(
    ({ keys }) => keys['workflow'] === workflow && (structure === null || keys['structure'] === structure),
  );
  return {
    ...recordHead(comparison, 'workflow'),
    workflow,
    structure,
    runCountBaseline: sum(blocks, ({ baseline }) => baseline.n),
    runCountCandidate: sum(blocks, ({ candidate }) => candidate.n),
    levelBaseline: levelOf(blocks.map(({ baseline }) => baseline)),
    levelCandidate: levelOf(blocks.map(({ candidate }) => candidate)),
    ratio: 1 + figures.changeFraction,
    ...figures,
    changeFractionCiLow: ciLow,
    changeFractionCiHigh: ciHigh,
  };
}

/** The geometric mean of the cells' geometric means; `null`: a figure is not positive. */
function levelOf(cells: readonly CellSummary[]): number | null {
  const levels = cells.flatMap(({ geometricMean: level }) => (level === null ? [] : [level]));
  return levels.length === cells.length && levels.length > 0 ? geometricMean(levels) : null;
}

function recordBlock(comparison: Comparison, { keys, baseline, candidate, ...block }: BlockChange): Row {
  return {
    ...recordHead(comparison, 'block'),
    ...keys,
    runCountBaseline: baseline.n,
    runCountCandidate: candidate.n,
    levelBaseline: baseline.geometricMean,
    levelCandidate: candidate.geometricMean,
    ratio: block.ratio,
    changeFraction: block.changeFraction,
    changeFractionCiLow: block.ciLow,
    changeFractionCiHigh: block.ciHigh,
  };
}
