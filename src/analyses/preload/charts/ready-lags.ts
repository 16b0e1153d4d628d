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
  const groups = new Map<string, ReadyLag[]>();
  for (const lag of readyLags) {
    const key = `${lag.workflow}\n${lag.structure}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(lag);
  }
  const keys = [...groups.keys()].sort();
  return keys.map((key) => {
    const [workflow = '', structure = ''] = key.split('\n');
    const several = keys.filter((other) => other.startsWith(`${workflow}\n`)).length > 1;
    return { name: several ? `${workflow} #${structure.slice(0, 6)}` : workflow, lags: groups.get(key) ?? [] };
  });
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
