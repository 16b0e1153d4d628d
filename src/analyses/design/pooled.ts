import { greatest, rollup } from 'd3-array';
import { sampleMedian } from '../../stats/summary.ts';
import { wordList } from '../../view/words.ts';
import type { MeasuredCell, MeasuredRun } from './cells.ts';
import type { Comparison, OverallChange, PooledRuns, WorkflowShare } from './comparison.ts';
import { SIDES, type Side } from './pairs.ts';

/** The runs of both arms with a figure, whatever their workflow and block: the figures that dashboards and papers show. */
export type Pooled = Readonly<Record<Side, Pick<MeasuredCell<MeasuredRun>, 'facts' | 'amounts'>>>;

/** Computes both medians, in the metric's unit, and their ratio; `null` where there is none, or the baseline's is not positive. */
export function poolMedians({
  baseline,
  candidate,
}: Pooled): Pick<OverallChange, 'pooledMedianBaseline' | 'pooledMedianCandidate' | 'pooledMedianRatio'> {
  const [of1, of2] = [sampleMedian(baseline.amounts), sampleMedian(candidate.amounts)];
  const pooledMedianRatio = of1 !== null && of2 !== null && of1 > 0 ? of2 / of1 : null;
  return { pooledMedianBaseline: of1, pooledMedianCandidate: of2, pooledMedianRatio };
}

/** Describes what can make pooled medians differ from a change within blocks. */
export const describePooled = (pooled: Pooled): PooledRuns => ({
  composition: compose(pooled),
  armsWithGap: SIDES.filter((side) => isInGap(pooled[side].amounts)),
});

function compose({ baseline, candidate }: Pooled): WorkflowShare[] {
  const count = ({ facts }: Pooled[Side]) =>
    rollup(
      facts,
      (members) => members.length,
      ({ run }) => run.traits.workflow,
    );
  const [of1, of2] = [count(baseline), count(candidate)];
  return [...new Set([...of1.keys(), ...of2.keys()])].sort().map((workflow) => ({
    workflow,
    shareBaseline: (of1.get(workflow) ?? 0) / Math.max(1, baseline.facts.length),
    shareCandidate: (of2.get(workflow) ?? 0) / Math.max(1, candidate.facts.length),
  }));
}

/** Relative distance from the median within which some run should be. */
const GAP_FRACTION = 0.15;

/** Tells whether the median lies where no run is: one run more or less then moves it across. */
function isInGap(amounts: readonly number[]): boolean {
  const median = sampleMedian(amounts);
  if (median === null) return false;
  return !amounts.some((amount) => Math.abs(amount - median) <= GAP_FRACTION * Math.abs(median));
}

/** Difference of a workflow's shares of the arms from which their mix differs. */
const MIX_FRACTION = 0.05;

/** Says why figures over all runs differ from a change within blocks. */
export function explainPooled(
  { baseline, candidate }: Pick<Comparison, Side>,
  { composition, armsWithGap }: PooledRuns,
): string {
  const mixed = greatest(composition, (of) => Math.abs(of.shareCandidate - of.shareBaseline));
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const differs = mixed !== undefined && Math.abs(mixed.shareCandidate - mixed.shareBaseline) >= MIX_FRACTION;
  const names = { baseline, candidate };
  const reasons = [
    ...(differs
      ? [
          `the mix of workflows differs (${mixed.workflow} is ${percent(mixed.shareCandidate)} of ${candidate}, ${percent(mixed.shareBaseline)} of ${baseline})`,
        ]
      : []),
    ...(armsWithGap.length > 0
      ? [`the median of ${wordList(armsWithGap.map((arm) => names[arm]))} lies in a gap where no run is within 15 %`]
      : []),
  ];
  return reasons.length > 0 ? reasons.join(', and ') : 'a median over several workflows is that of the middle one';
}
