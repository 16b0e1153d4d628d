import { groupBy } from '../../model/group-by.ts';
import { type RunKey, runKeyOf } from '../../model/select.ts';
import { exactBinomialP } from '../../stats/binomial.ts';
import { sampleMean } from '../../stats/summary.ts';
import { judgeContrast } from '../design/outcome.ts';
import { averageRatios } from '../design/paired-change.ts';
import type { ReplayedFacts } from './replays.ts';
import type { ScenarioBill, ScenarioChange } from './result.ts';

/** The margin within which a change is none. */
const EQUIVALENCE_FRACTION = 0.02;

/** Makespans that differ by less of themselves differ by rounding. */
export const EXACT_FRACTION = 1e-6;

type Estimated = Omit<ScenarioChange, 'scenario' | 'planner'>;

/**
 * Estimates what the scenario at `index` makes of these runs: each run against itself, blocks with equal weight, and the interval by
 * the rule of every contrast, of cells that hold a run's change each. The sign test over runs (Dixon & Mood 1946) confirms it.
 */
export function estimateChange(
  replays: readonly ReplayedFacts[],
  index: number,
  blockKeys: readonly RunKey[],
): Estimated {
  const told = replays.filter(({ makespansMs }) => makespansMs[index] !== null);
  const makespanOf = ({ makespansMs }: ReplayedFacts) => makespansMs[index] as number;
  const blocks = groupBlocks(told, blockKeys);
  const change = averageChange(blocks, (replay) => makespanOf(replay) / replay.nullMs);
  const pValue = testSigns(told.map((replay) => makespanOf(replay) / replay.nullMs - 1));
  const within = (bound: number | null) => bound !== null && Math.abs(bound) <= EQUIVALENCE_FRACTION;
  // Rounding has an interval as well, which may exclude no change.
  const isRounding = pValue === null && told.length > 0;
  const { low, high } = isRounding ? { low: null, high: null } : { low: change.ciLow, high: change.ciHigh };
  const withinMargin = isRounding || (within(low) && within(high));
  return {
    runCount: told.length,
    blockCount: blocks.length,
    meanRecordedMs: sampleMean(told.map(({ network }) => network.makespanMs)),
    meanMakespanMs: sampleMean(told.map(makespanOf)),
    ...change,
    pValue,
    outcome: judgeContrast({ low, high, pAdjusted: pValue, withinMargin }),
    bill: averageBill(told, index, blockKeys),
  };
}

const groupBlocks = (replays: readonly ReplayedFacts[], blockKeys: readonly RunKey[]): ReplayedFacts[][] =>
  groupBy(
    replays,
    ...blockKeys.map(
      (key) =>
        ({ run }: ReplayedFacts) =>
          runKeyOf(run, key),
    ),
  );

const averageChange = (blocks: readonly (readonly ReplayedFacts[])[], ratioOf: (replay: ReplayedFacts) => number) =>
  averageRatios(blocks.map((own) => own.map(ratioOf)));

/** `null`: nothing changes. */
function testSigns(changes: readonly number[]): number | null {
  const changed = changes.filter((change) => Math.abs(change) > EXACT_FRACTION);
  const shorter = changed.filter((change) => change < 0).length;
  return changed.length === 0 ? null : exactBinomialP(shorter, changed.length, 0.5);
}

function averageBill(
  replays: readonly ReplayedFacts[],
  index: number,
  blockKeys: readonly RunKey[],
): ScenarioBill | null {
  const billed = replays.filter(({ billsUsd, nullBillUsd }) => billsUsd[index] != null && nullBillUsd !== null);
  const usdOf = ({ billsUsd }: ReplayedFacts) => billsUsd[index] as number;
  const change = averageChange(groupBlocks(billed, blockKeys), (own) => usdOf(own) / (own.nullBillUsd as number));
  if (change.changeFraction === null) return null;
  const { changeFraction, ciLow, ciHigh } = change;
  return { runCount: billed.length, meanUsd: sampleMean(billed.map(usdOf)) as number, changeFraction, ciLow, ciHigh };
}
