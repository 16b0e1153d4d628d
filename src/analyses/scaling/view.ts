import { shortenPlanners } from '../../model/names.ts';
import { name, right } from '../../view/cells.ts';
import type { Cell, Records, Scalar, Table, View } from '../../view/view.ts';
import { NOT_MEASURED, wordFigure, wordNumber } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import { drawFanouts } from './charts/fanouts.ts';
import type { DelayGrowth, PlannerFanouts, ScalingResult, Slope } from './result.ts';
import { wordReason } from './wording.ts';

/** Tables, records and the chart of growth. */
export function viewScaling({ result }: Outcome<ScalingResult>): View {
  return {
    headlines: result.headlines,
    next: 'wfa breakdown --by startup tells what a start-up consists of; wfa workers which starts were cold',
    tables: [
      ...(result.fanouts.length > 0 ? [tabulateFanouts(result)] : []),
      ...(result.makespans.length > 0 ? [tabulateMakespans(result)] : []),
    ],
    records: recordScaling(result),
    charts: [
      {
        kind: 'fanout',
        description: `Delay until the last child's start against the workers started for the fan-out. ${result.headline}`,
        draw: (frame) => drawFanouts(result, frame),
      },
    ],
  };
}

const wordRange = (amounts: readonly number[]): string =>
  amounts.length < 2 ? amounts.join('') : `${amounts[0]}–${amounts.at(-1)}`;

const wordInterval = (slope: Slope | null, word: (x: number) => string): string =>
  slope === null || slope.ciLow === null || slope.ciHigh === null
    ? NOT_MEASURED
    : `[${word(slope.ciLow)}, ${word(slope.ciHigh)}]`;

function tabulateFanouts({ fanouts }: ScalingResult): Table {
  const shorten = shortenPlanners(fanouts);
  const row = (own: PlannerFanouts, child: string, growth: DelayGrowth): Readonly<Record<string, Cell>> => ({
    planner: shorten(own.planner),
    child,
    fanouts: String(own.fanoutCount),
    widths: wordRange(own.widths),
    workers: wordRange(own.newWorkerCounts),
    intercept: wordFigure(growth.interceptMs),
    perWorker: wordFigure(growth.perWorker?.estimate ?? null),
    workerInterval: wordInterval(growth.perWorker, wordFigure),
    perChild: wordFigure(growth.perChild?.estimate ?? null),
    childInterval: wordInterval(growth.perChild, wordFigure),
    remark: growth.perWorkerReason === null ? 'told' : { text: wordReason(growth.perWorkerReason), tone: 'uncertain' },
  });
  return {
    title: "delay from the parent's output to the start of a child",
    columns: [
      { ...name('planner', 'planner'), once: true },
      { key: 'child', header: 'child', align: 'left' },
      right('fanouts', 'fan-outs', true),
      right('widths', 'width', true),
      right('workers', 'started', true),
      right('intercept', 'without (ms)'),
      right('perWorker', 'a worker (ms)'),
      right('workerInterval', '95 %'),
      right('perChild', 'a child (ms)'),
      right('childInterval', 'child 95 %', true),
      { key: 'remark', header: 'verdict', align: 'left' },
    ],
    rows: fanouts.flatMap((own) => [row(own, 'first', own.first), row(own, 'last', own.last)]),
    notes: [
      'without: no worker to start. a worker: what each worker started for the fan-out adds, at the same width; a child likewise.',
    ],
  };
}

function tabulateMakespans({ makespans }: ScalingResult): Table {
  return {
    title: 'makespan against width, over structures of one workflow',
    columns: [
      name('workflow', 'workflow'),
      right('structures', 'structures'),
      right('runs', 'runs'),
      right('widths', 'widths'),
      right('makespan', 'exponent'),
      right('makespanInterval', '95 %'),
      right('execution', 'of execution'),
      { key: 'scaling', header: 'scaling', align: 'left' },
    ],
    rows: makespans.map((own) => ({
      workflow: own.workflow,
      structures: String(own.structureCount),
      runs: String(own.runCount),
      widths: own.widths.join(', '),
      makespan: wordNumber(own.makespan?.estimate ?? null, 2),
      makespanInterval: wordInterval(own.makespan, (x) => wordNumber(x, 2)),
      execution: wordNumber(own.execution?.estimate ?? null, 2),
      scaling: own.scaling ?? { text: own.makespan === null ? 'one width' : 'cannot tell', tone: 'uncertain' },
    })),
    notes: [
      'exponent: makespan goes with the width to that power; 0: a wider workflow takes as long. weak: the execution of all tasks grows with the width, strong: it does not.',
    ],
  };
}

type Row = Record<string, Scalar>;

const recordSlope = (what: string, slope: Slope | null, own: Row): Row => ({
  ...BLANK,
  ...own,
  slope: what,
  slopeEstimate: slope?.estimate ?? null,
  slopeCiLow: slope?.ciLow ?? null,
  slopeCiHigh: slope?.ciHigh ?? null,
  effectiveClusterCount: slope?.effectiveClusterCount ?? null,
});

/** A row per slope. */
function recordScaling({ fanouts, makespans, dag }: ScalingResult): Records {
  const rows = [
    ...fanouts.flatMap(({ planner, runCount, fanoutCount, first, last }) =>
      (
        [
          ['first', first],
          ['last', last],
        ] as const
      ).flatMap(([child, growth]) => {
        const own = { row: 'fan-out', planner, runCount, fanoutCount, child, intercept: growth.interceptMs };
        return [
          recordSlope('ms-per-worker', growth.perWorker, { ...own, reason: growth.perWorkerReason }),
          recordSlope('ms-per-child', growth.perChild, { ...own, reason: growth.perChildReason }),
        ];
      }),
    ),
    ...makespans.flatMap(({ workflow, structureCount, runCount, makespan, execution, scaling }) => {
      const own = { row: 'makespan', workflow, structureCount, runCount, scaling };
      return [recordSlope('makespan-exponent', makespan, own), recordSlope('execution-exponent', execution, own)];
    }),
    ...(dag === null
      ? []
      : [
          recordSlope('bytes-per-task', dag.bytesPerTask, recordDag(dag)),
          recordSlope('bytes-per-edge', dag.bytesPerEdge, recordDag(dag)),
        ]),
  ];
  return { columns: Object.keys(BLANK), rows };
}

const recordDag = (dag: NonNullable<ScalingResult['dag']>): Row => ({
  row: 'dag',
  structureCount: dag.structureCount,
  runCount: dag.runCount,
  intercept: dag.interceptBytes,
});

const BLANK: Readonly<Row> = Object.fromEntries(
  [
    ...['row', 'planner', 'workflow', 'structureCount', 'runCount', 'fanoutCount', 'child', 'slope', 'intercept'],
    ...['slopeEstimate', 'slopeCiLow', 'slopeCiHigh', 'effectiveClusterCount', 'reason', 'scaling'],
  ].map((key) => [key, null]),
);
