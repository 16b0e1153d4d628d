import { ENGINE_WORDS } from '../../model/engine-version.ts';
import { shortenPlanners } from '../../model/names.ts';
import { name, right, toPercent, toSeconds, wordInterval } from '../../view/cells.ts';
import type { Records, Scalar, Table, View } from '../../view/view.ts';
import { NOT_MEASURED, wordFigure } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import { proposeComparison } from '../design/propose-comparison.ts';
import { drawLeads, drawStartups } from './charts/strips.ts';
import type { PrewarmResult } from './result.ts';

/** Tables, records and charts of the prewarms. */
export function viewPrewarm({ result }: Outcome<PrewarmResult>): View {
  const some = result.eventCount > 0;
  return {
    headlines: [result.headline],
    next: proposeComparison(result.planners, ({ launchedCount }) => launchedCount > 0),
    tables: [
      tabulatePlanners(result),
      ...(some ? [tabulateTargets(result), tabulateConflicts(result), tabulateColdStarts(result)] : []),
    ],
    records: recordPlanners(result),
    charts: [
      {
        kind: 'startup',
        description: `Start-up times of prewarmed workers against warm and cold starts of the same memory size. ${result.headline}`,
        draw: (frame) => drawStartups(result, frame),
      },
      {
        kind: 'lead',
        description: `Time from a prewarmed container being ready to its worker being asked for. ${result.headline}`,
        draw: (frame) => drawLeads(result, frame),
      },
    ],
  };
}

function tabulatePlanners({ planners }: PrewarmResult): Table {
  const shorten = shortenPlanners(planners);
  return {
    title: 'prewarms by planner: how the workers meant started',
    columns: [
      name('planner', 'planner'),
      right('runs', 'in runs'),
      right('planned', 'planned on', true),
      right('launched', 'launched'),
      right('recorded', 'recorded'),
      right('warm', 'warm'),
      right('warmPercent', 'warm %'),
      right('warmInterval', '95 %', true),
      right('without', 'without %'),
      right('cold', 'cold', true),
      right('late', 'late', true),
      right('never', 'never', true),
      right('unused', 'unused'),
      right('lead', 'lead (s)'),
      right('saved', 'saved (s)'),
      right('savedInterval', '95 %', true),
      right('idle', 'idle (GB-s)', true),
      right('unusedGb', 'unused (GB-s)', true),
    ],
    rows: planners.map((planner) => ({
      planner: shorten(planner.planner),
      runs: `${planner.runCount}/${planner.plannerRunCount}`,
      planned: String(planner.plannedNodeCount),
      launched: String(planner.launchedCount),
      recorded: String(planner.recordedCount),
      warm: String(planner.warmCount),
      warmPercent: toPercent(planner.warmFraction?.estimate ?? null),
      warmInterval: wordInterval(planner.warmFraction, toPercent),
      without: toPercent(planner.warmFractionWithout),
      cold: String(planner.coldCount),
      late: String(planner.lateCount),
      never: String(planner.neverStartedCount),
      unused: String(planner.unusedCount),
      lead: toSeconds(planner.medianLeadMs),
      saved: toSeconds(planner.savedMs?.estimate ?? null),
      savedInterval: wordInterval(planner.savedMs, toSeconds),
      idle: wordFigure(planner.eventCount === 0 ? null : planner.idleGbSeconds),
      unusedGb: wordFigure(planner.eventCount === 0 ? null : planner.unusedGbSeconds),
    })),
    notes: [
      'launched: what the plans wanted, all of which is launched. recorded: those answered before their trigger exited; what follows is of these. without: warm start-ups for which no prewarm was meant, same workflows, memory sizes and engine. lead: median from container ready to worker asked for. saved: start-up time per warm worker.',
    ],
  };
}

function tabulateTargets({ targets, planners }: PrewarmResult): Table {
  const shorten = shortenPlanners(planners);
  return {
    title: 'on which tasks',
    columns: [
      name('planner', 'planner'),
      name('workflow', 'workflow'),
      name('trigger', 'triggered by'),
      name('target', 'worker for'),
      right('memory', 'MB'),
      right('events', 'recorded'),
      right('warm', 'warm'),
      right('lead', 'lead (s)', true),
      right('saved', 'saved (s)'),
    ],
    rows: targets.map((target) => ({
      planner: shorten(target.planner),
      workflow: target.workflow,
      trigger: target.triggerFunction,
      target: target.targetFunctions,
      memory: String(target.memoryMb),
      events: String(target.eventCount),
      warm: String(target.warmCount),
      lead: toSeconds(target.medianLeadMs),
      saved: toSeconds(target.meanSavedMs),
    })),
    notes: [],
    fold: { rows: 'workers' },
  };
}

function tabulateConflicts({ conflicts, planners }: PrewarmResult): Table {
  const shorten = shortenPlanners(planners);
  return {
    title: 'where prewarms met other optimizations',
    columns: [
      name('planner', 'planner'),
      name('met', 'met'),
      right('runs', 'runs'),
      right('events', 'recorded'),
      right('warm', 'warm'),
      right('unused', 'unused'),
      right('startup', 'start-up (s)'),
    ],
    rows: conflicts.map((conflict) => ({
      planner: shorten(conflict.planner),
      met: conflict.met,
      runs: String(conflict.runCount),
      events: String(conflict.eventCount),
      warm: String(conflict.warmCount),
      unused: String(conflict.unusedCount),
      startup: toSeconds(conflict.medianStartupMs),
    })),
    notes: [],
    fold: { rows: 'meetings' },
  };
}

function tabulateColdStarts({ coldStarts }: PrewarmResult): Table {
  return {
    title: 'cold starts, against which savings are reckoned',
    columns: [
      name('engine', 'engine'),
      right('memory', 'MB'),
      right('count', 'cold starts'),
      right('median', 'median (s)'),
    ],
    rows: coldStarts.map(({ resourceMeasure, memoryMb, count, medianMs }) => ({
      engine: resourceMeasure === null ? NOT_MEASURED : ENGINE_WORDS[resourceMeasure],
      memory: String(memoryMb),
      count: String(count),
      median: toSeconds(medianMs),
    })),
    notes: [],
  };
}

/** One row per planner. */
function recordPlanners({ planners }: PrewarmResult): Records {
  const rows = planners.map(
    ({ warmFraction, savedMs, ...figures }): Record<string, Scalar> => ({
      ...figures,
      warmFraction: warmFraction?.estimate ?? null,
      warmFractionCiLow: warmFraction?.ciLow ?? null,
      warmFractionCiHigh: warmFraction?.ciHigh ?? null,
      savedMs: savedMs?.estimate ?? null,
      savedCiLow: savedMs?.ciLow ?? null,
      savedCiHigh: savedMs?.ciHigh ?? null,
    }),
  );
  return { columns: Object.keys(rows[0] ?? {}), rows };
}
