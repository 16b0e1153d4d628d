import { COST } from '../../model/metrics.ts';
import { geometricMean, sampleMean } from '../../stats/summary.ts';
import { wordList, wordPercentChange } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { figureOf } from '../design/cells.ts';
import { keepFindings, note } from '../diagnostics/finding.ts';
import type { Pairing } from './design.ts';
import type { CompareFacts } from './extract.ts';
import type { Comparison } from './result.ts';

/** Where recorded resource usage and the bill point different ways, a note says why. */

const RECORDED = 'resource-usage';

/** Changes below this are no change that a sign could differ of. */
const LEAST_FRACTION = 0.02;

/** Checks each candidate whose recorded usage and bill were both compared. */
export const auditBills = (pairings: readonly Pairing[], comparisons: readonly Comparison[]): Warning[] =>
  keepFindings(pairings.map((pairing) => auditBill(pairing, comparisons)));

function auditBill(pairing: Pairing, comparisons: readonly Comparison[]) {
  const { baseline, candidate } = pairing;
  const changeOf = (key: string) =>
    comparisons.find((c) => c.metric === key && c.baseline === baseline.label && c.candidate === candidate.label)
      ?.overall.changeFraction ?? 0;
  const [recorded, billed] = [changeOf(RECORDED), changeOf(COST)];
  if (recorded * billed >= 0 || Math.min(Math.abs(recorded), Math.abs(billed)) <= LEAST_FRACTION) return false;
  const same = changeOfBoth(pairing);
  const percent = (fraction: number | null) => `${wordPercentChange(fraction)} %`;
  const parts = changesOfParts(pairing);
  return note(
    'bill-differs-from-record',
    `${candidate.label}: recorded resource usage changes by ${percent(recorded)}, the bill by ${percent(billed)}${same === null ? '' : ` (${percent(same)} over the runs that have both)`}: ` +
      "the record counts every container that a run launched from its start to the run's end, idle or not, and none that an earlier run had left; " +
      `a bill counts sessions and starts, and of the baseline's ${wordList(parts.map(({ name, fraction }) => `${name} ${percent(fraction)}`))}`,
    { recordedFraction: recorded, billedFraction: billed, billedOfSameRunsFraction: same, parts },
  );
}

/** The change of the bill in the blocks, and over the runs, that have recorded usage too; `null`: there are none, or these are all. */
function changeOfBoth({ blocks }: Pairing): number | null {
  const has = (key: string) => (fact: CompareFacts) => figureOf(fact, key) !== null;
  const billed = (facts: readonly CompareFacts[]) => facts.filter(has(COST));
  const both = blocks.map((block) => ({
    baseline: billed(block.baseline.facts).filter(has(RECORDED)),
    candidate: billed(block.candidate.facts).filter(has(RECORDED)),
  }));
  const count = (sides: readonly { readonly baseline: readonly unknown[]; readonly candidate: readonly unknown[] }[]) =>
    sides.reduce((sum, { baseline, candidate }) => sum + baseline.length + candidate.length, 0);
  const all = blocks.map(({ baseline, candidate }) => ({
    baseline: billed(baseline.facts),
    candidate: billed(candidate.facts),
  }));
  if (count(both) === count(all)) return null;
  const level = (facts: readonly CompareFacts[]) => geometricMean(facts.map((fact) => figureOf(fact, COST) as number));
  const ratios = both
    .filter(({ baseline, candidate }) => baseline.length > 0 && candidate.length > 0)
    .map(({ baseline, candidate }) => (level(candidate) as number) / (level(baseline) as number));
  return ratios.length === 0 ? null : (geometricMean(ratios) as number) - 1;
}

const PARTS = [
  { name: 'execution', key: 'executionUsd' },
  { name: 'cold starts', key: 'startupUsd' },
  { name: 'prewarms', key: 'prewarmUsd' },
] as const;

/** How much the parts of the bill change, as fractions of the baseline's bill: means over blocks of the cells' means. */
function changesOfParts({ blocks }: Pairing) {
  const meanOf = (side: 'baseline' | 'candidate', key: (typeof PARTS)[number]['key'] | 'totalUsd'): number =>
    sampleMean(
      blocks.flatMap((block) => sampleMean(block[side].facts.flatMap(({ bill }) => bill?.[key] ?? [])) ?? []),
    ) ?? 0;
  const total = meanOf('baseline', 'totalUsd');
  return PARTS.map(({ name, key }) => ({
    name,
    fraction: total === 0 ? 0 : (meanOf('candidate', key) - meanOf('baseline', key)) / total,
  }));
}
