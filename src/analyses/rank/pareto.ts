import { rollup } from 'd3-array';
import { groupBy } from '../../model/group-by.ts';
import { shortenStructures } from '../../model/short-ids.ts';
import { contrastPairs, judgePairs, measureMetric } from './contrasts.ts';
import type { RankedBlock } from './design.ts';
import type { FrontMetrics } from './options.ts';
import type { ParetoPoint, ParetoStatus } from './result.ts';

/** An arm where it stands between makespan and cost. */
interface Standing {
  readonly makespan: number;
  readonly cost: number;
}

const OVERALL = 'overall';

/** The points of a scope before they have the names of arms. */
type Point = Omit<ParetoPoint, 'arm' | 'label'> & { readonly place: number };

/** Finds the front of all blocks together, and of each workflow and structure where there are several. */
export function findFronts(common: readonly RankedBlock[], front: FrontMetrics, seed: number): Point[] {
  const groups = groupBy(
    common.filter(({ names }) => names['workflow'] !== undefined),
    ({ names }) => names['workflow'],
    ({ names }) => names['structure'],
  );
  const shorten = shortenStructures(groups.flatMap(([block]) => block?.names['structure'] ?? []));
  const workflowOf = ([block]: readonly RankedBlock[]) => block?.names['workflow'] ?? '';
  const structureCounts = rollup(groups, ({ length }) => length, workflowOf);
  const nameOf = (group: readonly RankedBlock[]) => {
    const isAlone = structureCounts.get(workflowOf(group)) === 1;
    const structure = group[0]?.names['structure'];
    return isAlone || structure === undefined ? workflowOf(group) : `${workflowOf(group)} ${shorten(structure)}`;
  };
  return [
    ...findFront(common, front, OVERALL, seed),
    ...(groups.length > 1 ? groups.flatMap((group) => findFront(group, front, nameOf(group), seed)) : []),
  ];
}

/** The front of some blocks: none where one of the two metrics has no levels. */
function findFront(blocks: readonly RankedBlock[], front: FrontMetrics, scope: string, seed: number): Point[] {
  // Both levels of a point are of the same blocks.
  const measured = front.map((metric) => measureMetric(blocks, metric));
  const labels = measured.map((metric) => new Set(metric.blocks.map(({ label }) => label)));
  const both = blocks.filter(({ label }) => labels.every((of) => of.has(label)));
  const contrasts = front.map((metric) => contrastPairs(measureMetric(both, metric), seed, 'mean'));
  const [makespans, costs] = contrasts.map(({ logLevels }) => logLevels);
  if (!makespans || !costs) return [];
  const standings = makespans.map((log, arm) => ({ makespan: Math.exp(log), cost: Math.exp(costs[arm] as number) }));
  const [faster = [], cheaper = []] = judgePairs(contrasts);
  // Both metrics have the same pairs in the same order.
  const worseInBoth = faster.flatMap(({ first, second, better }, i) =>
    better !== null && better === cheaper[i]?.better ? [better === first ? second : first] : [],
  );
  const dominated = new Set(worseInBoth);
  return standings.map((standing, place) => ({
    scope,
    place,
    blockCount: both.length,
    ...standing,
    status: dominated.has(place) ? 'dominated-for-certain' : statusOf(standing, standings),
  }));
}

/** An arm is dominated by one that is no worse in either and better in one of both. */
function statusOf(own: Standing, all: readonly Standing[]): ParetoStatus {
  const isDominated = all.some(
    ({ makespan, cost }) =>
      makespan <= own.makespan && cost <= own.cost && (makespan < own.makespan || cost < own.cost),
  );
  return isDominated ? 'dominated' : 'front';
}
