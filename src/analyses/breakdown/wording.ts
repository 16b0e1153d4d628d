import { extent } from 'd3-array';
import type { PathPart } from '../../model/critical-path.ts';
import { shortenPlanners } from '../../model/names.ts';
import { toSeconds } from '../../view/cells.ts';
import { PATH_PART_LABELS } from '../../view/part-marks.ts';
import { wordFigure, wordList, wordNumber } from '../../view/words.ts';
import type { Breakdown, BreakdownResult, PlannerBreakdown } from './result.ts';

/**
 * Tells where the time goes, planners in the order of their totals: `most time goes into execution (37 to 41 %) and worker start-up
 * (37 %): non-uniform 7.67 s [7.1, 8.2], uniform 8.86 s [8.0, 9.7]`.
 */
export function wordHeadline({ planners, criticalPath }: BreakdownResult): string {
  const shorten = shortenPlanners(planners);
  const paths = sortByTotal(planners).flatMap(({ planner, criticalPath: path }) => (path ? [{ planner, path }] : []));
  if (paths.length === 0) return wordSums(planners);
  const parts = findLargest(paths.map(({ path }) => path));
  const totals = paths.map(({ planner, path }) => `${shorten(planner)} ${wordTotal(path)}`);
  const lacking = paths.every(({ path }) => path.totalCiLow === null) ? ' (no intervals)' : '';
  const apart =
    criticalPath.blocksUsed === 'own' && paths.length > 1 ? ' (each over other blocks: not to be compared)' : '';
  return `most time goes into ${wordList(parts)}; critical paths: ${totals.join(', ')}${lacking}${apart}`;
}

/** Without a path there are sums over tasks, which overlap in time: they are no part of the makespan. */
function wordSums(planners: readonly PlannerBreakdown[]): string {
  const sums = planners.flatMap(({ tasks }) => tasks ?? []);
  const without = 'no run whose critical path could be followed';
  return sums.length === 0
    ? without
    : `${without}; summed over all tasks, most time goes into ${wordList(findLargest(sums))}`;
}

/** Lists the parts that the planner's runs do not record; those that are joined to one are. */
export function unrecordedParts({ parts }: Breakdown): PathPart[] {
  const isJoined = parts.some(({ part }) => part === 'pending');
  return parts
    .filter(({ part, meanMs }) => meanMs === null && !(isJoined && (part === 'startup' || part === 'queueing')))
    .map(({ part }) => part);
}

/** Sorts planners by the mean makespan, the shortest first; those without one come last. */
export const sortByTotal = (planners: readonly PlannerBreakdown[]): PlannerBreakdown[] =>
  [...planners].sort((a, b) => totalOf(a) - totalOf(b));

const totalOf = ({ criticalPath }: PlannerBreakdown): number => criticalPath?.totalMs ?? Number.MAX_VALUE;

/** Words the two parts that are largest over all planners, with the range of their shares. */
function findLargest(paths: readonly Breakdown[]): string[] {
  const recorded = new Set(
    paths.flatMap(({ parts }) => parts.flatMap(({ part, meanMs }) => (meanMs === null ? [] : part))),
  );
  const shares = [...recorded].map((part) => ({
    part,
    fractions: paths.map(({ parts }) => parts.find((other) => other.part === part)?.shareFraction ?? 0),
  }));
  const sum = (fractions: readonly number[]) => fractions.reduce((total, fraction) => total + fraction, 0);
  return shares
    .sort((a, b) => sum(b.fractions) - sum(a.fractions))
    .slice(0, 2)
    .map(({ part, fractions }) => `${PATH_PART_LABELS[part]} (${wordRange(fractions)} %)`);
}

function wordRange(fractions: readonly number[]): string {
  const [least, most] = extent(fractions).map((fraction = 0) => wordNumber(fraction * 100, 0));
  return least === most ? `${least}` : `${least} to ${most}`;
}

/**
 * No time is negative: people are shown what an interval of few runs has above 0. Only `other` is, where clocks disagree: its bound
 * stays.
 */
export const lowestOf = (ciLow: number | null, part?: string): number | null =>
  ciLow === null || part === 'other' ? ciLow : Math.max(0, ciLow);

function wordTotal({ totalMs, totalCiLow, totalCiHigh }: Breakdown): string {
  const interval =
    totalCiLow === null || totalCiHigh === null
      ? ''
      : ` [${toSeconds(lowestOf(totalCiLow))}, ${toSeconds(totalCiHigh)}]`;
  return `${wordFigure(totalMs / 1000)} s${interval}`;
}
