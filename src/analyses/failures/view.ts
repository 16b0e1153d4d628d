import { shortenPlanners } from '../../model/names.ts';
import { shortenIds } from '../../model/short-ids.ts';
import { name, right, toSeconds } from '../../view/cells.ts';
import { wordSign } from '../../view/frontier-words.ts';
import type { Records, Scalar, Table, View } from '../../view/view.ts';
import { NOT_MEASURED, wordFigure, wordNumber, wordP } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import { SIGNIFICANCE_LEVEL } from '../design/outcome.ts';
import { drawFrontier, drawRates } from './charts/rows.ts';
import type { FailuresResult, LossContrast, PlannerFailures, WorkflowFailures } from './result.ts';
import { wordNext, wordRate, wordRates } from './wording.ts';

/** Rows of each table at most, so that all of them fit one screen; the machine formats hold all. */
const [MOST_POINTS, MOST_CONTRASTS, MOST_RUNS] = [4, 3, 3];

/** Tables, records and charts of the failures. */
export function viewFailures({ result }: Outcome<FailuresResult>): View {
  const some = result.failedCount > 0;
  const contrasts = result.contrasts.filter(({ baseline, candidate }) => baseline.missing + candidate.missing > 0);
  return {
    headlines: [result.headline],
    next: wordNext(result),
    tables: [
      tabulatePlanners(result),
      ...(result.frontier.length > 0 ? [tabulateFrontier(result)] : []),
      ...(contrasts.length > 0 ? [tabulateContrasts(contrasts, result)] : []),
      ...(some ? [tabulateRuns(result)] : []),
    ],
    records: recordFailures(result),
    charts: [
      {
        kind: 'rate',
        description: `Share of runs that failed by planner, with intervals. ${result.headline}`,
        draw: (frame) => drawRates(result, frame),
      },
      {
        kind: 'frontier',
        description: `Tasks and start-ups at which failed runs broke. ${result.headline}`,
        draw: (frame) => drawFrontier(result, frame),
      },
    ],
  };
}

/** Says how many rows stand in the machine formats only. */
const noteMore = (count: number, shown: number): string[] =>
  count > shown ? [`${count - shown} more: --format json or csv`] : [];

function tabulatePlanners({ planners }: FailuresResult): Table {
  const shorten = shortenPlanners(planners);
  return {
    title: 'runs that failed, by planner',
    columns: [
      name('planner', 'planner'),
      right('runs', 'runs'),
      right('failed', 'failed'),
      right('rate', 'rate %'),
      right('interval', '95 %'),
      right('last', 'last sign (s)'),
      right('lost', 'lost (GB-s)'),
      right('seen', 'at least (GB-s)', true),
      right('twice', 'invoked twice', true),
    ],
    rows: planners.map((own) => ({
      planner: shorten(own.planner),
      runs: String(own.runCount),
      failed: own.failedCount > 0 ? { text: String(own.failedCount), tone: 'loss' } : '0',
      rate: wordRate(own.failedCount / own.runCount),
      interval: wordRates(own.ciLow, own.ciHigh),
      last: toSeconds(own.medianLastSignMs),
      lost: wordLost(own),
      seen: wordFigure(own.gbSecondsSeen),
      twice: String(own.invokedTwiceCount),
    })),
    notes: [],
  };
}

/** A sum over fewer runs than failed is a lower bound. */
const wordLost = ({ gbSecondsLost, gbSecondsRunCount, failedCount }: PlannerFailures): string =>
  gbSecondsLost !== null && gbSecondsRunCount < failedCount
    ? `≥ ${wordFigure(gbSecondsLost)}`
    : wordFigure(gbSecondsLost);

const KIND_WORDS = { task: 'task: inputs there, no metrics', startup: 'start-up never ended' } as const;

function tabulateFrontier({ frontier }: FailuresResult): Table {
  return {
    title: 'where they broke',
    columns: [
      name('workflow', 'workflow'),
      name('function', 'function'),
      { key: 'kind', header: '', align: 'left' },
      right('count', 'count'),
      right('runs', 'runs'),
    ],
    rows: frontier.slice(0, MOST_POINTS).map((point) => ({
      workflow: point.workflow,
      function: point.function,
      kind: KIND_WORDS[point.kind],
      count: String(point.count),
      runs: String(point.runCount),
    })),
    notes: noteMore(frontier.length, MOST_POINTS),
  };
}

function tabulateContrasts(contrasts: readonly LossContrast[], { planners }: FailuresResult): Table {
  const shorten = shortenPlanners(planners);
  const count = ({ measured, missing }: LossContrast['baseline']) => `${missing} of ${measured + missing}`;
  return {
    title: 'failed runs in the blocks that two planners share',
    columns: [
      name('baseline', 'planner'),
      right('baselineFailed', 'failed'),
      name('candidate', 'against'),
      right('candidateFailed', 'failed'),
      right('blocks', 'blocks'),
      right('p', 'p', true),
      right('pAdjusted', 'p (Holm)'),
      right('worst', 'P(quicker)'),
    ],
    rows: contrasts.slice(0, MOST_CONTRASTS).map((contrast) => ({
      baseline: shorten(contrast.baselinePlanner),
      baselineFailed: count(contrast.baseline),
      candidate: shorten(contrast.candidatePlanner),
      candidateFailed: count(contrast.candidate),
      blocks: String(contrast.blockCount),
      p: wordP(contrast.pValue),
      pAdjusted: {
        text: wordP(contrast.pAdjusted),
        tone: contrast.pAdjusted < SIGNIFICANCE_LEVEL ? 'loss' : 'plain',
      },
      worst: wordNumber(contrast.worstRankProbability, 2),
    })),
    notes: [
      ...noteMore(contrasts.length, MOST_CONTRASTS),
      "p: Fisher's exact test. P(quicker): of the second planner, failed runs counted as the slowest.",
    ],
  };
}

function tabulateRuns({ failedRuns, planners }: FailuresResult): Table {
  const [shorten, shortenRun] = [shortenPlanners(planners), shortenIds(failedRuns.map(({ runId }) => runId))];
  return {
    title: 'failed runs',
    columns: [
      name('run', 'run'),
      name('workflow', 'workflow'),
      name('planner', 'planner'),
      right('tasks', 'tasks'),
      right('last', 'last sign (s)'),
      name('of', 'of'),
    ],
    rows: failedRuns.slice(-MOST_RUNS).map((run) => ({
      run: shortenRun(run.runId),
      workflow: run.workflow,
      planner: shorten(run.planner),
      tasks: `${run.taskCount} of ${run.nodeCount}`,
      last: toSeconds(run.lastSignAfterMs) + (run.lastSignSince === 'submission' ? '' : '*'),
      of: run.lastSign === null ? NOT_MEASURED : wordSign(run.lastSign),
    })),
    notes: [
      ...noteMore(failedRuns.length, MOST_RUNS),
      ...(failedRuns.some(({ lastSignSince }) => lastSignSince === 'first-instant')
        ? ['* from the first instant recorded: the record has no submission time']
        : []),
    ],
  };
}

type Row = Record<string, Scalar>;

/** A row per planner, then per place on the frontier, pair of planners and failed run, with the same columns. */
function recordFailures({ planners, workflows, frontier, contrasts, failedRuns }: FailuresResult): Records {
  const rows: Row[] = [
    ...planners.map((own) => recordRates('planner', own)),
    ...workflows.map((own) => recordRates('workflow', own)),
    ...frontier.map((own) => ({ ...BLANK, row: 'frontier', ...own })),
    ...contrasts.map(({ baseline, candidate, ...own }) => ({
      ...BLANK,
      row: 'contrast',
      ...own,
      baselineMeasured: baseline.measured,
      baselineMissing: baseline.missing,
      candidateMeasured: candidate.measured,
      candidateMissing: candidate.missing,
    })),
    ...failedRuns.map(({ frontier: _, lastSign, ...own }) => ({
      ...BLANK,
      row: 'run',
      ...own,
      lastSignAtMs: lastSign?.atMs ?? null,
      lastSignOf: lastSign?.of ?? null,
      function: lastSign?.functionName ?? null,
    })),
  ];
  return { columns: Object.keys(BLANK), rows };
}

function recordRates(row: string, { ciLow, ciHigh, ...own }: PlannerFailures | WorkflowFailures): Row {
  return { ...BLANK, row, ...own, rateCiLow: ciLow, rateCiHigh: ciHigh };
}

const BLANK: Readonly<Row> = Object.fromEntries(
  [
    ...['row', 'planner', 'runCount', 'failedCount', 'rateCiLow', 'rateCiHigh', 'gbSecondsLost', 'gbSecondsRunCount'],
    ...['gbSecondsSeen', 'invokedTwiceCount', 'medianLastSignMs', 'workflow', 'function', 'kind', 'count'],
    ...['baselinePlanner', 'candidatePlanner', 'blockCount', 'baselineMeasured', 'baselineMissing'],
    ...['candidateMeasured', 'candidateMissing', 'pValue', 'pAdjusted', 'worstRankProbability'],
    ...['runId', 'structure', 'sla', 'submittedAtMs', 'taskCount', 'nodeCount'],
    ...['lastSignAtMs', 'lastSignAfterMs', 'lastSignSince', 'lastSignOf', 'gbSeconds'],
  ].map((key) => [key, null]),
);
