import { shortenPlanners } from '../../model/names.ts';
import { toSeconds } from '../../view/cells.ts';
import { wordCount } from '../../view/words.ts';
import type { PlannerTaskdup, TaskdupResult } from './result.ts';

/**
 * Answers whether duplicates helped, planner by planner: `uniform-opt: never helped: 8 of 11 duplicates used, and the original was there
 * before every such task began; tasks with a used duplicate waited 0.256 s after their last input (median, 0.185 s without one)`.
 */
export function wordHeadline({ runCount, duplicationCount, planners }: Omit<TaskdupResult, 'headline'>): string {
  if (duplicationCount === 0) {
    const planned = planners.reduce((total, { plannedNodeCount }) => total + plannedNodeCount, 0);
    return `no task was duplicated in ${wordCount(runCount, 'run')}${planned > 0 ? `, though ${wordCount(planned, 'task')} could have been` : ''}`;
  }
  const shorten = shortenPlanners(planners);
  return planners
    .filter((planner) => planner.duplicationCount > 0)
    .map((planner) => `${shorten(planner.planner)}: ${[wordHelp(planner), ...wordWait(planner)].join('; ')}`)
    .join('. ');
}

/** A duplicate helped for certain where its task began before the original was there. */
function wordHelp(planner: PlannerTaskdup): string {
  const { duplicationCount, duplicateUsedCount: used, aheadCount, unknownCount, originalMissingCount } = planner;
  const all = wordCount(duplicationCount, 'duplicate');
  const open = unknownCount + originalMissingCount;
  const untold = open === 0 ? '' : ` (of ${open} it is not recorded)`;
  if (aheadCount > 0) {
    return `helped in ${aheadCount} of ${all}${untold}: the task began before the original was there; ${used} used`;
  }
  if (open > 0)
    return `not known to have helped: ${used} of ${all} used, of ${open} it is not recorded whether the original was there`;
  if (used === 0) return `never helped: none of ${all} was used`;
  return `never helped: ${used} of ${all} used, and the original was there before ${used === 1 ? 'its task' : 'every such task'} began`;
}

/** The wait of a task is from its last input being there to its execution. */
function wordWait({ medianReadyLagUsedMs: waitMs, medianReadyLagWithoutMs: withoutMs }: PlannerTaskdup): string[] {
  if (waitMs === null) return [];
  const without = withoutMs === null ? '' : `, ${toSeconds(withoutMs)} s without one`;
  return [`tasks with a used duplicate waited ${toSeconds(waitMs)} s after their last input (median${without})`];
}
