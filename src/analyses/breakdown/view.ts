import { findMetric } from '../../model/metrics.ts';
import { shortenPlanners } from '../../model/names.ts';
import { PATH_PART_LABELS } from '../../view/part-marks.ts';
import type { Cell, Column, Records, Scalar, Table, View } from '../../view/view.ts';
import { NOT_MEASURED, readableUnit, withUnit, wordCount, wordFigure, wordNumber } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import { drawParts } from './charts/parts.ts';
import type { BreakdownOptions } from './options.ts';
import type {
  BesideFigure,
  Breakdown,
  BreakdownResult,
  DagFetches,
  PartShare,
  PlannerBreakdown,
  StartupParts,
} from './result.ts';
import { viewFunctions } from './view-functions.ts';
import { tabulateFetches, tabulateStartups, viewStartups } from './view-startups.ts';
import { lowestOf, sortByTotal } from './wording.ts';

/** Tables, records and charts of a breakdown. */
export function viewBreakdown(
  { result: found }: Outcome<BreakdownResult>,
  { by = 'planner' }: Partial<BreakdownOptions> = {},
): View {
  const result = { ...found, planners: sortByTotal(found.planners) };
  return {
    headlines: [result.headline],
    next: wordNext(result),
    tables: [
      ...(result.planners.length === 0 || result.planners.some(({ criticalPath }) => criticalPath)
        ? [tabulateOverview(result)]
        : []),
      tabulateParts(result),
      tabulateBeside(result),
      ...(result.startupParts.length > 0 ? [tabulateStartups(result)] : []),
      ...(result.dagFetches.length > 0 ? [tabulateFetches(result)] : []),
    ],
    records: recordBreakdown(found),
    // In place of the planners' tables.
    ...(found.functions ? viewFunctions(found.functions) : {}),
    ...(by === 'startup' ? viewStartups(found) : {}),
    charts: [
      {
        kind: 'absolute',
        description: `Seconds of each part of the critical path by planner. ${result.headline}`,
        draw: (frame) => drawParts(found, 'absolute', frame),
      },
      {
        kind: 'share',
        description: `Share of each part of the critical path by planner. ${result.headline}`,
        draw: (frame) => drawParts(found, 'share', frame),
      },
    ],
  };
}

/** The questions that the largest part leads to. */
function wordNext({ planners }: BreakdownResult): string | null {
  const parts = planners.flatMap(({ criticalPath }) => criticalPath?.parts ?? []);
  const sumOf = (part: string) => parts.reduce((sum, own) => sum + (own.part === part ? (own.meanMs ?? 0) : 0), 0);
  const [largest] = parts.map(({ part }) => part).sort((a, b) => sumOf(b) - sumOf(a));
  if (largest === undefined) return null;
  if (largest === 'startup' || largest === 'queueing')
    return 'wfa workers shows the start-ups, wfa prewarm what prewarming saves of them';
  return 'wfa compare PLANNER PLANNER tells whether one is faster, wfa run --slowest shows one run';
}

const toPercent = (fraction: number | null): string => wordNumber(fraction === null ? null : fraction * 100, 0);
const toSeconds = (ms: number | null): string => wordFigure(ms === null ? null : ms / 1000);

function wordInterval(low: number | null, high: number | null, word: (x: number) => string): string {
  return low === null || high === null ? NOT_MEASURED : `[${word(low)}, ${word(high)}]`;
}

const OVERVIEW_COLUMNS: readonly Column[] = [
  { key: 'planner', header: 'planner', align: 'left', wraps: true },
  { key: 'runs', header: 'runs', align: 'right', wide: true },
  { key: 'total', header: 'total (s)', align: 'right' },
  { key: 'startup', header: 'start-up', align: 'right' },
  { key: 'queueing', header: 'queue', align: 'right' },
  { key: 'pending', header: 'start/queue', align: 'right' },
  { key: 'input-wait', header: 'wait', align: 'right' },
  { key: 'execution', header: 'exec', align: 'right' },
  { key: 'upload', header: 'upload', align: 'right' },
  { key: 'dependency-update', header: 'deps', align: 'right' },
  { key: 'invocation', header: 'invoke', align: 'right' },
  { key: 'other', header: 'other', align: 'right' },
];

function tabulateOverview({ criticalPath, planners }: BreakdownResult): Table {
  const { blocksUsed, blocks } = criticalPath;
  const hasPending = planners.some(({ criticalPath: path }) => path?.parts.some(({ part }) => part === 'pending'));
  const shorten = shortenPlanners(planners);
  const weights =
    blocksUsed === 'common'
      ? `means over runs, equal weight to each of ${wordCount(blocks.length, 'block')} that every planner has`
      : 'means over runs, each planner over its own blocks';
  return {
    title: `critical path: mean makespan, and its parts in % (${weights})`,
    columns: OVERVIEW_COLUMNS.filter(({ key }) => key !== 'pending' || hasPending),
    rows: planners.map(({ planner, criticalPath: path }) => ({
      planner: shorten(planner),
      runs: String(path?.runCount ?? 0),
      total: toSeconds(path?.totalMs ?? null),
      ...Object.fromEntries((path?.parts ?? []).map(({ part, shareFraction }) => [part, toPercent(shareFraction)])),
    })),
    notes: [],
  };
}

const PART_COLUMNS: readonly Column[] = [
  { key: 'planner', header: 'planner', align: 'left', wraps: true, once: true },
  { key: 'part', header: 'part', align: 'left', wraps: true },
  { key: 'path', header: 'path (s)', align: 'right' },
  { key: 'pathInterval', header: '95 %', align: 'right' },
  { key: 'share', header: 'share %', align: 'right' },
  { key: 'shareInterval', header: '95 %', align: 'right', wide: true },
  { key: 'tasks', header: 'all (s)', align: 'right' },
  { key: 'tasksInterval', header: '95 %', align: 'right', wide: true },
  { key: 'tasksShare', header: 'of all %', align: 'right', wide: true },
];

function tabulateParts({ planners }: BreakdownResult): Table {
  const shorten = shortenPlanners(planners);
  return {
    title: 'each part per run: along the critical path, and summed over all tasks and workers',
    columns: PART_COLUMNS,
    rows: planners.flatMap((breakdown) => [
      rowOfTotal(breakdown, shorten(breakdown.planner)),
      ...rowsOfParts(breakdown, shorten(breakdown.planner)),
    ]),
    notes: ['Sums over tasks overlap in time: workers start and tasks wait side by side.'],
  };
}

const intervalOf = (breakdown: Breakdown | null): string =>
  wordInterval(lowestOf(breakdown?.totalCiLow ?? null), breakdown?.totalCiHigh ?? null, toSeconds);

function rowOfTotal({ criticalPath, tasks }: PlannerBreakdown, planner: string): Record<string, Cell> {
  return {
    planner,
    part: { text: 'total', tone: 'strong' },
    path: { text: toSeconds(criticalPath?.totalMs ?? null), tone: 'strong' },
    pathInterval: intervalOf(criticalPath),
    share: criticalPath ? '100' : NOT_MEASURED,
    shareInterval: '',
    tasks: { text: toSeconds(tasks?.totalMs ?? null), tone: 'strong' },
    tasksInterval: intervalOf(tasks),
    tasksShare: tasks ? '100' : NOT_MEASURED,
  };
}

function rowsOfParts({ criticalPath, tasks }: PlannerBreakdown, planner: string): Record<string, Cell>[] {
  return (
    (criticalPath ?? tasks)?.parts.map(({ part }) => {
      const onPath = criticalPath?.parts.find((share) => share.part === part);
      const inTasks = tasks?.parts.find((share) => share.part === part);
      return {
        planner,
        part: PATH_PART_LABELS[part],
        path: toSeconds(onPath?.meanMs ?? null),
        pathInterval: wordInterval(lowestOf(onPath?.ciLow ?? null, part), onPath?.ciHigh ?? null, toSeconds),
        share: toPercent(onPath?.shareFraction ?? null),
        shareInterval: wordInterval(lowestOf(onPath?.shareCiLow ?? null, part), onPath?.shareCiHigh ?? null, toPercent),
        tasks: toSeconds(inTasks?.meanMs ?? null),
        tasksInterval: wordInterval(lowestOf(inTasks?.ciLow ?? null, part), inTasks?.ciHigh ?? null, toSeconds),
        tasksShare: toPercent(inTasks?.shareFraction ?? null),
      };
    }) ?? []
  );
}

function tabulateBeside({ planners }: BreakdownResult): Table {
  const shorten = shortenPlanners(planners);
  const all = planners.flatMap(({ beside }) => beside);
  const metrics = planners[0]?.beside.map(({ metric, unit }) => ({ metric, unit })) ?? [];
  const known = new Set(all.flatMap(({ metric, ciLow }) => (ciLow === null ? [] : [metric])));
  return {
    title: 'starts and bytes per run (means over the same runs)',
    columns: [
      { key: 'planner', header: 'planner', align: 'left', wraps: true },
      ...metrics.flatMap(({ metric, unit }): Column[] => [
        { key: metric, header: withUnit(besideLabel(metric), unit), align: 'right' },
        ...(known.has(metric)
          ? [{ key: `${metric}Interval`, header: '95 %', align: 'right', wide: true } satisfies Column]
          : []),
      ]),
    ],
    rows: planners.map(({ planner, beside }) => ({
      planner: shorten(planner),
      ...Object.fromEntries(beside.flatMap((figure) => cellsOfBeside(figure, known.has(figure.metric)))),
    })),
    notes: [],
  };
}

const SHORT_LABELS: Readonly<Record<string, string>> = {
  'cold-starts': 'cold',
  'warm-starts': 'warm',
  'bytes-downloaded': 'down',
  'bytes-uploaded': 'up',
  'download-time': 'download',
};

const besideLabel = (metric: string): string => SHORT_LABELS[metric] ?? findMetric(metric)?.label ?? metric;

function cellsOfBeside({ metric, unit, mean, ciLow, ciHigh }: BesideFigure, hasInterval: boolean): [string, Cell][] {
  const { scale } = readableUnit(unit);
  const word = (x: number) => wordFigure(x * scale);
  return [
    [metric, mean === null ? NOT_MEASURED : word(mean)],
    ...(hasInterval
      ? [[`${metric}Interval`, wordInterval(lowestOf(ciLow), ciHigh, word)] satisfies [string, Cell]]
      : []),
  ];
}

type Row = Record<string, Scalar>;

/** One row per planner, level and part; then one per planner and figure beside, and those of start-ups and DAGs without planner. */
function recordBreakdown({ planners, startupParts, dagFetches }: BreakdownResult): Records {
  const ofPlanners = planners.flatMap(({ planner, criticalPath, tasks, beside }) => [
    ...recordLevel(planner, 'critical-path', criticalPath),
    ...recordLevel(planner, 'tasks', tasks),
    ...beside.map(({ metric, unit, runCount, mean, ciLow, ciHigh }) =>
      toRow(planner, 'beside', metric, unit, { runCount, mean, meanCiLow: ciLow, meanCiHigh: ciHigh }),
    ),
  ]);
  const rows = [...ofPlanners, ...startupParts.flatMap(recordStartups), ...dagFetches.flatMap(recordFetches)];
  return { columns: Object.keys(toRow('', '', '', '', {})), rows };
}

function recordStartups({ engine, memoryMb, coldCount, ...parts }: StartupParts): Row[] {
  const level = `startup ${engine} ${memoryMb ?? ''}`.trim();
  return (['wait', 'launch', 'boot'] as const).map((part) =>
    toRow(null, level, part, 'ms', {
      mean: parts[`${part}Ms`],
      shareFraction: part === 'boot' ? parts.bootShareOfMakespan : null,
      startCount: coldCount,
    }),
  );
}

function recordFetches({
  engine,
  workflow,
  structure,
  runCount,
  fetchCount,
  bytesPerTask,
  fetchMs,
  withoutFetch,
}: DagFetches): Row[] {
  const level = `dag ${engine} ${workflow} ${structure}`;
  const counts = { runCount, startCount: fetchCount };
  return [
    toRow(null, level, 'bytes-per-task', 'bytes', { mean: bytesPerTask, ...counts }),
    toRow(null, level, 'fetch', 'ms', { mean: fetchMs, ...counts }),
    ...(withoutFetch
      ? [
          toRow(null, level, 'makespan-without-fetch', 'fraction', {
            mean: withoutFetch.changeFraction,
            meanCiLow: withoutFetch.ciLow,
            meanCiHigh: withoutFetch.ciHigh,
            runCount: withoutFetch.runCount,
          }),
        ]
      : []),
  ];
}

const toRow = (planner: string | null, level: string, part: string, unit: string, figures: Row): Row => ({
  planner,
  level,
  part,
  unit,
  mean: null,
  meanCiLow: null,
  meanCiHigh: null,
  shareFraction: null,
  shareCiLow: null,
  shareCiHigh: null,
  runCount: null,
  blockCount: null,
  startCount: null,
  ...figures,
});

function recordLevel(planner: string, level: string, breakdown: Breakdown | null): Row[] {
  if (!breakdown) return [];
  const { runCount, blockCount, totalMs, totalCiLow, totalCiHigh, parts } = breakdown;
  const counts = { runCount, blockCount };
  const recordPart = ({ part, meanMs, ciLow, ciHigh, ...figures }: PartShare) =>
    toRow(planner, level, part, 'ms', { mean: meanMs, meanCiLow: ciLow, meanCiHigh: ciHigh, ...figures, ...counts });
  return [
    toRow(planner, level, 'total', 'ms', { mean: totalMs, meanCiLow: totalCiLow, meanCiHigh: totalCiHigh, ...counts }),
    ...parts.map(recordPart),
  ];
}
