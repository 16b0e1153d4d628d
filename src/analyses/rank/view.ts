import { extent, max } from 'd3-array';
import { name, right } from '../../view/cells.ts';
import type { Cell, Chart, Column, RecordRow, Records, Table, Tone, View } from '../../view/view.ts';
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
import { wordRefusal } from '../design/interval-words.ts';
import { refuseChart } from '../design/refuse-chart.ts';
import type { Stat } from '../design/stat.ts';
import { drawAttainment } from './charts/attainment.ts';
import { drawEcdf } from './charts/ecdf.ts';
import { drawLevels } from './charts/levels.ts';
import { drawFronts } from './charts/pareto.ts';
import { drawProfile } from './charts/profile.ts';
import { wordNext } from './next.ts';
import type { RankOptions } from './options.ts';
import type { ArmMetric, FactorialEffect, RankedArm, RankResult, RelativeQuantile } from './result.ts';
import { isHint, isToldWorse, labelOf, wordDecisions, wordRank } from './wording.ts';

/** Tables, records and charts of a ranking. */
export function viewRanking({ result }: Outcome<RankResult>, { showCommon }: Pick<RankOptions, 'showCommon'>): View {
  const metrics = Object.keys(result.arms[0]?.metrics ?? {});
  const groups = chunk(metrics, METRICS_PER_TABLE);
  const isMean = result.stat === 'mean';
  return {
    headlines: result.headlines,
    next: wordNext(result),
    tables: [
      ...groups.map((keys) => tabulateLevels(result, keys)),
      ...(isMean && result.arms.length > 1 ? groups.map((keys, i) => tabulateRegret(result, keys, i === 0)) : []),
      ...tabulateFactorial(result, metrics.slice(0, METRICS_PER_TABLE)),
      ...(isMean ? tabulateTails(result, metrics[0] ?? '') : []),
      ...(showCommon ? [tabulateBlocks(result)] : []),
    ],
    records: recordArms(result),
    charts: chartsOf(result),
  };
}

/** A block by itself has a mean and no quantile: profile and front are made of means. */
function chartsOf(result: RankResult): Chart[] {
  const { stat, headline } = result;
  const ofMeans: Chart[] = [
    {
      kind: 'profile',
      description: `Performance profiles: share of blocks in which an arm is within a factor of the best. ${headline}`,
      draw: (frame) => drawProfile(result, frame),
    },
    {
      kind: 'pareto',
      description: `Makespan against ${labelOf(result.costMetric)} by arm, with the front. ${headline}`,
      draw: (frame) => drawFronts(result, frame),
    },
  ];
  return [
    {
      kind: 'levels',
      description: `Level of each metric by arm, with the 95 % interval of the change against the best. ${headline}`,
      draw: (frame) => drawLevels(result, frame),
    },
    ...(stat === 'mean' ? ofMeans : ofMeans.map(({ kind }) => refuseChart(kind, stat, 'levels, ecdf or attainment'))),
    {
      kind: 'ecdf',
      description: `Share of runs with at most that multiple of their block's mean, by arm. ${headline}`,
      draw: (frame) => drawEcdf(result, frame),
    },
    {
      kind: 'attainment',
      description: `Share of runs that end within a deadline, by arm, with its 95 % interval. ${headline}`,
      draw: (frame) => drawAttainment(result, frame),
    },
  ];
}

/** As many metrics as 80 columns take beside an arm's name. */
const METRICS_PER_TABLE = 3;

const chunk = <Item>(items: readonly Item[], length: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / length) }, (_, i) => items.slice(i * length, (i + 1) * length));

const ARM_COLUMN = name('arm', 'arm');

function toneOf(of: ArmMetric): Tone {
  if (of.changeFromBestFraction === 0) return 'gain';
  return isToldWorse(of) ? 'loss' : 'uncertain';
}

/** A row per arm: level, change against the best, and rank of each metric, in one cell: 80 columns take no more. */
function tabulateLevels(result: RankResult, metrics: readonly string[]): Table {
  const { arms } = result;
  const own = metrics.map((key) => arms.map(({ metrics: of }) => of[key] as ArmMetric));
  const cells = own.map((of) => alignParts(of.map(partsOfLevel)));
  const all = own.flat();
  return {
    title: titleLevels(result),
    columns: [
      ARM_COLUMN,
      ...metrics.flatMap((key): Column[] => [
        right(key, withUnit(labelOf(key), arms[0]?.metrics[key]?.unit ?? '')),
        right(`${key}Interval`, '95 %', true),
        right(`${key}P`, 'p (Holm)', true),
      ]),
    ],
    rows: arms.map(({ label }, row) => ({
      arm: label,
      ...Object.assign(
        {},
        ...metrics.map((key, i) => {
          const of = own[i]?.[row] as ArmMetric;
          return {
            [key]: { text: cells[i]?.[row] ?? '', tone: toneOf(of) },
            [`${key}Interval`]: wordPercentInterval(of.ciLow, of.ciHigh),
            [`${key}P`]: wordP(of.pAdjusted),
          };
        }),
      ),
    })),
    notes: [
      ...metrics.flatMap((key) => noteQuantile(result, key)),
      ...(all.some(({ level, rankLow, rankHigh }) => level !== null && rankLow !== rankHigh)
        ? ['ranks like 1–3: arms that cannot be told apart']
        : []),
      ...(all.some(isHint) ? ['~ a hint: the interval excludes the best, the test does not confirm it'] : []),
    ],
  };
}

const titleLevels = ({ stat, blockCount }: RankResult): string =>
  stat === 'mean'
    ? `level, % against the best, rank (geometric means over ${wordCount(blockCount, 'block')})`
    : `${stat} of runs ÷ their block's mean, as level; % against the lowest, rank (${wordCount(blockCount, 'block')})`;

/** What the intervals of a quantile rest on, or why there is none. */
function noteQuantile({ arms, quantiles, blockCount }: RankResult, key: string): string[] {
  const quantile = quantiles?.[key];
  if (!quantile) return [];
  if (quantile.refusal) return [`${labelOf(key)}: ${wordRefusal(quantile.refusal)}`];
  const [fewest, most] = extent(arms, ({ metrics }) => metrics[key]?.quantileRunCount);
  const runs = fewest === most ? `${fewest}` : `${fewest} to ${most}`;
  const few = quantile.blockCount < blockCount ? `; ${quantile.blockCount} of ${blockCount} blocks count` : '';
  return [`intervals of ${labelOf(key)}: order statistics of ${runs} runs an arm ÷ their block's mean${few}`];
}

function partsOfLevel(of: ArmMetric): string[] {
  const { scale } = readableUnit(of.unit);
  const level = wordFigure(of.level === null ? null : of.level * scale);
  const isBest = of.changeFromBestFraction === 0;
  const change = isBest ? 'best' : wordPercentChange(of.changeFromBestFraction);
  return [level, `${change}${isHint(of) ? '~' : ' '}`, wordRank(of)];
}

/** Joins the parts of each row so that they stand below each other. */
function alignParts(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => max(rows, (parts) => parts[i]?.length ?? 0) ?? 0);
  return rows.map((parts) => parts.map((part, i) => part.padStart(widths[i] ?? 0)).join(' '));
}

const FRONT_WORDS = { front: 'yes', dominated: 'no', 'dominated-for-certain': 'no!' } as const;

/** Tabulates what it costs to always take one arm: a row per arm. */
function tabulateRegret(
  { arms, pareto, costMetric, decisions }: RankResult,
  metrics: readonly string[],
  isFirst: boolean,
): Table {
  const overall = new Map(pareto.filter(({ scope }) => scope === 'overall').map(({ arm, status }) => [arm, status]));
  const hasFront = isFirst && overall.size > 0;
  const isCorrected = (key: string) => arms.some(({ metrics: own }) => own[key]?.regretCorrected !== null);
  const isCertain = [...overall.values()].includes('dominated-for-certain');
  const cells = metrics.map((key) => alignParts(arms.map(({ metrics: own }) => partsOfRegret(own[key] as ArmMetric))));
  return {
    title: 'regret against the best of each block in %: mean, worst; blocks won',
    columns: [
      ARM_COLUMN,
      ...metrics.flatMap((key): Column[] => [
        right(key, labelOf(key)),
        ...(isCorrected(key) ? [right(`${key}Corrected`, 'corrected', true)] : []),
      ]),
      ...(hasFront ? [{ key: 'front', header: 'front', align: 'left' } as const] : []),
    ],
    rows: arms.map(({ arm, label, metrics: own }, row) => ({
      arm: label,
      ...Object.fromEntries(
        metrics.flatMap((key, i) => [
          [key, cells[i]?.[row] ?? ''],
          ...(isCorrected(key) ? [[`${key}Corrected`, wordRegret(own[key]?.regretCorrected ?? null)]] : []),
        ]),
      ),
      ...(hasFront ? { front: FRONT_WORDS[overall.get(arm) ?? 'front'] } : {}),
    })),
    notes: [
      ...(hasFront
        ? [`front: of makespan × ${labelOf(costMetric)}${isCertain ? '; no!: another arm is told better in both' : ''}`]
        : []),
      ...(isFirst && decisions ? [wordDecisions(decisions)] : []),
    ],
  };
}

const wordRegret = (fraction: number | null): string =>
  wordNumber(fraction === null ? null : 100 * fraction, (fraction ?? 0) < 1 ? 1 : 0);

const partsOfRegret = (of: ArmMetric): string[] => [
  wordRegret(of.regretMeanFraction),
  wordRegret(of.regretWorstFraction),
  of.blocksWon === null ? NOT_MEASURED : `${of.blocksWon}`,
];

/** Both main effects and their interaction. */
function tabulateFactorial({ factorial, factors, arms }: RankResult, metrics: readonly string[]): Table[] {
  if (!factorial || !factors) return [];
  const keys = metrics.filter((key) => factorial[key] !== undefined);
  const [first, second] = factors.planners.map(showArm(arms));
  const rows = (
    [
      ['planner', `${second} vs ${first}`],
      ['optimizations', `with ${wordList(factors.optimizations)}`],
      ['interaction', 'interaction'],
    ] as const
  ).map(([effect, words]) => ({
    effect: words,
    ...Object.assign({}, ...keys.map((key) => cellsOfEffect(key, factorial[key]?.[effect]))),
  }));
  const blockCounts = [...new Set(keys.map((key) => factorial[key]?.blockCount))];
  return [
    {
      title: `2 × 2 of planner and optimizations: change in %, averaged over the other factor (${blockCounts.join(' or ')} blocks)`,
      columns: [
        name('effect', 'effect'),
        ...keys.flatMap((key) => [
          right(key, labelOf(key)),
          right(`${key}Interval`, '95 %', true),
          right(`${key}P`, 'p'),
        ]),
      ],
      rows,
      notes: [
        `interaction: the effect of optimizations under ${second} ÷ that under ${first}; p by sign flips, not adjusted`,
      ],
    },
  ];
}

function cellsOfEffect(key: string, effect: FactorialEffect | undefined): Record<string, Cell> {
  if (!effect) return { [key]: NOT_MEASURED, [`${key}Interval`]: NOT_MEASURED, [`${key}P`]: NOT_MEASURED };
  return {
    [key]: wordPercentChange(effect.changeFraction),
    [`${key}Interval`]: wordPercentInterval(effect.ciLow, effect.ciHigh),
    [`${key}P`]: wordP(effect.pValue),
  };
}

/** Quantiles of runs, where some arm has enough of them for more than the median. */
function tabulateTails({ arms }: RankResult, metric: string): Table[] {
  const of = arms.map(({ label, metrics }) => ({ label, relative: metrics[metric]?.relative }));
  const fewest = of[0]?.relative?.quantiles[1]?.fewestRuns ?? 0;
  if (!of.some(({ relative }) => (relative?.count ?? 0) >= fewest)) return [];
  const quantiles = of[0]?.relative?.quantiles ?? [];
  return [
    {
      title: `${labelOf(metric)} of runs ÷ their block's mean: quantiles`,
      columns: [
        ARM_COLUMN,
        right('runs', 'runs'),
        ...quantiles.map(({ quantile }) => right(`q${quantile}`, quantile === 0.5 ? 'median' : `p${100 * quantile}`)),
      ],
      rows: of.map(({ label, relative }) => ({
        arm: label,
        runs: String(relative?.count ?? 0),
        ...Object.fromEntries(
          (relative?.quantiles ?? []).map((found) => [`q${found.quantile}`, wordQuantile(found, relative?.count ?? 0)]),
        ),
      })),
      notes: [
        "without intervals, as the blocks' means are themselves made of few runs; --stat p90 ranks by them, with intervals of the differences",
      ],
    },
  ];
}

/** `1.21`, or `too few: 31 of 36`. */
const wordQuantile = ({ ratio, fewestRuns }: RelativeQuantile, count: number): Cell =>
  ratio === null ? { text: `too few: ${count} of ${fewestRuns}`, tone: 'muted' } : wordNumber(ratio, 2);

/** Gives the name for people of an arm that is named as recorded. */
const showArm =
  (arms: readonly RankedArm[]) =>
  (name: string): string =>
    arms.find(({ arm }) => arm === name)?.label ?? name;

/** Which blocks all arms share, and what the others lack. */
const tabulateBlocks = ({ blocks, arms }: RankResult): Table => ({
  title: 'blocks: those that all arms share count',
  columns: [name('block', 'block'), right('runs', 'runs'), name('lacking', 'lacks')],
  rows: blocks.map(({ label, runCount, isCommon, lacking }) => ({
    block: label,
    runs: String(runCount),
    lacking: isCommon ? { text: 'counts', tone: 'gain' } : wordList(lacking.map(showArm(arms))),
  })),
  notes: [],
});

const METRIC_COLUMNS = [
  'level',
  'unit',
  'blockCount',
  'runCount',
  'changeFromBestFraction',
  'intervalMethod',
  'pValue',
  'pAdjusted',
  'regretMeanFraction',
  'regretWorstFraction',
  'regretCorrected',
  'additionalRunsFor5Percent',
  'blocksWon',
  'rankLow',
  'rankHigh',
] as const;

const QUANTILE_COLUMNS = ['p50', 'p90', 'p95', 'p99'] as const;

/** One row per arm and metric. */
function recordArms({ arms, pareto, stat }: RankResult): Records {
  const statuses = new Map(pareto.filter(({ scope }) => scope === 'overall').map(({ arm, status }) => [arm, status]));
  return {
    columns: [
      'arm',
      'metric',
      'stat',
      ...METRIC_COLUMNS,
      'changeFromBestCiLow',
      'changeFromBestCiHigh',
      ...QUANTILE_COLUMNS.map((p) => `${p}Ratio`),
      'paretoStatus',
    ],
    rows: arms.flatMap((arm) =>
      Object.keys(arm.metrics).map((metric) => recordArm(arm, metric, stat, statuses.get(arm.arm) ?? null)),
    ),
  };
}

function recordArm({ arm, metrics }: RankedArm, metric: string, stat: Stat, paretoStatus: string | null): RecordRow {
  const of = metrics[metric] as ArmMetric;
  const quantiles = of.relative.quantiles.map(({ ratio }, i) => [`${QUANTILE_COLUMNS[i]}Ratio`, ratio]);
  return {
    arm,
    metric,
    stat,
    ...Object.fromEntries(METRIC_COLUMNS.map((column) => [column, of[column]])),
    changeFromBestCiLow: of.ciLow,
    changeFromBestCiHigh: of.ciHigh,
    ...Object.fromEntries(quantiles),
    paretoStatus,
  };
}
