import { wordCount, wordList, wordP } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { diagnoseClockOffsets } from '../diagnostics/common.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import { isApartInTime } from '../diagnostics/order.ts';

export { auditPrices } from '../diagnostics/prices.ts';

import type { IndexedRun } from './design.ts';
import type { SlaResult, Trend } from './result.ts';
import { labelOf } from './wording.ts';

/** These checks say what a careful reader would hold against the verdict. */

export function auditSla(result: Omit<SlaResult, 'verdict'>, blocks: readonly (readonly IndexedRun[])[]): Warning[] {
  const found: Finding[] = [
    auditOrder(blocks),
    diagnoseClockOffsets(blocks.flat().map(({ run }) => run)),
    auditAdjustment(result),
    auditBlocks(result),
    auditSmall(result),
    auditSums(result),
    auditPrice(result),
    auditTest(result),
  ];
  return keepFindings(found);
}

/** Ratios and differences weigh workflows differently: a price can rise in one and fall in the other. */
function auditPrice({ trends, contrasts }: Omit<SlaResult, 'verdict'>): Finding {
  const trend = trends.find(({ metric }) => metric === 'resource-usage');
  const contrast = contrasts.find(({ metric, level }) => metric === trend?.metric && level === trend?.highest);
  const [fraction, amount] = [trend?.change.changeFraction ?? 0, contrast?.difference.amount ?? 0];
  if (fraction * amount >= 0) return false;
  return warn(
    'price-signs-differ',
    'the price in % (geometric, every workflow alike, over all levels) and in GB-s (arithmetic, highest against lowest) point in different ways: large workflows weigh more in the second; rely on neither sign',
    { changeFraction: fraction, amountGbSeconds: amount },
  );
}

/** The interval of one metric knows nothing of the others that were asked for; the test is adjusted for all of them. */
function auditTest({ trends, contrasts }: Omit<SlaResult, 'verdict'>): Finding {
  const isSplit = ({ outcome }: Pick<Trend, 'outcome'>) => outcome === 'hint';
  const split = [
    ...trends.filter(isSplit).map(({ metric, pAdjusted }) => ({ metric, of: 'trend', pAdjusted })),
    ...contrasts
      .filter(isSplit)
      .map(({ metric, level, baseline, pAdjusted }) => ({ metric, of: `${level} vs ${baseline}`, pAdjusted })),
  ];
  if (split.length === 0) return false;
  const words = split.map(
    ({ metric, of, pAdjusted }) => `${labelOf(metric)}, ${of} (p ${wordP(pAdjusted)} after Holm)`,
  );
  return warn(
    'interval-finds-test-does-not',
    `${wordList(words)}: the interval excludes no change, but after Holm the test does not confirm it: take it as a hint`,
    { found: split },
  );
}

/** Kendall's concordance of level and run index within blocks: levels run one after the other look like drift. */
function auditOrder(blocks: readonly (readonly IndexedRun[])[]): Finding {
  let [balance, pairs] = [0, 0];
  for (const block of blocks) {
    const ranked = block.flatMap(({ fact: { sla } }) => (typeof sla === 'number' ? [sla] : []));
    const counts = countOrder(ranked);
    balance += counts.rising - counts.falling;
    pairs += counts.rising + counts.falling;
  }
  if (pairs === 0 || !isApartInTime(balance / pairs)) return false;
  return warn(
    'levels-apart-in-time',
    `runs with a higher percentile were mostly submitted ${balance > 0 ? 'after' : 'before'} those with a lower one: drift of the platform or the workload would look like an effect; interleave the levels`,
    { concordance: balance / pairs },
  );
}

/** Ordered and reversed pairs of a sequence with few distinct levels. O(n × levels). */
function countOrder(sequence: readonly number[]): { rising: number; falling: number } {
  const seen = new Map<number, number>();
  let [rising, falling] = [0, 0];
  for (const level of sequence) {
    for (const [other, count] of seen) {
      if (other < level) rising += count;
      else if (other > level) falling += count;
    }
    seen.set(level, (seen.get(level) ?? 0) + 1);
  }
  return { rising, falling };
}

function auditAdjustment({ trends }: Omit<SlaResult, 'verdict'>): Finding {
  const turned = trends.filter(
    ({ change, adjusted }) => (change.changeFraction ?? 0) * (adjusted.changeFraction ?? 0) < 0,
  );
  if (turned.length === 0) return false;
  return warn(
    'adjustment-turns-sign',
    `${wordList(turned.map(({ metric }) => labelOf(metric)))}: with the run index held equal the trend points the other way`,
    { metrics: turned.map(({ metric }) => metric) },
  );
}

function auditBlocks({ contrasts }: Omit<SlaResult, 'verdict'>): Finding {
  const lonely = contrasts.filter(({ blockCount }) => blockCount === 0);
  if (lonely.length === 0) return false;
  const words = lonely.map(({ metric, level, baseline }) => `${labelOf(metric)} ${level} vs ${baseline}`);
  const told = lonely.some(({ changeFraction }) => changeFraction !== null);
  const how = told ? '; where there is a change, it is told by way of the levels that share blocks with both' : '';
  return warn('no-common-block', `no block has figures of both: ${wordList(words)}${how}`, {
    contrasts: lonely.map(({ metric, level }) => ({ metric, level })),
  });
}

/** Fewer runs than this at a level say little about how often a prediction is kept. */
const FEW_RUNS = 10;

function auditSmall({ levels }: Omit<SlaResult, 'verdict'>): Finding {
  const few = levels.filter(({ runCount }) => runCount < FEW_RUNS);
  if (few.length === 0) return false;
  return warn(
    'few-runs',
    `${wordList(few.map(({ level, runCount }) => `${level} has ${wordCount(runCount, 'run')}`))}: attainment there is vague`,
    {
      levels: few.map(({ level }) => level),
    },
  );
}

/** `wfa accuracy` says the same of its scores. */
function auditSums({ levels }: Omit<SlaResult, 'verdict'>): Finding {
  const judged = levels.some(
    ({ percentile, attainment }) => percentile !== null && attainment.some((of) => of.runCount > 0),
  );
  if (!judged) return false;
  return note(
    'sum-of-percentiles',
    'the SLA is a percentile asked of each task; the makespan and the execution time of a run, judged at the same percentile, may be kept more or less often even when every task is predicted well: wfa accuracy shows the steps from task to makespan',
  );
}
