import { extent, max } from 'd3-array';
import { groupBy } from '../../model/group-by.ts';
import { findMetric } from '../../model/metrics.ts';
import { shortenStructures } from '../../model/short-ids.ts';
import { NOT_MEASURED, wordChange, wordCount, wordPercentChange } from '../../view/words.ts';
import type { Comparison, OverallChange, QuantileChange, WorkflowChange } from '../design/comparison.ts';
import { wordIntervalSource, wordRefusal } from '../design/interval-words.ts';
import type { Pairing } from '../design/pairing.ts';

/** The sentences of a comparison: the same on the terminal, in the chart's title and in the machine formats. */

/** `non-uniform vs uniform: makespan −8.1 % [−11.0, −5.2], …; 4 workflows, 12 blocks, 31 vs 29 runs`: those that were measured. */
export function wordHeadline({ baseline, candidate, blocks }: Pairing, comparisons: readonly Comparison[]): string {
  const own = comparisons.filter((c) => c.baseline === baseline.label && c.candidate === candidate.label);
  const changes = own.map((comparison) => `${labelOf(comparison.metric)} ${wordOverall(comparison)}`);
  const [{ stat = 'mean' } = {}] = own;
  const workflows = new Set(blocks.flatMap((block) => block.baseline.facts.map((fact) => fact.run.traits.workflow)));
  const [ofCandidate, ofBaseline, ofBlocks] = [
    own.map(({ overall }) => overall.runCountCandidate),
    own.map(({ overall }) => overall.runCountBaseline),
    own.map(({ overall }) => overall.blockCount),
  ];
  const extent = [
    wordCount(workflows.size, 'workflow'),
    `${wordRange(ofBlocks)} ${max(ofBlocks) === 1 ? 'block' : 'blocks'}`,
    `${wordRange(ofCandidate)} vs ${wordRange(ofBaseline)} ${max(ofBaseline) === 1 ? 'run' : 'runs'}`,
  ];
  return `${candidate.label} vs ${baseline.label}${stat === 'mean' ? '' : ` (${stat})`}: ${changes.join(', ')}; ${extent.join(', ')}`;
}

/** `12`, or `9–12` where metrics differ. */
export function wordRange(counts: readonly number[]): string {
  const [least, most] = extent(counts);
  return least === most ? `${least}` : `${least}\u2013${most}`;
}

export const labelOf = (metric: string): string => findMetric(metric)?.label ?? metric;

/** `−8.1 % [−11.0, −5.2]`, with `(cannot tell)`, `(no change)` or `(a hint)` behind it where interval or test say so. */
function wordOverall({ overall, quantile }: Comparison): string {
  const { changeFraction, ciLow, ciHigh, outcome } = overall;
  if (overall.allEqual) return 'no change (all equal)';
  if (quantile?.refusal) return `(${wordRefusal(quantile.refusal)})`;
  if (changeFraction === null) return overall.blockCount === 0 ? '(not measured)' : '(no ratio: some runs have 0)';
  const mark = {
    different: '',
    hint: ' (a hint)',
    equivalent: ' (no change)',
    inconclusive: ' (cannot tell)',
  }[outcome];
  return wordChange(changeFraction, ciLow, ciHigh) + mark;
}

/** A word or two for the verdict column: `faster`, `dearer (hint)`, `no change`, `cannot tell`. */
export function wordOutcome({ metric, overall, quantile }: Comparison): string {
  if (overall.allEqual) return 'all equal';
  if (quantile?.refusal) return wordRefusal(quantile.refusal);
  if (overall.outcome === 'inconclusive') return overall.blockCount === 0 ? 'not measured' : 'cannot tell';
  if (overall.outcome === 'equivalent') return 'no change';
  const { lessWord = 'less', moreWord = 'more' } = findMetric(metric) ?? {};
  const word = (overall.changeFraction ?? overall.difference.amount ?? 0) < 0 ? lessWord : moreWord;
  return overall.outcome === 'hint' ? `${word} (hint)` : word;
}

/** Says what it would take to see more, for the detail column. */
export function wordDetectable({ minimalDetectableFraction }: OverallChange): string {
  if (minimalDetectableFraction === null) return NOT_MEASURED;
  // Beyond a hundredfold the digits mean nothing.
  if (minimalDetectableFraction > 99.99) return '> 9999';
  return wordPercentChange(minimalDetectableFraction).replace('+', '±');
}

/** The source of the interval in words, as in `paired t over 8 blocks, as 15 of 16 cells have one run`. */
export function wordMethod({
  overall: { intervalMethod: method, allEqual },
  stat,
  quantile,
  blocks,
}: Comparison): string {
  if (stat !== 'mean' && quantile === null && blocks.length > 0) return 'none, as some runs have 0';
  if (quantile?.refusal) return `none, as runs are ${wordRefusal(quantile.refusal)}`;
  if (method === 'order-statistics' && quantile) return wordOrderStatistics(quantile, blocks.length);
  return wordIntervalSource({
    method,
    allEqual,
    counts: blocks.flatMap(({ baseline, candidate }) => [baseline.n, candidate.n]),
  });
}

/** `order statistics of 48 vs 60 runs ÷ their block's mean, every block with equal weight; 6 of 8 blocks have runs enough`. */
function wordOrderStatistics({ baseline, candidate, blockCount }: QuantileChange, allCount: number): string {
  const few = blockCount < allCount ? `; ${blockCount} of ${allCount} blocks have runs enough to count` : '';
  return `order statistics of ${candidate?.runCount} vs ${baseline?.runCount} runs \u00f7 their block's mean${few}`;
}

/** Names the changes of workflows: a hash shows only where a workflow has several. */
export function nameWorkflows(changes: readonly WorkflowChange[]): ReadonlyMap<string, WorkflowChange> {
  const shorten = shortenStructures(changes.flatMap(({ structure }) => structure ?? []));
  const byWorkflow = groupBy(changes, ({ workflow }) => workflow);
  const nameOf = ({ workflow, structure }: WorkflowChange, isAlone: boolean) =>
    isAlone || structure === null ? workflow : `${workflow} ${shorten(structure)}`;
  return new Map(byWorkflow.flatMap((own) => own.map((change) => [nameOf(change, own.length === 1), change])));
}
