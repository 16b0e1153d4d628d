import { ENGINE_WORDS } from '../../model/engine-version.ts';
import { shortenPlanners } from '../../model/names.ts';
import { name, right, toPercent, toSeconds, wordInterval } from '../../view/cells.ts';
import type { Records, Scalar, Table, View } from '../../view/view.ts';
import { NOT_MEASURED, wordFigure, wordPercentChange } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import type { PlannedRun, PlannedWorkerPeriod, PlanScore, WorkersResult } from './result.ts';
import { chartContainers, tabulateCertainty } from './view-containers.ts';
import { PREDICTION_LABELS } from './wording.ts';

/** Tables, records and charts of containers over time. */
export function viewWorkers({ result }: Outcome<WorkersResult>): View {
  return {
    headlines: [result.headline],
    next:
      result.keepAlive.origin === 'given'
        ? '--chart lanes.svg draws every container'
        : '--keep-alive SECONDS where it is known, --plan what the plans foresaw, --chart lanes.svg draws every container',
    tables: [
      certaintyOf(result),
      ...(result.gbSeconds === null ? [] : [tabulateGbSeconds(result.gbSeconds)]),
      tabulateStartups(result),
      ...(result.planScores.length > 0 ? [tabulatePlans(result)] : []),
    ],
    records: recordSessions(result),
    charts: chartContainers(() => result),
  };
}

/** In container-seconds where no record holds memory. */
function certaintyOf({ counts, bounds, envelope, gbSeconds, containerSeconds }: WorkersResult): Table {
  const [alive, low, high] =
    gbSeconds === null
      ? [containerSeconds.alive, bounds.containerSeconds.low, bounds.containerSeconds.high]
      : [gbSeconds.total.alive, bounds.gbSeconds?.low ?? null, bounds.gbSeconds?.high ?? null];
  return tabulateCertainty({
    session: 'worker',
    aliveUnit: gbSeconds === null ? 'container-s' : 'GB-s',
    found: { containerCount: counts.containerCount, alive },
    policies: envelope.map(({ containerCount, aliveGbSeconds, aliveContainerSeconds }) => ({
      containerCount,
      alive: gbSeconds === null ? aliveContainerSeconds : aliveGbSeconds,
    })),
    low: { containerCount: bounds.containers.low, alive: low },
    high: { containerCount: bounds.containers.high, alive: high },
    peakCount: counts.peakCount,
  });
}

function tabulateGbSeconds({ planners }: NonNullable<WorkersResult['gbSeconds']>): Table {
  const shorten = shortenPlanners(planners);
  return {
    title: 'GB-seconds per run, by what the containers were doing',
    columns: [
      name('planner', 'planner'),
      right('runs', 'runs'),
      right('starting', 'starting'),
      right('busy', 'busy'),
      right('idle', 'idle'),
      right('tail', 'tail'),
      right('alive', 'alive'),
      right('measuredRuns', 'measured runs', true),
      right('aliveMeasured', 'their alive', true),
      right('recorded', 'recorded'),
    ],
    rows: planners.map((planner) => ({
      planner: shorten(planner.planner),
      runs: String(planner.runCount),
      starting: wordFigure(planner.starting),
      busy: wordFigure(planner.busy),
      idle: wordFigure(planner.idle),
      tail: wordFigure(planner.tail),
      alive: wordFigure(planner.alive),
      measuredRuns: String(planner.measuredRunCount),
      aliveMeasured: wordFigure(planner.aliveMeanOfMeasured),
      recorded: wordFigure(planner.recordedMean),
    })),
    notes: [
      'Means. idle and tail count for the run that used the container last. recorded: what the engine measured, over the runs where it measured something.',
    ],
  };
}

/** Engine versions are named by their measure: the one that wrote GB-seconds is newer. */

const PREWARM_NOTE =
  'prewarm: a container launched ahead of its worker, from when its plan wanted it until it was ready. Of recorded ones: a prewarm that is answered after its trigger has exited leaves no record.';

function tabulateStartups({ startupModel, settings }: WorkersResult): Table {
  return {
    title: 'start-ups, from request to ready',
    columns: [
      name('engine', 'engine'),
      right('memory', 'MB'),
      name('state', 'state'),
      right('count', 'count'),
      right('median', 'median (s)'),
      right('low', 'p10 (s)'),
      right('high', 'p90 (s)'),
      right('aloneCount', 'alone', true),
      right('alone', 'alone median (s)'),
    ],
    rows: startupModel.map((row) => ({
      engine: row.resourceMeasure === null ? NOT_MEASURED : ENGINE_WORDS[row.resourceMeasure],
      memory: row.memoryMb === null ? NOT_MEASURED : String(row.memoryMb),
      state: row.state,
      count: String(row.count),
      median: toSeconds(row.medianMs),
      low: toSeconds(row.p10Ms),
      high: toSeconds(row.p90Ms),
      aloneCount: String(row.aloneCount),
      alone: toSeconds(row.aloneMedianMs),
    })),
    notes: [
      `alone: no other start-up of the same burst in its way. In a burst, cold starts became ready ${toSeconds(settings.launchIntervalMs)} s apart (median).`,
      ...(startupModel.some(({ state }) => state === 'prewarm') ? [PREWARM_NOTE] : []),
    ],
  };
}

function tabulatePlans({ planScores }: WorkersResult): Table {
  const shorten = shortenPlanners(planScores);
  return {
    title: 'plans against what happened',
    columns: [
      name('planner', 'planner'),
      name('prediction', 'prediction'),
      right('runs', 'runs'),
      right('error', 'makespan off by (%)'),
      right('interval', '95 %', true),
      right('bias', 'bias (%)'),
      right('right', 'cold/warm right (%)'),
      right('coldAsCold', 'cold as cold', true),
      right('coldAsWarm', 'cold as warm', true),
      right('warmAsCold', 'warm as cold', true),
      right('warmAsWarm', 'warm as warm', true),
    ],
    rows: planScores.map((score) => ({
      planner: score.planner === 'all' ? 'all' : shorten(score.planner),
      prediction: PREDICTION_LABELS[score.prediction],
      runs: String(score.runCount),
      error: toPercent(score.medianAbsoluteError),
      interval: wordInterval(score, toPercent),
      bias: wordPercentChange(score.medianError, 0),
      right: toPercent(score.rightFraction),
      ...wordConfusion(score),
    })),
    notes: [
      'Medians over runs. corrected: with start-ups, and the waits between tasks that plans have no time for; planned durations as they are. no start-up: tasks and dependencies alone, as the engine reckons active periods. earlier median: of two or more earlier makespans of the same workflow and structure, whoever planned them.',
    ],
  };
}

const wordConfusion = ({ coldAsCold, coldAsWarm, warmAsCold, warmAsWarm }: PlanScore) => ({
  coldAsCold: String(coldAsCold),
  coldAsWarm: String(coldAsWarm),
  warmAsCold: String(warmAsCold),
  warmAsWarm: String(warmAsWarm),
});

type Row = Record<string, Scalar>;

/** One row per worker session; with `--plan` also one per plan and one per planned worker, told apart by `kind`. */
function recordSessions({ sessions, planned }: WorkersResult): Records {
  const rows: Row[] = [
    ...sessions.map((session) => ({ kind: 'session', ...session })),
    ...planned.flatMap((plan) => [recordPlan(plan), ...plan.workers.map((worker) => recordPlanned(plan, worker))]),
  ];
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { columns, rows: rows.map((row) => Object.fromEntries(columns.map((key) => [key, row[key] ?? null]))) };
}

const recordPlan = ({ known: _, workers: __, ...figures }: PlannedRun): Row => ({ kind: 'plan', ...figures });

const recordPlanned = ({ runId, workflow, planner, sla }: PlannedRun, worker: PlannedWorkerPeriod): Row => ({
  kind: 'planned-worker',
  runId,
  workflow,
  planner,
  sla,
  ...worker,
});
