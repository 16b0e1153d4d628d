import { greatest, max, min } from 'd3-array';
import { groupBy } from '../../model/group-by.ts';
import { wordCount } from '../../view/words.ts';
import type { RankBlock, RankResult } from './result.ts';
import { type ArmOf, armsOf, bestOf, isToldWorse, wordStat } from './wording.ts';

/** Words what to do next, by the first metric: what it takes to tell more, or how to look closer. */
export function wordNext(result: RankResult): string {
  const [metric = ''] = Object.keys(result.arms[0]?.metrics ?? {});
  const arms = armsOf(result, metric);
  if (arms.length === 1)
    return 'runs of the same workflows under another planner, two or more, would give something to rank; filters may hide them';
  const refusal = result.quantiles?.[metric]?.refusal;
  if (refusal) return `${wordRunsLacking(refusal, result)}; without --stat the means are ranked`;
  const best = bestOf(arms);
  if (best === null) return '--common shows which blocks all arms share; --metric names another metric';
  const undecided = arms.filter((arm) => arm !== best && !isToldWorse(arm.of));
  const steps = undecided.length === 0 ? [LOOK_CLOSER] : wordRunsToTell(result, undecided, metric);
  return [...steps, ...wordMissingCell(result)].join('; ');
}

/** `p90 takes 36 runs of each arm in the 12 blocks, and there are 12`. */
function wordRunsLacking(
  { reason, count, fewest }: { readonly reason: string; readonly count: number; readonly fewest: number },
  { stat, blockCount }: RankResult,
): string {
  const place = reason === 'too-few' ? `of each arm in ${wordCount(blockCount, 'block')}` : 'in every cell';
  return `${stat} takes ${wordCount(fewest, 'run')} ${place}, and there are ${count}`;
}

const LOOK_CLOSER = '--metric all ranks by every metric, --chart levels.svg draws the levels';

/** What it takes to tell the undecided from the best. */
function wordRunsToTell(result: RankResult, undecided: readonly ArmOf[], metric: string): string[] {
  const of = wordStat(result)(metric);
  if (result.stat !== 'mean')
    return [`more runs of each arm in each block narrow the intervals of ${of}, --chart ecdf.svg draws the runs`];
  const counts = undecided.map(({ of: own }) => own.additionalRunsFor5Percent);
  const [least, most] = [min(counts, Number), max(counts, Number)];
  if (counts.includes(null))
    return [`two runs or more of each arm in every block would tell how many more ${of} takes`];
  if (most === 0) return [`a difference of 5 % in ${of} would have been seen`];
  const range = (least ?? 0) < (most ?? 0) ? `${least} to ${most}` : `${most}`;
  return [
    `about ${range} more ${most === 1 ? 'run' : 'runs'} of each arm in each block would show a difference of 5 % from the lowest in ${of} (some more for all arms at once, by Holm)`,
  ];
}

/** A block that counts as soon as one arm has a run there: `a run of wukong in gemm · p50 would make it count (3 such blocks)`. */
function wordMissingCell({ blocks, arms }: RankResult): string[] {
  const almost = blocks.filter(({ lacking }) => lacking.length === 1);
  const byArm = groupBy(almost, ({ lacking }) => lacking[0]);
  const most = greatest(byArm, ({ length }) => length) as readonly RankBlock[] | undefined;
  const [block] = most ?? [];
  if (!block || !most) return [];
  const label = arms.find(({ arm }) => arm === block.lacking[0])?.label ?? block.lacking[0];
  const more = most.length > 1 ? ` (and ${most.length - 1} more it lacks alone)` : '';
  return [`a run of ${label} in ${block.label} would make that block count${more}`];
}
