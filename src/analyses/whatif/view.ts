import { groupBy } from '../../model/group-by.ts';
import { shortenPlanners } from '../../model/names.ts';
import { shortenStructures } from '../../model/short-ids.ts';
import { name, right, toSeconds } from '../../view/cells.ts';
import { drawNothing } from '../../view/panel-grid.ts';
import type { Cell, Chart, Column, Records, Scalar, Table, Tone, View } from '../../view/view.ts';
import { wordFigure, wordPercentChange, wordPercentInterval } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import type { ContrastOutcome } from '../design/outcome.ts';
import { drawScenarios } from './charts/changes.ts';
import { drawBeforeAfter } from './charts/gantt.ts';
import type { ScenarioChange, WhatIfResult, WorkflowScenarioChange } from './result.ts';
import { wordProof, wordWarmCheck } from './wording.ts';

/** Tables, records and charts of the replays. */
export function viewWhatIf({ result }: Outcome<WhatIfResult>): View {
  const changes = result.scenarios.filter(({ scenario }) => scenario !== 'null');
  const { warmCheck } = result.proof;
  return {
    headlines: [wordProof(result.proof), ...(warmCheck ? [wordWarmCheck(warmCheck)] : []), result.headline],
    next: wordNext(result),
    tables: [
      tabulateChanges(changes, result),
      ...(result.gantt === null && new Set(result.workflows.map(workflowKey)).size > 1
        ? [tabulateWorkflows(result)]
        : []),
      tabulateBounds(result),
    ],
    records: recordChanges(result),
    charts: listCharts(result),
  };
}

/** The chart of one run stands first where one was asked for. */
function listCharts(result: WhatIfResult): Chart[] {
  const { gantt } = result;
  const changes: Chart = {
    kind: 'changes',
    description: `Change of the makespan in each scenario by planner, with intervals. ${result.headline}`,
    draw: (frame) => drawScenarios(result, frame),
  };
  const beforeAfter: Chart = {
    kind: 'gantt',
    description: `One run as recorded and with ${gantt?.scenario ?? 'a change'}. ${result.headline}`,
    draw: (frame) =>
      gantt === null
        ? drawNothing([result.headline], '--run ID chooses the run, and the scenario has to move it', frame)
        : drawBeforeAfter(gantt, frame),
  };
  return gantt === null ? [changes, beforeAfter] : [beforeAfter, changes];
}

function wordNext({ gantt, scenarios }: WhatIfResult): string | null {
  if (scenarios.length === 0) return 'wfa runs shows what is in the data';
  if (gantt !== null) return '--chart run.svg draws the run before and after';
  return '--run ID --chart run.svg shows one run before and after; --scenario all-warm,no-transfers changes both at once';
}

const TONES: Readonly<Record<ContrastOutcome, Tone>> = {
  different: 'strong',
  hint: 'uncertain',
  equivalent: 'muted',
  inconclusive: 'uncertain',
};

/** `−23.8`, with a question mark where no test confirms it. */
const changeCell = ({ changeFraction, outcome }: ScenarioChange): Cell => ({
  text: `${wordPercentChange(changeFraction)}${outcome === 'hint' ? '?' : ''}`,
  tone: TONES[outcome],
});

function tabulateChanges(changes: readonly ScenarioChange[], { prices }: WhatIfResult): Table {
  const shorten = shortenPlanners(changes);
  const billColumns: Column[] = prices
    ? [right('bill', 'USD per 1000 runs'), right('billChange', 'bill %'), right('billInterval', '95 %')]
    : [];
  return {
    title: 'makespan with the change, replayed',
    columns: [
      { ...name('scenario', 'scenario'), once: true },
      name('planner', 'planner'),
      right('runs', 'runs'),
      right('recorded', 'recorded (s)', true),
      right('makespan', 'replayed (s)'),
      right('change', 'change %'),
      right('interval', '95 %'),
      ...billColumns,
    ],
    rows: changes.map((own) => ({
      scenario: own.scenario,
      planner: shorten(own.planner),
      runs: String(own.runCount),
      recorded: toSeconds(own.meanRecordedMs),
      makespan: toSeconds(own.meanMakespanMs),
      change: changeCell(own),
      interval: wordPercentInterval(own.ciLow, own.ciHigh),
      ...(prices ? cellsOfBill(own) : {}),
    })),
    notes: [
      'recorded, replayed: means over runs; change: mean ratio, equal weight to each block, each run against itself. At most: plans, placement and the pace of tasks beside each other stay as they were.',
      ...(changes.some(({ outcome }) => outcome === 'hint')
        ? ['?: a hint: too few runs for the sign test to confirm it']
        : []),
      ...noteIntervals(changes),
    ],
  };
}

function noteIntervals(changes: readonly ScenarioChange[]): string[] {
  const lacking = changes.filter(({ ciLow, pValue }) => ciLow === null && pValue !== null);
  if (lacking.length === 0) return [];
  return ['–: no interval: too few blocks or runs to tell the spread of the next run'];
}

const cellsOfBill = ({ bill }: ScenarioChange): Record<string, Cell> => ({
  bill: wordFigure(bill === null ? null : bill.meanUsd * 1000),
  billChange: wordPercentChange(bill?.changeFraction ?? null),
  billInterval: wordPercentInterval(bill?.ciLow ?? null, bill?.ciHigh ?? null),
});

const workflowKey = ({ workflow, structure }: WorkflowScenarioChange): string => `${workflow}\n${structure}`;

/** Scenarios side by side that fit a line of 80 characters, with the rest where there is room. */
const NARROW_SCENARIOS = 4;

function tabulateWorkflows({ workflows }: WhatIfResult): Table {
  const shorten = shortenPlanners(workflows);
  const shortenStructure = shortenStructures(workflows.map(({ structure }) => structure));
  const scenarios = [...new Set(workflows.map(({ scenario }) => scenario))].filter((key) => key !== 'null');
  const several = listSeveral(workflows);
  const rows = new Map<string, Record<string, Cell>>();
  for (const own of [...workflows].sort(byWorkflow)) {
    const key = `${workflowKey(own)}\n${own.planner}`;
    const row = rows.get(key) ?? {
      workflow: several.has(own.workflow) ? `${own.workflow} ${shortenStructure(own.structure)}` : own.workflow,
      planner: shorten(own.planner),
      runs: String(own.runCount),
      ...Object.fromEntries(scenarios.map((_, i) => [`change${i}`, ''])),
    };
    const column = scenarios.indexOf(own.scenario);
    rows.set(key, column === -1 ? row : { ...row, [`change${column}`]: changeCell(own) });
  }
  return {
    title: 'change of the makespan in % by workflow',
    columns: [
      { ...name('workflow', 'workflow'), once: true },
      name('planner', 'planner'),
      right('runs', 'runs'),
      ...scenarios.map((key, i) => right(`change${i}`, key, i >= NARROW_SCENARIOS)),
    ],
    rows: [...rows.values()],
    notes: ['Intervals stand in --format csv and json.'],
    fold: { rows: 'rows' },
  };
}

/** Lists the workflows of several structures. */
const listSeveral = (changes: readonly WorkflowScenarioChange[]): Set<string> =>
  new Set(
    groupBy(changes, ({ workflow }) => workflow)
      .filter((own) => own.some(({ structure }) => structure !== own[0]?.structure))
      .map(([first]) => first?.workflow ?? ''),
  );

const byWorkflow = (a: WorkflowScenarioChange, b: WorkflowScenarioChange): number => {
  const [first, second] = [workflowKey(a), workflowKey(b)];
  return first < second ? -1 : Number(first > second);
};

function tabulateBounds({ bounds }: WhatIfResult): Table {
  const shorten = shortenPlanners(bounds);
  return {
    title: 'bounds, means over runs',
    columns: [
      name('planner', 'planner'),
      right('runs', 'runs'),
      right('recorded', 'recorded (s)'),
      right('longest', 'longest path (s)'),
      right('share', 'execution ÷ workers (s)'),
    ],
    rows: bounds.map((own) => ({
      planner: shorten(own.planner),
      runs: String(own.runCount),
      recorded: toSeconds(own.meanRecordedMs),
      longest: toSeconds(own.meanLongestPathMs),
      share: toSeconds(own.meanExecutionPerWorkerMs),
    })),
    notes: [
      'longest path: no number of workers is quicker; execution ÷ workers: nor are as many workers, where each executes one task at a time',
    ],
  };
}

/** A row for each scenario and planner, then for each workflow of these. */
function recordChanges({ scenarios, workflows }: WhatIfResult): Records {
  const rows = [
    ...scenarios.map((own) => toRow(own, null, null)),
    ...workflows.map((own) => toRow(own, own.workflow, own.structure)),
  ];
  return { columns: RECORD_COLUMNS, rows };
}

const RECORD_COLUMNS = [
  'scenario',
  'planner',
  'workflow',
  'structure',
  'runCount',
  'blockCount',
  'meanRecordedMs',
  'meanMakespanMs',
  'changeFraction',
  'changeCiLow',
  'changeCiHigh',
  'intervalMethod',
  'pValue',
  'outcomeClass',
  'billRunCount',
  'meanBillUsd',
  'billChangeFraction',
  'billChangeCiLow',
  'billChangeCiHigh',
];

const toRow = (own: ScenarioChange, workflow: string | null, structure: string | null): Record<string, Scalar> => ({
  scenario: own.scenario,
  planner: own.planner,
  workflow,
  structure,
  runCount: own.runCount,
  blockCount: own.blockCount,
  meanRecordedMs: own.meanRecordedMs,
  meanMakespanMs: own.meanMakespanMs,
  changeFraction: own.changeFraction,
  changeCiLow: own.ciLow,
  changeCiHigh: own.ciHigh,
  intervalMethod: own.intervalMethod,
  pValue: own.pValue,
  outcomeClass: own.outcome,
  billRunCount: own.bill?.runCount ?? null,
  meanBillUsd: own.bill?.meanUsd ?? null,
  billChangeFraction: own.bill?.changeFraction ?? null,
  billChangeCiLow: own.bill?.ciLow ?? null,
  billChangeCiHigh: own.bill?.ciHigh ?? null,
});
