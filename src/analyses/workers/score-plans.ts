import { byTexts, groupBy } from '../../model/group-by.ts';
import { medianInterval } from '../../stats/median-interval.ts';
import { sampleMedian } from '../../stats/summary.ts';
import { type PlannedRun, type PlannedWorkerPeriod, type PlanScore, PREDICTIONS, type Prediction } from './result.ts';

// Scores the plans' makespans and cold starts, as predicted and as corrected.

const MAKESPAN_OF: Readonly<Record<Prediction, (run: PlannedRun) => number | null>> = {
  plan: ({ planMakespanMs }) => planMakespanMs,
  corrected: ({ correctedMakespanMs }) => correctedMakespanMs,
  'without-startup': ({ withoutStartupMakespanMs }) => withoutStartupMakespanMs,
  'earlier-median': ({ earlierMedianMakespanMs }) => earlierMedianMakespanMs,
};

const STATE_OF: Readonly<Record<Prediction, (worker: PlannedWorkerPeriod) => PlannedWorkerPeriod['planState']>> = {
  plan: ({ planState }) => planState,
  corrected: ({ correctedState }) => correctedState,
  'without-startup': ({ withoutStartupState }) => withoutStartupState,
  'earlier-median': () => null,
};

/** For all planners together, then for each; the predictions of each. */
export function scorePlans(runs: readonly PlannedRun[]): PlanScore[] {
  if (runs.length === 0) return [];
  const own = groupBy(runs, ({ planner }) => planner).map((of) => ({ planner: of[0]?.planner ?? '', runs: of }));
  const groups = [{ planner: 'all', runs }, ...own.sort(byTexts(({ planner }) => planner))];
  return groups.flatMap((group) => PREDICTIONS.map((prediction) => score(group.planner, group.runs, prediction)));
}

function score(planner: string, runs: readonly PlannedRun[], prediction: Prediction): PlanScore {
  const errors = runs.flatMap((run) => {
    const predictedMs = MAKESPAN_OF[prediction](run);
    const { actualMakespanMs } = run;
    const known = predictedMs !== null && actualMakespanMs !== null && actualMakespanMs > 0;
    return known ? [predictedMs / actualMakespanMs - 1] : [];
  });
  const absolute = errors.map(Math.abs);
  const interval = medianInterval(absolute);
  const confusion = confuse(runs, prediction);
  const total = confusion.coldAsCold + confusion.coldAsWarm + confusion.warmAsCold + confusion.warmAsWarm;
  return {
    planner,
    prediction,
    runCount: errors.length,
    medianAbsoluteError: sampleMedian(absolute),
    ciLow: interval?.low ?? null,
    ciHigh: interval?.high ?? null,
    medianError: sampleMedian(errors),
    ...confusion,
    rightFraction: total === 0 ? null : (confusion.coldAsCold + confusion.warmAsWarm) / total,
  };
}

type Confusion = { -readonly [Key in 'coldAsCold' | 'coldAsWarm' | 'warmAsCold' | 'warmAsWarm']: PlanScore[Key] };

/** Workers by recorded and predicted state; those without either are not counted. */
function confuse(runs: readonly PlannedRun[], prediction: Prediction): Confusion {
  const confusion: Confusion = { coldAsCold: 0, coldAsWarm: 0, warmAsCold: 0, warmAsWarm: 0 };
  for (const { workers } of runs) {
    for (const worker of workers) {
      const predicted = STATE_OF[prediction](worker);
      if (worker.recordedState === null || predicted === null) continue;
      confusion[`${worker.recordedState}As${predicted === 'cold' ? 'Cold' : 'Warm'}`]++;
    }
  }
  return confusion;
}
