import { max, min } from 'd3-array';
import { groupBy } from '../../model/group-by.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { contrastStrata } from '../../stats/contrast.ts';
import { sampleMean, sampleMedian } from '../../stats/summary.ts';
import type { MeasuredCell, MeasuredRun } from '../design/cells.ts';
import { logStrataOf, type PairedBlock, type Side } from '../design/pairs.ts';
import type { Way } from './result.ts';
import type { ClaimedChange } from './sentence.ts';
import { roundsTo } from './verdict.ts';

/** The ways in which a number about two arms can come about: in blocks, and as dashboards and papers count. */

/** The runs of one arm that have a figure, in any block. */
export type ArmRuns = Pick<MeasuredCell<MeasuredRun>, 'facts' | 'amounts'>;
export type Arms = Readonly<Record<Side, ArmRuns>>;

/** The ways are computed from these. */
export interface WayInputs {
  /** The blocks in which both arms have a figure. */
  readonly blocks: readonly PairedBlock<MeasuredCell<MeasuredRun>>[];
  /** The runs that may be compared. */
  readonly eligible: Arms;
  /** Those and the ones that may not, as without a plan. */
  readonly every: Arms;
}

type UnmarkedWay = Omit<Way, 'matches'>;

/** Computes every way, and marks those that round to the claimed number. */
export function findWays({ blocks, eligible, every }: WayInputs, claimed: ClaimedChange): Way[] {
  const hasMore = every.baseline.facts.length + every.candidate.facts.length > countOf(eligible);
  const ways: UnmarkedWay[] = [
    { way: 'blocked', scope: 'all', changeFraction: changeInBlocks(blocks) },
    ...countAsDashboards(eligible, 'all'),
    ...(hasMore ? countAsDashboards(every, 'every-run') : []),
    ...PART_KEYS.flatMap((key) => findPartWays(blocks, eligible, key)),
  ];
  return ways.map((way) => ({
    ...way,
    matches: way.changeFraction !== null && roundsTo(way.changeFraction, claimed),
  }));
}

const countOf = ({ baseline, candidate }: Arms): number => baseline.facts.length + candidate.facts.length;

/** The change within blocks, each with equal weight; `null` without blocks, or where a figure is not positive. */
function changeInBlocks(blocks: WayInputs['blocks']): number | null {
  const logs = logStrataOf(blocks);
  return logs === null || logs.length === 0 ? null : Math.expm1(contrastStrata(logs).difference);
}

/** Computes the ways that compare all runs of the arms. */
function countAsDashboards(arms: Arms, scope: string): UnmarkedWay[] {
  const shared = shareWorkflows(arms);
  const changes = (summarize: Summary) => shared.map((workflow) => changeOf(workflow, summarize));
  const meanOf = (side: Side) => meanOrNull(shared.map((workflow) => sampleMean(workflow[side].amounts)));
  return [
    { way: 'pooled-medians', scope, changeFraction: changeOf(arms, sampleMedian) },
    { way: 'pooled-means', scope, changeFraction: changeOf(arms, sampleMean) },
    { way: 'sums', scope, changeFraction: changeOf(arms, sumOf) },
    { way: 'workflow-means', scope, changeFraction: toChange(meanOf('baseline'), meanOf('candidate')) },
    { way: 'workflow-changes', scope, changeFraction: meanOrNull(changes(sampleMean)) },
    { way: 'workflow-median-changes', scope, changeFraction: meanOrNull(changes(sampleMedian)) },
  ];
}

type Summary = (amounts: readonly number[]) => number | null;

const sumOf: Summary = (amounts) => (amounts.length === 0 ? null : amounts.reduce((sum, amount) => sum + amount, 0));

const toChange = (from: number | null, to: number | null): number | null =>
  from === null || to === null || from <= 0 ? null : to / from - 1;

const changeOf = ({ baseline, candidate }: Arms, summarize: Summary): number | null =>
  toChange(summarize(baseline.amounts), summarize(candidate.amounts));

const meanOrNull = (numbers: readonly (number | null)[]): number | null =>
  numbers.some((number) => number === null) ? null : sampleMean(numbers as readonly number[]);

/** The runs of each workflow that both arms have. */
const shareWorkflows = (arms: Arms): Arms[] =>
  [...splitArms(arms, (run) => run.traits.workflow).values()].filter(hasBoth);

const hasBoth = ({ baseline, candidate }: Arms): boolean => baseline.facts.length > 0 && candidate.facts.length > 0;

/** Splits the runs by a name, in the order of the names, in one pass: there may be as many names as runs. */
function splitArms(arms: Arms, nameOf: (run: RunFacts) => string): Map<string, Arms> {
  const parts = new Map<string, Record<Side, { facts: MeasuredRun[]; amounts: number[] }>>();
  for (const side of ['baseline', 'candidate'] as const) {
    for (const [i, fact] of arms[side].facts.entries()) {
      const name = nameOf(fact.run);
      const part = parts.get(name) ?? { baseline: noRuns(), candidate: noRuns() };
      parts.set(name, part);
      part[side].facts.push(fact);
      part[side].amounts.push(arms[side].amounts[i] as number);
    }
  }
  return new Map([...parts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

const noRuns = () => ({ facts: [], amounts: [] });

/** The parts of the runs that somebody may have looked at alone. */
const PART_KEYS = ['workflow', 'sla'] as const;
type PartKey = (typeof PART_KEYS)[number];

/** Computes the ways of one workflow or SLA alone; none where there is only one. */
function findPartWays(blocks: WayInputs['blocks'], eligible: Arms, key: PartKey): UnmarkedWay[] {
  const parts = splitArms(eligible, (run) => run.traits[key]);
  if (parts.size < 2) return [];
  const byName = new Map(groupBy(blocks, ({ names: of }) => of[key]).map((own) => [own[0]?.names[key], own]));
  return [...parts].flatMap(([name, part]): UnmarkedWay[] => {
    if (!hasBoth(part)) return [];
    const scope = `${key}=${name}`;
    const own = byName.get(name);
    return [
      ...(own ? [{ way: 'blocked' as const, scope, changeFraction: changeInBlocks(own) }] : []),
      { way: 'pooled-medians', scope, changeFraction: changeOf(part, sampleMedian) },
      { way: 'pooled-means', scope, changeFraction: changeOf(part, sampleMean) },
    ];
  });
}

/**
 * Computes which share of the numbers between the smallest and the largest of 0, the claim and the ways some way would match: the
 * ways' own rounding ranges, laid over that stretch. `null` where nothing was measured.
 */
export function findChanceOfMatch(ways: readonly Way[], { fraction, low, high }: ClaimedChange): number | null {
  const changes = ways.flatMap(({ changeFraction }) => changeFraction ?? []).sort((a, b) => a - b);
  const [first, last] = [changes[0], changes.at(-1)];
  if (first === undefined || last === undefined) return null;
  const half = (high - low) / 2;
  const [from, to] = [Math.min(0, fraction, first) - half, Math.max(0, fraction, last) + half];
  let [covered, until] = [0, from];
  for (const change of changes) {
    covered += Math.max(0, change + half - Math.max(until, change - half));
    until = Math.max(until, change + half);
  }
  return covered / (to - from);
}

/** Finds the smallest and the largest change of pooled medians when any one run is left out; `null` without two runs an arm. */
export function dropOneRun({ baseline, candidate }: Arms): { readonly low: number; readonly high: number } | null {
  const [from, to] = [dropOneOf(baseline.amounts), dropOneOf(candidate.amounts)];
  if (!from || !to || from.low <= 0) return null;
  const changes = [to.all / from.all, to.all / from.high, to.all / from.low, to.low / from.all, to.high / from.all].map(
    (ratio) => ratio - 1,
  );
  return { low: min(changes) as number, high: max(changes) as number };
}

/** The median of a sample, and the smallest and largest that it becomes without one of its figures. */
function dropOneOf(amounts: readonly number[]): { all: number; low: number; high: number } | null {
  if (amounts.length < 2) return null;
  const sorted = [...amounts].sort((a, b) => a - b);
  const all = sampleMedian(sorted) as number;
  // A figure from above the middle leaves the lowest median, one from below the highest.
  return { all, low: sampleMedian(sorted.slice(0, -1)) as number, high: sampleMedian(sorted.slice(1)) as number };
}
