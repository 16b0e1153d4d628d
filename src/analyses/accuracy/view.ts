import { max } from 'd3-array';
import { groupBy } from '../../model/group-by.ts';
import { shortenPlanners } from '../../model/names.ts';
import { shortenStructures } from '../../model/short-ids.ts';
import type { Cell, Column, Records, Table, View } from '../../view/view.ts';
import {
  NOT_MEASURED,
  wordFigure,
  wordInstant,
  wordNumber,
  wordP,
  wordPercentChange,
  wordPercentInterval,
} from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import { drawCalibration } from './charts/calibration.ts';
import { drawLearning } from './charts/learning.ts';
import { drawOverTime } from './charts/over-time.ts';
import { FEWEST_FOR_SKILL } from './diagnostics.ts';
import type { AccuracyOptions } from './options.ts';
import type { Quantity } from './quantities.ts';
import type { AccuracyResult, ChangeTest, LearningCurve, Score, Stage } from './result.ts';
import {
  isTelling,
  VERDICT_WORDS,
  wordCalibration,
  wordLearning,
  wordPercent,
  wordSignal,
  wordTrend,
} from './wording.ts';

/** Tables, records and charts of the predictions' accuracy. */
export function viewAccuracy({ result }: Outcome<AccuracyResult>, options: AccuracyOptions): View {
  return {
    headlines: result.headlines,
    next: wordNext(options),
    tables: [
      ...(options.quantities.length > 1 && options.level === 'run' ? [tabulateErrors(result, options)] : []),
      ...options.detailed.map((quantity) => tabulateScores(result, quantity)),
      tabulateChanges(result),
      ...(options.level === 'run' ? options.detailed.map((quantity) => tabulateLearning(result, quantity)) : []),
      tabulateStages(result),
    ],
    records: recordScores(result.scores),
    charts: [
      {
        kind: 'over-time',
        description: `Absolute error of predictions over time by workflow and planner. ${result.headlines.join('. ')}`,
        draw: (frame) => drawOverTime(result, options, frame),
      },
      {
        kind: 'calibration',
        description: `Share of runs asked for against the share within the prediction. ${wordCalibration(result, options.detailed[0] as Quantity)}`,
        draw: (frame) => drawCalibration(result, options, frame),
      },
      {
        kind: 'learning',
        description: `Median error of predictions by length of history. ${wordLearning(result, options.detailed[0] as Quantity)}`,
        draw: (frame) => drawLearning(result, options, frame),
      },
    ],
  };
}

function wordNext({ level }: AccuracyOptions): string {
  const other = level === 'task' ? '--level run every quantity of whole runs' : '--level task every function by itself';
  return `--quantity NAME shows another one, ${other}, --chart errors.svg draws them over time`;
}

const PLANNER: Column = { key: 'planner', header: 'planner', align: 'left', wraps: true, once: true };
const SLA: Column = { key: 'sla', header: 'SLA', align: 'left' };

const groupByPlan = <Row extends { readonly planner: string; readonly sla: string }>(rows: readonly Row[]): Row[][] =>
  groupBy(
    rows,
    ({ planner }) => planner,
    ({ sla }) => sla,
  );

/** Columns that fit 80 characters; the others show where there is room. */
const NARROW_QUANTITIES = ['makespan', 'execution-time', 'startup-time'];
const SHORT_HEADERS: Readonly<Record<string, string>> = { 'startup-time': 'start-up' };

function tabulateErrors(result: AccuracyResult, { quantities }: AccuracyOptions): Table {
  const shorten = shortenPlanners(result.scores);
  const rows = groupByPlan(result.scores);
  const heads = rows.map((own) => own[0] as Score);
  const narrow = (key: string) => quantities.length < 5 || NARROW_QUANTITIES.includes(key);
  return {
    title: 'median absolute error in % of the actual figure',
    columns: [
      PLANNER,
      SLA,
      { key: 'runs', header: 'runs', align: 'right' },
      ...quantities.map(
        ({ key, label }): Column => ({
          key,
          header: SHORT_HEADERS[key] ?? label,
          align: 'right',
          wide: !narrow(key),
        }),
      ),
    ],
    rows: rows.map((own, i) => ({
      planner: shorten(heads[i]?.planner ?? ''),
      sla: heads[i]?.sla ?? '',
      runs: String(max(own, ({ runCount }) => runCount) as number),
      ...Object.fromEntries(
        quantities.map(({ key }) => [key, wordPercent(own.find((score) => score.quantity === key)?.mdape ?? null)]),
      ),
    })),
    notes: [],
  };
}

function tabulateScores(result: AccuracyResult, { key, label }: Quantity): Table {
  const { scores, level } = result;
  const shorten = shortenPlanners(result.scores);
  const own = scores.filter(({ quantity }) => quantity === key);
  return {
    title: `${label}: predicted against actual${level === 'task' ? ', task by task' : ''}`,
    columns: [
      PLANNER,
      SLA,
      ...(level === 'task'
        ? [{ key: 'function', header: 'function', align: 'left', wraps: true } satisfies Column]
        : []),
      { key: 'runs', header: 'runs', align: 'right' },
      { key: 'bias', header: 'bias %', align: 'right' },
      { key: 'biasInterval', header: '95 %', align: 'right', wide: true },
      { key: 'error', header: 'error %', align: 'right' },
      { key: 'errorInterval', header: '95 %', align: 'right', wide: true },
      { key: 'within', header: 'within %', align: 'right' },
      { key: 'asked', header: 'asked %', align: 'right' },
      { key: 'verdict', header: 'covers', align: 'left' },
      { key: 'p', header: 'p (Holm)', align: 'right', wide: true },
      { key: 'pinball', header: 'pinball %', align: 'right', wide: true },
      { key: 'skill', header: 'skill', align: 'right', wide: true },
      { key: 'mape', header: 'MAPE %', align: 'right', wide: true },
    ],
    rows: own.map((score) => ({ planner: shorten(score.planner), ...rowOfScore(score) })),
    notes: [
      'bias: median of predicted \u00f7 actual \u2212 1; error: median absolute error; within: runs that stayed within the prediction; asked: the share that the SLA asks for',
      ...(own.some(({ coverageVerdict }) => coverageVerdict === 'not-contradicted')
        ? ['? what was asked is not contradicted: met, or too few runs to tell']
        : []),
    ],
    fold: { rows: level === 'task' ? 'functions by planner and SLA' : 'planners by SLA', by: 'error' },
  };
}

/** `90`, `99.9`. */
const wordAsked = (level: number | null): string =>
  level === null ? NOT_MEASURED : String(Number((level * 100).toFixed(2)));

function rowOfScore(score: Score): Record<string, Cell> {
  const change = (logRatio: number | null) => (logRatio === null ? null : Math.expm1(logRatio));
  const verdict = VERDICT_WORDS[score.coverageVerdict];
  return {
    sla: score.sla,
    ...(score.functionName === null ? {} : { function: score.functionName }),
    runs: String(score.runCount),
    bias: wordPercentChange(change(score.biasLogRatio)),
    biasInterval: wordPercentInterval(change(score.biasLow), change(score.biasHigh)),
    error: wordPercent(score.mdape),
    errorInterval:
      score.mdapeLow === null ? NOT_MEASURED : `[${wordPercent(score.mdapeLow)}, ${wordPercent(score.mdapeHigh)}]`,
    within: wordNumber(score.coverage * 100, 0),
    asked: wordAsked(score.askedLevel),
    verdict: {
      text: verdict,
      tone:
        score.coverageVerdict === 'too-few' ? 'loss' : score.coverageVerdict === 'too-many' ? 'strong' : 'uncertain',
    },
    p: wordP(score.coveragePAdjusted),
    pinball: wordPercent(score.pinball),
    skill: score.skillCount < FEWEST_FOR_SKILL ? NOT_MEASURED : wordNumber(score.skill, 2),
    mape: wordPercent(score.mape),
  };
}

function tabulateChanges({ changePoints: found, changeTests, level }: AccuracyResult): Table {
  const changePoints = found.filter(({ ratio }) => isTelling(ratio));
  const severalStructures = new Set(
    groupBy(changeTests, ({ workflow }) => workflow)
      .filter((tests) => new Set(tests.map(({ structure }) => structure)).size > 1)
      .map((tests) => tests[0]?.workflow),
  );
  const shortenStructure = shortenStructures(changeTests.map(({ structure }) => structure));
  const nameOf = ({ workflow, structure, functionName }: Pick<ChangeTest, 'workflow' | 'structure' | 'functionName'>) =>
    [workflow, severalStructures.has(workflow) ? shortenStructure(structure) : '', functionName ?? '']
      .filter((part) => part !== '')
      .join(' ');
  const gradual = changeTests.filter(({ changed, method }) => changed && method === 'mann-kendall');
  const trends = gradual.filter(({ trendRatio }) => isTelling(trendRatio));
  const small = found.length + gradual.length - changePoints.length - trends.length;
  const steps = changeTests.filter(({ method }) => method === 'step-regression');
  const seriesCount = changeTests.filter(({ method }) => method !== 'mann-kendall').length;
  return {
    title: 'changes over time, planner and SLA effects fitted beside',
    columns: [
      { key: 'workload', header: level === 'task' ? 'workflow, function' : 'workflow', align: 'left', wraps: true },
      { key: 'signal', header: 'what', align: 'left', wraps: true },
      { key: 'ratio', header: 'change', align: 'right' },
      { key: 'at', header: 'from (UTC)', align: 'left' },
      { key: 'runs', header: 'runs', align: 'right' },
      { key: 'p', header: 'p (Holm)', align: 'right' },
    ],
    rows: [
      ...changePoints.map((point) => ({
        workload: nameOf(point),
        signal: wordSignal(point.quantity, point.signal),
        ratio: `\u00d7${wordFigure(point.ratio)}`,
        at: wordInstant(point.atMs),
        runs: `${point.runCountBefore}|${point.runCountAfter}`,
        p: wordP(testOf(steps, point)?.pAdjusted ?? null),
      })),
      ...trends.map((test) => ({
        workload: nameOf(test),
        signal: wordSignal(test.quantity, test.signal),
        ratio: `\u00d7${wordFigure(test.trendRatio)}`,
        at: (test.tau ?? 0) > 0 ? 'gradual rise' : 'gradual fall',
        runs: String(test.runCount),
        p: wordP(test.pAdjusted),
      })),
    ],
    notes: [
      `${changePoints.length + trends.length === 0 ? 'none found; ' : ''}${steps.length} of ${seriesCount} series were long enough to test${small > 0 ? `; ${small} found of less than 5 %, not shown` : ''}; runs before|after`,
    ],
    fold: { rows: 'changes' },
  };
}

const testOf = (
  tests: readonly ChangeTest[],
  point: Pick<ChangeTest, 'structure' | 'functionName' | 'quantity' | 'signal'>,
): ChangeTest | undefined =>
  tests.find(
    ({ structure, functionName, quantity, signal }) =>
      structure === point.structure &&
      functionName === point.functionName &&
      quantity === point.quantity &&
      signal === point.signal,
  );

function tabulateLearning({ learning, scores }: AccuracyResult, { key, label }: Quantity): Table {
  const shorten = shortenPlanners(scores);
  const own = learning.filter(({ quantity }) => quantity === key);
  const bins = own.reduce<LearningCurve['bins']>((most, { bins: b }) => (b.length > most.length ? b : most), []);
  return {
    title: `${label}: median absolute error in % by the k-th planned run of a workflow`,
    columns: [
      PLANNER,
      ...bins.map(
        ({ firstIndex, lastIndex }, bin): Column => ({
          key: `bin${bin}`,
          header: firstIndex === lastIndex ? `k ${firstIndex}` : `${firstIndex}\u2013${lastIndex}`,
          align: 'right',
        }),
      ),
      { key: 'trend', header: 'trend', align: 'left' },
      { key: 'p', header: 'p (Holm)', align: 'right' },
    ],
    rows: own.map((curve) => ({
      planner: shorten(curve.planner),
      ...Object.fromEntries(bins.map((_, bin) => [`bin${bin}`, wordPercent(curve.bins[bin]?.mdape ?? null)])),
      trend: wordTrend(curve),
      p: wordP(curve.pAdjusted),
    })),
    notes: [],
  };
}

function tabulateStages(result: AccuracyResult): Table {
  const shorten = shortenPlanners(result.scores);
  const groups = groupByPlan(result.decomposition);
  const heads = groups.map((group) => group[0] as Stage);
  const names = { task: 'task', 'critical-path': 'path', makespan: 'makespan' } as const;
  const keys = Object.keys(names) as (keyof typeof names)[];
  return {
    title: 'from task to makespan: median absolute error in %, and share within the prediction in %',
    columns: [
      PLANNER,
      SLA,
      ...keys.map((key): Column => ({ key, header: names[key], align: 'right' })),
      ...keys.map((key): Column => ({ key: `${key}Within`, header: `${names[key]} within`, align: 'right' })),
      { key: 'asked', header: 'asked', align: 'right' },
    ],
    rows: groups.map((group, i) => ({
      planner: shorten(heads[i]?.planner ?? ''),
      sla: heads[i]?.sla ?? '',
      asked: wordAsked(heads[i]?.askedLevel ?? null),
      ...Object.fromEntries(
        keys.flatMap((key) => {
          const stage = group.find((candidate) => candidate.stage === key);
          return [
            [key, wordPercent(stage?.mdape ?? null)],
            [`${key}Within`, stage ? wordNumber(stage.coverage * 100, 0) : NOT_MEASURED],
          ];
        }),
      ),
    })),
    notes: ['task and path: execution time, of single tasks and summed along the planned critical path'],
  };
}

/** One row per score. */
function recordScores(scores: readonly Score[]): Records {
  return { columns: Object.keys(scores[0] ?? {}), rows: scores.map((score) => ({ ...score })) };
}
