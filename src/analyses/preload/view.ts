import { groupBy } from '../../model/group-by.ts';
import { shortenStructures } from '../../model/short-ids.ts';
import type { Cell, Column, Records, Table, View } from '../../view/view.ts';
import {
  wordCount,
  wordFigure,
  wordList,
  wordNumber,
  wordP,
  wordPercentChange,
  wordPercentInterval,
} from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import { drawEcdf } from './charts/ecdf.ts';
import { drawSlopes } from './charts/slopes.ts';
import type { PreloadContrast, PreloadResult } from './result.ts';
import { againstLabel, armLabel, labelOf, wordMethod, wordMs, wordMsInterval, wordOutcome } from './wording.ts';

/** Tables, records and charts of a preload comparison. */
export function viewPreload({ result }: Outcome<PreloadResult>): View {
  const own = result.preloadedTasks.find(({ planner }) => planner === result.planner);
  const answered = (own?.taskCount ?? 0) > 0;
  return {
    headlines: [result.headline],
    next: '--chart lags.svg draws every task; wfa compare tells whether runs became faster',
    tables: answered ? tabulate(result) : [tabulateCounts(result)],
    records: recordContrasts(result),
    charts: [
      {
        kind: 'slopes',
        description: `Ready lag without and with preloading, by position. ${result.headline}`,
        draw: (frame) => drawSlopes(result, frame),
      },
      {
        kind: 'ecdf',
        description: `Distribution of the ready lag without and with preloading. ${result.headline}`,
        draw: (frame) => drawEcdf(result, frame),
      },
    ],
  };
}

function tabulate(result: PreloadResult): Table[] {
  const versus = `${armLabel(result)} against ${againstLabel(result)}`;
  const first = tabulateContrasts(result.contrasts, `preloaded tasks, ${result.heading}: ${versus}`, [
    ...OUTCOME_NOTES,
    wordHidden(result),
  ]);
  const control = tabulateContrasts(
    result.negativeControls,
    'negative control: tasks of the same runs, not preloaded',
    ['neither preloaded nor downstream of a preloaded task: what moves here is not preloading'],
  );
  const doubled = tabulateContrasts(result.withTaskDuplication, 'preloaded tasks that also had a TaskDup decision', []);
  return [
    first,
    control,
    ...(result.withTaskDuplication.length > 0 ? [doubled] : []),
    ...(result.positions.length > 0 ? [tabulateBlocks(result), tabulatePositions(result)] : []),
  ];
}

const OUTCOME_NOTES = [
  'ready lag: from the last input being there to the start of execution; the one that preloading can move by itself',
  'execution start inherits what happened upstream; task start is stamped before inputs are awaited, so preloading cannot move it directly (both since submission)',
];

function wordHidden({ hiddenDownload: hidden }: PreloadResult): string {
  const inputs = `${wordCount(hidden.inputCount, 'preloaded input')} in ${wordCount(hidden.runCount, 'run')}, ${wordFigure(hidden.sizeBytes / 2 ** 20)} MiB`;
  return hidden.medianPerRunMs === null
    ? `${inputs}; how long their downloads took is not recorded`
    : `${inputs}; hidden download time about ${wordMs(hidden.medianPerRunMs)} ms per run (estimate: size ÷ median speed of the run's recorded downloads)`;
}

const CONTRAST_COLUMNS: readonly Column[] = [
  { key: 'outcome', header: 'outcome', align: 'left', wraps: true },
  { key: 'without', header: 'without (ms)', align: 'right' },
  { key: 'with', header: 'with (ms)', align: 'right' },
  { key: 'difference', header: 'difference (ms)', align: 'right' },
  { key: 'interval', header: '95 % interval', align: 'right' },
  { key: 'verdict', header: 'verdict', align: 'left' },
  { key: 'p', header: 'p (Holm)', align: 'right', wide: true },
  { key: 'change', header: 'change %', align: 'right', wide: true },
  { key: 'changeInterval', header: '95 % (change)', align: 'right', wide: true },
  { key: 'positions', header: 'positions', align: 'right', wide: true },
  { key: 'tasks', header: 'tasks', align: 'right', wide: true },
  { key: 'runs', header: 'runs', align: 'right', wide: true },
];

const tabulateContrasts = (contrasts: readonly PreloadContrast[], title: string, notes: readonly string[]): Table => ({
  title,
  columns: CONTRAST_COLUMNS,
  rows: contrasts.map(
    (contrast): Record<string, Cell> => ({
      outcome: labelOf(contrast.outcome),
      without: wordMs(contrast.meanBaselineMs),
      with: wordMs(contrast.meanPreloadedMs),
      difference: wordMs(contrast.differenceMs, true),
      interval: wordMsInterval(contrast.ciLow, contrast.ciHigh),
      verdict: { text: wordOutcome(contrast), tone: toneOf(contrast) },
      p: wordP(contrast.pAdjusted),
      change: wordPercentChange(contrast.changeFraction),
      changeInterval: wordPercentInterval(contrast.changeCiLow, contrast.changeCiHigh),
      positions: wordNumber(contrast.matchedPositionCount, 0),
      tasks: wordNumber(contrast.taskCount, 0),
      runs: `${contrast.preloadedRunCount} vs ${contrast.controlRunCount}`,
    }),
  ),
  notes: [...noteMethods(contrasts), ...notes],
});

/** Writes one line for all outcomes whose interval comes about in the same way. */
function noteMethods(contrasts: readonly PreloadContrast[]): string[] {
  return groupBy(contrasts, wordMethod).map((found) => {
    const names = found.length === contrasts.length ? '' : ` of ${wordList(found.map((c) => labelOf(c.outcome)))}`;
    return `interval${names}: ${wordMethod(found[0] as PreloadContrast)}`;
  });
}

function toneOf({ outcomeClass, differenceMs }: PreloadContrast) {
  if (outcomeClass !== 'different' || differenceMs === null) return 'uncertain' as const;
  return differenceMs < 0 ? ('gain' as const) : ('loss' as const);
}

/** The blocks whose mean difference is the answer. */
function tabulateBlocks({ contrasts }: PreloadResult): Table {
  const lag = contrasts.find(({ outcome }) => outcome === 'ready-lag');
  return {
    title: 'ready lag by block',
    columns: [
      { key: 'block', header: 'block', align: 'left', wraps: true },
      { key: 'runs', header: 'runs', align: 'right' },
      { key: 'without', header: 'without (ms)', align: 'right' },
      { key: 'with', header: 'with (ms)', align: 'right' },
      { key: 'difference', header: 'difference (ms)', align: 'right' },
    ],
    rows: (lag?.blocks ?? []).map((block) => ({
      block: block.label,
      runs: `${block.preloadedRunCount} vs ${block.controlRunCount}`,
      without: wordMs(block.meanBaselineMs),
      with: wordMs(block.meanPreloadedMs),
      difference: wordMs(block.differenceMs, true),
    })),
    notes: [],
    fold: { rows: 'blocks' },
  };
}

function tabulatePositions(result: PreloadResult): Table {
  const rows = result.positions.filter(({ outcome }) => outcome === 'ready-lag');
  const shortenStructure = shortenStructures(rows.map(({ structure }) => structure));
  return {
    title: 'ready lag by position',
    columns: [
      { key: 'workflow', header: 'workflow', align: 'left', wraps: true },
      { key: 'function', header: 'function', align: 'left', wraps: true },
      { key: 'runs', header: 'runs', align: 'right' },
      { key: 'without', header: 'without (ms)', align: 'right' },
      { key: 'with', header: 'with (ms)', align: 'right' },
      { key: 'difference', header: 'difference (ms)', align: 'right' },
      { key: 'structure', header: 'structure', align: 'left', wide: true },
    ],
    rows: rows.map((row) => ({
      workflow: row.workflow,
      function: row.functionName,
      runs: `${row.preloadedRunCount} vs ${row.controlRunCount}`,
      without: wordMs(row.meanBaselineMs),
      with: wordMs(row.meanPreloadedMs),
      difference: wordMs(row.differenceMs, true),
      structure: shortenStructure(row.structure),
    })),
    notes: [],
    fold: { rows: 'positions' },
  };
}

const tabulateCounts = (result: PreloadResult): Table => ({
  title: 'preloaded tasks by planner',
  columns: [
    { key: 'planner', header: 'planner', align: 'left', wraps: true },
    { key: 'tasks', header: 'preloaded tasks', align: 'right' },
    { key: 'runs', header: 'runs with any', align: 'right' },
  ],
  rows: result.preloadedTasks.map(({ planner, taskCount, runCount }) => ({
    planner,
    tasks: String(taskCount),
    runs: String(runCount),
  })),
  notes: [],
});

/** A row per family and outcome. */
function recordContrasts(result: PreloadResult): Records {
  const families = {
    preloaded: result.contrasts,
    'negative-control': result.negativeControls,
    'preloaded-and-duplicated': result.withTaskDuplication,
  };
  const rows = Object.entries(families).flatMap(([family, contrasts]) =>
    contrasts.map(({ blocks: _, ciLow, ciHigh, changeCiLow, changeCiHigh, ...contrast }) => ({
      planner: result.planner,
      against: result.against.join('+'),
      family,
      ...contrast,
      differenceCiLow: ciLow,
      differenceCiHigh: ciHigh,
      changeFractionCiLow: changeCiLow,
      changeFractionCiHigh: changeCiHigh,
    })),
  );
  return { columns: Object.keys(rows[0] ?? {}), rows };
}
