import { shortenPlanners } from '../../model/names.ts';
import { shortenStructures } from '../../model/short-ids.ts';
import { name, right, toPercent } from '../../view/cells.ts';
import type { Cell, Column, Records, Scalar, Table, View } from '../../view/view.ts';
import { NOT_MEASURED, wordNumber, wordPercentChange } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import { drawFits } from './charts/fits.ts';
import type { FunctionMemory, MemoryResult, MemoryVerdict, SizeTimes } from './result.ts';
import { wordExponent, wordFactor, wordReason } from './wording.ts';

/** Tables, records and the chart of memory. */
export function viewMemory({ result }: Outcome<MemoryResult>): View {
  return {
    headlines: result.headlines,
    next: wordNext(result),
    tables: [tabulateFunctions(result)],
    records: recordFunctions(result),
    charts: [
      {
        kind: 'fit',
        description: `Time of the tasks of each function against the memory of their worker. ${result.headline}`,
        draw: (frame) => drawFits(result, frame),
      },
    ],
  };
}

const wordNext = ({ planners, functions }: MemoryResult): string | null => {
  const shorten = shortenPlanners(
    planners ? [{ planner: planners.baselinePlanner }, { planner: planners.candidatePlanner }] : [],
  );
  if (planners !== null)
    return `wfa compare ${shorten(planners.baselinePlanner)} ${shorten(planners.candidatePlanner)} --metric makespan --metric resource-usage --metric cost compares the planners that differ most in memory`;
  return functions.some(({ verdict }) => verdict === 'cannot-tell')
    ? 'runs of one workflow with sizes in turn, 12 or more, tell more'
    : null;
};

const VERDICTS: Readonly<Record<MemoryVerdict, string>> = {
  'no-help': 'no help',
  helps: 'helps',
  'cannot-tell': 'cannot tell',
};

const wordVerdict = ({ verdict, reason }: FunctionMemory): Cell => {
  if (reason !== null) return { text: `${VERDICTS[verdict]}: ${wordReason(reason)}`, tone: 'uncertain' };
  return { text: VERDICTS[verdict], tone: verdict === 'helps' ? 'gain' : 'plain' };
};

/** Names a workflow, with the structure where it has several. */
function nameWorkflows(functions: readonly FunctionMemory[]) {
  const structures = new Map<string, Set<string>>();
  for (const { workflow, structure } of functions)
    structures.set(workflow, (structures.get(workflow) ?? new Set()).add(structure));
  const shorten = shortenStructures(functions.map(({ structure }) => structure));
  return (own: FunctionMemory): string =>
    (structures.get(own.workflow)?.size ?? 0) > 1 ? `${own.workflow} ${shorten(own.structure)}` : own.workflow;
}

function tabulateFunctions({ functions }: MemoryResult): Table {
  const nameOf = nameWorkflows(functions);
  const several = new Set(functions.map(nameOf)).size > 1;
  const columns: Column[] = [
    ...(several ? [{ ...name('workflow', 'workflow'), wide: true }] : []),
    name('function', 'function'),
    right('path', 'of path %'),
    right('runs', 'runs', true),
    right('tasks', 'tasks', true),
    right('sizes', 'MB', true),
    right('exponent', 'exponent'),
    right('interval', '95 %'),
    { key: 'verdict', header: 'memory', align: 'left', wraps: true },
    right('neighbour', 'a neighbour %'),
    right('neighbourInterval', 'neighbour 95 %', true),
    right('cheapest', 'cheapest (MB)', true),
    right('fastest', 'fastest (MB)', true),
  ];
  return {
    title: 'functions, by their share of the critical path',
    columns,
    rows: functions.map((own) => ({
      ...(several ? { workflow: nameOf(own) } : {}),
      function: own.function,
      path: toPercent(own.criticalPathFraction),
      runs: String(own.runCount),
      tasks: String(own.taskCount),
      sizes: wordSizes(own.memoryMb),
      exponent: wordExponent(own.exponent),
      interval: wordBounds(own.ciLow, own.ciHigh, (x) => wordNumber(x, 2)),
      verdict: wordVerdict(own),
      neighbour: wordFactor(own.neighbourFactor),
      neighbourInterval: wordBounds(own.neighbourFactor?.ciLow ?? null, own.neighbourFactor?.ciHigh ?? null, (x) =>
        wordPercentChange(x - 1),
      ),
      cheapest: wordFigureOf(own.cheapestMb),
      fastest: wordFigureOf(own.fastestMb),
    })),
    notes: [
      'exponent e: time goes with memory to the power of −e. 0.3: twice the memory takes 19 % off; 0: nothing. No help: the upper bound is below 0.1.',
      { column: 'neighbour', text: 'a neighbour: what each task executing beside it in its worker adds to its time.' },
      {
        column: 'cheapest',
        text: 'cheapest, fastest: of the sizes that it ran with, where both ends of the interval agree; start-ups and rounding are not in it.',
      },
    ],
    fold: { rows: 'functions' },
  };
}

const wordFigureOf = (memoryMb: number | null): string => (memoryMb === null ? NOT_MEASURED : wordNumber(memoryMb, 0));

/** `2048–8192`: the ends are enough. */
function wordSizes(sizes: readonly number[]): string {
  const [first, last] = [sizes[0] as number, sizes.at(-1) as number];
  return first === last ? String(first) : `${first}–${last}`;
}

const wordBounds = (low: number | null, high: number | null, word: (x: number) => string): string =>
  low === null || high === null ? NOT_MEASURED : `[${word(low)}, ${word(high)}]`;

type Row = Record<string, Scalar>;

/** A row per function and size. */
const recordFunctions = ({ functions }: MemoryResult): Records => ({
  columns: COLUMNS,
  rows: functions.flatMap((own) => own.sizes.map((size) => recordSize(own, size))),
});

const recordSize = (own: FunctionMemory, size: SizeTimes): Row => ({
  workflow: own.workflow,
  structure: own.structure,
  function: own.function,
  runCount: own.runCount,
  taskCount: own.taskCount,
  exponent: own.exponent,
  exponentCiLow: own.ciLow,
  exponentCiHigh: own.ciHigh,
  effectiveRunCount: own.effectiveRunCount,
  verdict: own.verdict,
  reason: own.reason,
  neighbourFactor: own.neighbourFactor?.factor ?? null,
  neighbourFactorCiLow: own.neighbourFactor?.ciLow ?? null,
  neighbourFactorCiHigh: own.neighbourFactor?.ciHigh ?? null,
  driftFactor: own.driftFactor?.factor ?? null,
  criticalPathFraction: own.criticalPathFraction,
  cheapestMb: own.cheapestMb,
  fastestMb: own.fastestMb,
  memoryMb: size.memoryMb,
  sizeTaskCount: size.taskCount,
  medianMs: size.medianMs,
  fittedMs: size.fittedMs,
});

const COLUMNS = [
  ...['workflow', 'structure', 'function', 'runCount', 'taskCount', 'exponent', 'exponentCiLow', 'exponentCiHigh'],
  ...['effectiveRunCount', 'verdict', 'reason', 'neighbourFactor', 'neighbourFactorCiLow', 'neighbourFactorCiHigh'],
  ...['driftFactor', 'criticalPathFraction', 'cheapestMb', 'fastestMb', 'memoryMb', 'sizeTaskCount', 'medianMs'],
  'fittedMs',
];
