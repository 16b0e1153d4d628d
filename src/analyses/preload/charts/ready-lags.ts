import { ascending } from 'd3-array';
import { groupBy } from '../../../model/group-by.ts';
import { shortenStructures } from '../../../model/short-ids.ts';
import { thinSorted } from '../../../stats/order-statistics.ts';
import type { PreloadResult, ReadyLag } from '../result.ts';

/** Points on one side of a panel at most: more would be a smear, and evenly spaced order statistics stand for them. */
const MOST_POINTS = 200;

/** A group holds the ready lags of one panel. */
export interface Group {
  readonly name: string;
  readonly lags: readonly ReadyLag[];
}

/** Groups ready lags by workflow and structure; a name shows the structure hash only where its workflow has several. */
export function groupWorkflows({ readyLags }: PreloadResult): Group[] {
  const workflows = groupBy(readyLags, ({ workflow }) => workflow).map((lags) =>
    groupBy(lags, ({ structure }) => structure).map((own) => own as [ReadyLag, ...ReadyLag[]]),
  );
  const shorten = shortenStructures(readyLags.map(({ structure }) => structure));
  return workflows
    .flatMap((structures) => structures.map((lags) => ({ lags, first: lags[0], several: structures.length > 1 })))
    .sort((a, b) => ascending(a.first.workflow, b.first.workflow) || ascending(a.first.structure, b.first.structure))
    .map(({ lags, first: { workflow, structure }, several }) => ({
      name: several ? `${workflow} ${shorten(structure)}` : workflow,
      lags,
    }));
}

/** Encodes a quantitative axis that need not begin at 0. */
export const quantitative = (field: string, title: string) => ({
  field,
  type: 'quantitative',
  scale: { nice: true, zero: false },
  axis: { tickCount: 4, grid: true, title, format: ',d', labelOverlap: true },
});

/** The sides of the comparison, in the order of the charts. */
export const SIDES = ['without', 'preloaded'] as const;
/** Tells the side of a ready lag. */
export const sideOf = ({ preloaded }: ReadyLag) => (preloaded ? 'preloaded' : 'without');

/** Sorts ready lags in ms, and thins them to at most 200. */
export const thinOut = (lags: readonly ReadyLag[]): readonly number[] =>
  thinSorted(
    lags.map(({ readyLagMs }) => readyLagMs).sort((a, b) => a - b),
    MOST_POINTS,
  );
