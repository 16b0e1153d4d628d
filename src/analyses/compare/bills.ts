import type { Bill } from '../../cost/bill.ts';
import { COST } from '../../model/metrics.ts';
import { geometricMean, sampleMean } from '../../stats/summary.ts';
import { figureOf, type MeasuredRun } from '../design/cells.ts';
import type { Comparison } from '../design/comparison.ts';
import type { Pairing } from '../design/pairing.ts';

/** Finds where recorded resource usage and the bill point different ways, and which part of the bill does. */

const RECORDED = 'resource-usage';

/** Changes below this are no change that a sign could differ of. */
const LEAST_FRACTION = 0.02;

/** A candidate whose recorded usage and bill change in different directions; changes are fractions. */
export interface BillDifference {
  readonly candidate: string;
  readonly recordedFraction: number;
  readonly billedFraction: number;
  /** The change of the bill over the runs that have both figures; `null`: every run with a bill does. */
  readonly billedOfSameRunsFraction: number | null;
  /** Each part adds this to the change, as a fraction of the baseline's bill. */
  readonly parts: readonly { readonly name: string; readonly fraction: number }[];
}

/** Tells whether two changes point different ways, both of them by more than 2 %. */
export const areOpposite = (one: number, other: number): boolean =>
  one * other < 0 && Math.min(Math.abs(one), Math.abs(other)) > LEAST_FRACTION;

/** Lists the candidates of which that is so, both changes being more than 2 %. */
export const compareBills = (pairings: readonly Pairing[], comparisons: readonly Comparison[]): BillDifference[] =>
  pairings.flatMap((pairing) => {
    const { baseline, candidate } = pairing;
    const changeOf = (key: string) =>
      comparisons.find((c) => c.metric === key && c.baseline === baseline.label && c.candidate === candidate.label)
        ?.overall.changeFraction ?? 0;
    const [recordedFraction, billedFraction] = [changeOf(RECORDED), changeOf(COST)];
    if (!areOpposite(recordedFraction, billedFraction)) return [];
    const billedOfSameRunsFraction = changeOverSameRuns(pairing);
    const parts = changesOfParts(pairing);
    return [{ candidate: candidate.label, recordedFraction, billedFraction, billedOfSameRunsFraction, parts }];
  });

/** Gives the geometric mean over blocks of the ratios of bills, less 1; `null`: no run with a bill lacks the other figure, or none has it. */
function changeOverSameRuns({ blocks }: Pairing): number | null {
  const billed = blocks.map(({ baseline, candidate }) =>
    [baseline, candidate].map(({ facts }) => facts.filter((fact) => figureOf(fact, COST) !== null)),
  );
  const both = billed.map((sides) => sides.map((facts) => facts.filter((fact) => figureOf(fact, RECORDED) !== null)));
  if (both.flat(2).length === billed.flat(2).length) return null;
  const ratios = both.flatMap(([baseline = [], candidate = []]) => {
    const [from, to] = [levelOf(baseline), levelOf(candidate)];
    return from === null || to === null ? [] : [to / from];
  });
  const ratio = geometricMean(ratios);
  return ratio === null ? null : ratio - 1;
}

const levelOf = (facts: readonly MeasuredRun[]): number | null =>
  geometricMean(facts.flatMap((fact) => figureOf(fact, COST) ?? []));

const PARTS = [
  { name: 'execution', key: 'executionUsd' },
  { name: 'cold starts', key: 'startupUsd' },
  { name: 'prewarms', key: 'prewarmUsd' },
  { name: 'requests', key: 'requestsUsd' },
] as const;

/** Takes means over the blocks that have both bills of the cells' means. */
function changesOfParts({ blocks }: Pairing): BillDifference['parts'] {
  const bills = blocks
    .map(({ baseline, candidate }) => [baseline, candidate].map(({ facts }) => facts.flatMap(({ bill }) => bill ?? [])))
    .filter((sides) => sides.every((side) => side.length > 0));
  const meanOf = (side: 0 | 1, key: keyof Bill): number =>
    sampleMean(bills.flatMap((sides) => sampleMean((sides[side] ?? []).map((bill) => bill[key])) ?? [])) ?? 0;
  const totalUsd = meanOf(0, 'totalUsd');
  if (totalUsd === 0) return [];
  return PARTS.map(({ name, key }) => ({ name, fraction: (meanOf(1, key) - meanOf(0, key)) / totalUsd }));
}
