import { CONTAINER_STATES, type ContainerState } from '../../containers/periods.ts';
import { MinHeap } from '../../model/min-heap.ts';
import type { PeriodResult } from './result.ts';
import type { TimeAxis } from './time-axis.ts';

/** A swimmer is a container as a lane shows it. */
export interface Swimmer {
  readonly periods: readonly Pick<PeriodResult, 'state' | 'startAtMs' | 'endAtMs'>[];
}

/** Containers up to which each has a lane of its own; of more, each takes the first lane that is free. */
const MOST_OWN_LANES = 30;

/** The lanes of a picture of containers. */
export interface Lanes {
  /** Lane of each container, from 0. */
  readonly lanes: readonly number[];
  readonly laneCount: number;
}

const spanOf = ({ periods }: Swimmer) => ({
  fromMs: periods[0]?.startAtMs ?? 0,
  toMs: periods.at(-1)?.endAtMs ?? 0,
});

/** Interval partitioning: as few lanes as there are containers alive at one time. O(n log n). */
export function assignLanes(containers: readonly Swimmer[]): Lanes {
  if (containers.length <= MOST_OWN_LANES) {
    return { lanes: containers.map((_, i) => i), laneCount: Math.max(1, containers.length) };
  }
  const order = containers.map((container, i) => ({ ...spanOf(container), i })).sort((a, b) => a.fromMs - b.fromMs);
  const free = new MinHeap<number>((a, b) => a - b);
  const taken = new MinHeap<{ readonly untilMs: number; readonly lane: number }>((a, b) => a.untilMs - b.untilMs);
  const lanes = containers.map(() => 0);
  let laneCount = 0;
  for (const { fromMs, toMs, i } of order) {
    while (taken.first && taken.first.untilMs <= fromMs) free.push((taken.pop() as { lane: number }).lane);
    const lane = free.pop() ?? laneCount++;
    lanes[i] = lane;
    taken.push({ untilMs: toMs, lane });
  }
  return { lanes, laneCount };
}

/** A stretch of one state; positions on the time axis. */
export interface Band {
  readonly lane: number;
  readonly state: ContainerState;
  readonly from: number;
  readonly to: number;
}

/**
 * The bands of every lane. What is narrower than half a pixel is not drawn by itself: the band before it goes on until the next one
 * that is wider.
 */
export function bandLanes(
  containers: readonly Swimmer[],
  lanes: readonly number[],
  axis: TimeAxis,
  width: number,
): Band[] {
  const least = axis.lengthMs / width / 2;
  return containers.flatMap(({ periods }, i) => {
    const bands: { lane: number; state: ContainerState; from: number; to: number }[] = [];
    for (const { state, startAtMs, endAtMs } of periods) {
      const [from, to] = [axis.place(startAtMs), axis.place(endAtMs)];
      const before = bands.at(-1);
      if (before && (to - from < least || before.state === state)) before.to = to;
      else bands.push({ lane: lanes[i] as number, state, from, to });
    }
    return bands;
  });
}

/** Mean number of containers in each state over one column of pixels that begins at `position`. */
export type StateCount = { readonly position: number } & Readonly<Record<ContainerState, number>>;

/** One for every column of pixels. O(periods + width). */
export function countStates(containers: readonly Swimmer[], axis: TimeAxis, width: number): StateCount[] {
  const step = axis.lengthMs / width;
  const sums = CONTAINER_STATES.map((state) => ({ state, counts: new Float64Array(width + 2) }));
  for (const { state, counts } of sums) {
    // Each period adds to the integral of the count a slope that begins in one column and ends in another.
    for (const { periods } of containers) {
      for (const period of periods) {
        if (period.state !== state) continue;
        addSpan(counts, axis.place(period.startAtMs) / step, axis.place(period.endAtMs) / step);
      }
    }
    let carried = 0;
    for (let column = 0; column < counts.length; column++) {
      const share = counts[column] as number;
      carried += share;
      // Rounding must not lead below nothing.
      counts[column] = Math.max(0, carried);
    }
  }
  return Array.from({ length: width }, (_, column) => {
    const at = (wanted: ContainerState) => sums.find(({ state }) => state === wanted)?.counts[column] ?? 0;
    return { position: column * step, starting: at('starting'), busy: at('busy'), idle: at('idle'), tail: at('tail') };
  });
}

/** Adds how much of each column a span covers, as differences from column to column. */
function addSpan(differences: Float64Array, from: number, to: number): void {
  const [first, last] = [Math.floor(from), Math.floor(to)];
  const [inFirst, inLast] = [first + 1 - from, to - last];
  const add = (column: number, amount: number) => {
    differences[column] = (differences[column] ?? 0) + amount;
  };
  add(first, inFirst);
  add(first + 1, 1 - inFirst);
  add(last, inLast - 1);
  add(last + 1, -inLast);
}

/** Counts the most containers alive at one instant of each column, whatever its width: no peak is lost in a mean. O(n log n). */
export function countMostAlive(containers: readonly Swimmer[], axis: TimeAxis, width: number): number[] {
  const step = axis.lengthMs / width;
  const changes = containers
    .filter(({ periods }) => periods.length > 0)
    .map(spanOf)
    .flatMap(({ fromMs, toMs }) => [
      { at: axis.place(fromMs) / step, by: 1 },
      { at: axis.place(toMs) / step, by: -1 },
    ])
    // Whoever leaves makes room for who comes at the same instant.
    .sort((a, b) => a.at - b.at || a.by - b.by);
  let [alive, next] = [0, 0];
  return Array.from({ length: width }, (_, column) => {
    let most = alive;
    for (let change = changes[next]; change && change.at < column + 1; change = changes[++next]) {
      alive += change.by;
      most = Math.max(most, alive);
    }
    return most;
  });
}
