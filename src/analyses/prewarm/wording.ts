import { shortenPlanners } from '../../model/names.ts';
import { toPercent, toSeconds, wordInterval } from '../../view/cells.ts';
import { wordCount, wordFigure } from '../../view/words.ts';
import type { PlannerPrewarm, PrewarmResult } from './result.ts';

/**
 * Answers whether prewarming helped start-ups and what it cost, planner by planner: `uniform-opt: prewarming shortened start-ups: warm
 * ones 0.896 s [0.745, 1.05] shorter than cold ones; 38 of 39 prewarmed workers started warm (without prewarm 47 %); cost: 175 GB-s of waiting
 * containers, 0 unused`.
 */
export function wordHeadline({ runCount, planners }: Omit<PrewarmResult, 'headline'>): string {
  const launching = planners.filter(({ launchedCount }) => launchedCount > 0);
  if (launching.length === 0) {
    const planned = planners.reduce((total, { plannedNodeCount }) => total + plannedNodeCount, 0);
    return `no prewarm fired in ${wordCount(runCount, 'run')}${planned > 0 ? `, though ${wordCount(planned, 'task')} had one planned` : ''}`;
  }
  const shorten = shortenPlanners(planners);
  return launching.map((planner) => `${shorten(planner.planner)}: ${wordPlanner(planner)}`).join('. ');
}

function wordPlanner(planner: PlannerPrewarm): string {
  const { launchedCount, eventCount, recordedCount, warmCount, warmFractionWithout, unusedCount } = planner;
  if (eventCount === 0) {
    return `${wordCount(launchedCount, 'prewarm')} launched, none of them recorded: whether they helped cannot be told`;
  }
  const without = warmFractionWithout === null ? '' : ` (without prewarm ${toPercent(warmFractionWithout)} %)`;
  const some = recordedCount < launchedCount ? ` (of ${launchedCount} launched, the rest not recorded)` : '';
  const idle = wordFigure(planner.idleGbSeconds + planner.unusedGbSeconds);
  return [
    wordSaving(planner),
    `${warmCount} of ${wordCount(eventCount, 'prewarmed worker')}${some} started warm${without}`,
    `cost: ${idle} GB-s of waiting containers, ${unusedCount} unused`,
  ].join('; ');
}

/** A saving is one of the workers that started warm, and of start-ups, not of makespans. */
function wordSaving({ savedMs, warmCount }: PlannerPrewarm): string {
  if (warmCount === 0) return 'did not help: no prewarmed worker started warm';
  if (savedMs === null) return 'whether start-ups became shorter cannot be told, for want of cold ones';
  const { estimate, ciLow, ciHigh } = savedMs;
  const amount = `${toSeconds(Math.abs(estimate))} s`;
  const direction = estimate < 0 ? 'longer' : 'shorter';
  if (ciLow === null || ciHigh === null) return `warm start-ups ${amount} (no interval) ${direction} than cold ones`;
  const low = estimate < 0 ? { ciLow: -ciHigh, ciHigh: -ciLow } : { ciLow, ciHigh };
  const words = `${amount} ${wordInterval(low, toSeconds)} ${direction} than cold ones`;
  if (ciLow > 0) return `prewarming shortened start-ups: warm ones ${words}`;
  if (ciHigh < 0) return `did not help: warm start-ups ${words}`;
  return `warm start-ups ${words} (cannot tell)`;
}
