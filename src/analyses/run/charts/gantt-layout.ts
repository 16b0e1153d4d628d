import { max, min } from 'd3-array';
import { CHART_PADDING } from '../../../view/chart-text.ts';
import type { ChartFrame } from '../../../view/view.ts';
import type { RecordedTask, RunResult, RunStartup, RunTask } from '../result.ts';

/**
 * The layout of a Gantt chart places everything, in seconds and pixels. A worker is a lane; tasks that it ran at the same time have
 * rows of their own, so that nothing covers anything else.
 */

/** A task that ran. */
export type DrawnTask = RunTask & { readonly recorded: RecordedTask };

/** An item is a bar of the chart: a task or a start-up. */
export type Item = { readonly task: DrawnTask } | { readonly startup: RunStartup };

/** The strips of a row, as y coordinates from its top. */
export interface Strips {
  readonly height: number;
  /** Height at which the critical path runs. */
  readonly path: number;
  /** Waiting, executing, uploading, starting up. */
  readonly main: Strip;
  /** Dependency update and invocation, which go on while the worker has begun with the next task. */
  readonly after: Strip;
  /** The plan; `null`: not shown. */
  readonly plan: Strip | null;
}

/** A strip is a band of a row, in pixels from the row's top. */
export interface Strip {
  readonly top: number;
  readonly height: number;
}

/** A lane belongs to one worker, or to several in turn; pixels from the chart's top. */
export interface Lane {
  readonly label: string;
  readonly top: number;
  readonly height: number;
}

/** The layout holds every place of the chart, in pixels and seconds. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly labelWidth: number;
  /** In seconds. */
  readonly domain: readonly [number, number];
  readonly pixelsPerSecond: number;
  readonly strips: Strips;
  readonly lanes: readonly Lane[];
  /** Lanes hold several workers, one after the other. */
  readonly shared: boolean;
  readonly placed: readonly { readonly item: Item; readonly top: number }[];
  /** Beyond this many seconds planned times are cut; `null`: none is. */
  readonly cutAtSeconds: number | null;
  readonly secondsOf: (atMs: number) => number;
}

/** Heights at full size, in pixels: the path's line, the bar with room for its name, what comes after it, the plan, a gap. */
const FULL = { path: 3, main: 14, after: 4, plan: 6, gap: 2 };
/** A chart higher than this no longer fits a page: rows shrink instead, but not below the least. */
const [HIGHEST, LOWEST_ROW] = [680, 3];
/** With more rows than this, workers that do not overlap share lanes. */
const MOST_ROWS = 300;
/** Names of lanes take no more of the width than this. */
const LARGEST_LABEL_FRACTION = 0.25;
const LABEL_GAP = 6;
/** Half a label of the axis reaches beyond its last tick. */
const RIGHT_MARGIN = 10;
/** Plans may be wrong by orders of magnitude: they do not squeeze what happened into less than half of the axis. */
const LONGEST_PLAN = 2;

/** Rows in which an outline would leave no inside. */
export const isThin = (strips: Strips): boolean => strips.main.height < 6;

/** Lays the chart out in the frame; `height`: pixels asked for, `null`: as many as the rows need. */
export function layOutGantt(result: RunResult, withPlan: boolean, height: number | null, frame: ChartFrame): Layout {
  const packed = packWorkers(result, withPlan);
  const rowCount = packed.lanes.reduce((sum, lane) => sum + lane.rowCount, 0);
  const strips = sizeStrips(rowCount, withPlan, height);
  const width = frame.width - 2 * CHART_PADDING;
  const widest = max(packed.lanes, ({ label }) => frame.textWidth(label, frame.fontSize)) ?? 0;
  const labelWidth = Math.ceil(Math.min(widest, width * LARGEST_LABEL_FRACTION)) + LABEL_GAP;
  const secondsOf = (atMs: number) => (atMs - result.zeroAtMs) / 1000;
  const { domain, cutAtSeconds } = spanSeconds(result, withPlan, secondsOf);
  const lanes: Lane[] = [];
  let top = 0;
  for (const { label, rowCount: rows } of packed.lanes) {
    lanes.push({ label, top, height: rows * strips.height });
    top += rows * strips.height;
  }
  return {
    width,
    height: Math.max(top, strips.height),
    labelWidth,
    domain,
    pixelsPerSecond: (width - labelWidth - RIGHT_MARGIN) / (domain[1] - domain[0]),
    strips,
    lanes,
    shared: packed.shared,
    placed: packed.placed.map(({ item, lane, row }) => ({
      item,
      top: (lanes[lane]?.top ?? 0) + row * strips.height,
    })),
    cutAtSeconds,
    secondsOf,
  };
}

function sizeStrips(rowCount: number, withPlan: boolean, height: number | null): Strips {
  const full = FULL.path + FULL.main + FULL.after + (withPlan ? FULL.plan : 0) + FULL.gap;
  const available = (height ?? HIGHEST) / Math.max(1, rowCount);
  const scale = Math.min(1, Math.max(height === null ? LOWEST_ROW : 1, available) / full);
  const main = { top: FULL.path * scale, height: FULL.main * scale };
  const after = { top: main.top + main.height, height: FULL.after * scale };
  return {
    height: full * scale,
    path: (FULL.path * scale) / 2,
    main,
    after,
    plan: withPlan ? { top: after.top + after.height + scale, height: (FULL.plan - 1) * scale } : null,
  };
}

function spanSeconds(result: RunResult, withPlan: boolean, secondsOf: Layout['secondsOf']) {
  const low = Math.min(0, min(result.workers, ({ firstAtMs }) => secondsOf(firstAtMs)) ?? 0);
  const seen = Math.max(
    (result.makespanMs ?? 0) / 1000,
    max(result.workers, ({ lastAtMs }) => secondsOf(lastAtMs)) ?? 0,
  );
  const planned = withPlan
    ? result.tasks.flatMap((task) => (task.planned ? [secondsOf(task.planned.completionAtMs)] : []))
    : [];
  const longest = Math.max(seen, max(planned) ?? seen);
  const limit = (seen || 1) * LONGEST_PLAN;
  return {
    domain: [low, Math.min(longest, limit) || 1] as const,
    cutAtSeconds: longest > limit ? limit : null,
  };
}

interface Packed {
  readonly lanes: readonly { readonly label: string; readonly rowCount: number }[];
  readonly shared: boolean;
  readonly placed: readonly { readonly item: Item; readonly lane: number; readonly row: number }[];
}

/** A lane for each worker; with too many of them, one for as many as follow each other. */
function packWorkers(result: RunResult, withPlan: boolean): Packed {
  const items = new Map<string, Item[]>(result.workers.map(({ label }) => [label, []]));
  for (const startup of result.startups) items.get(startup.worker)?.push({ startup });
  for (const task of result.tasks) if (isDrawn(task)) items.get(task.worker ?? '')?.push({ task });
  const packed = [...items].map(([label, own]) => ({ label, ...packRows(own, withPlan) }));
  const rowCount = packed.reduce((sum, lane) => sum + lane.rowCount, 0);
  const laneOf = rowCount > MOST_ROWS ? shareLanes(result.workers) : packed.map((_, lane) => lane);
  const laneCount = (max(laneOf) ?? -1) + 1;
  const shared = laneCount < packed.length;
  const byLane = Array.from({ length: laneCount }, (): typeof packed => []);
  for (const [worker, one] of packed.entries()) byLane[laneOf[worker] as number]?.push(one);
  return {
    lanes: byLane.map((own) => ({
      label: shared ? '' : (own[0]?.label ?? ''),
      rowCount: max(own, (one) => one.rowCount) ?? 1,
    })),
    shared,
    placed: packed.flatMap(({ rows }, worker) => rows.map((at) => ({ ...at, lane: laneOf[worker] ?? 0 }))),
  };
}

/** Tells whether a task ran, and so has a bar. */
export const isDrawn = (task: RunTask): task is DrawnTask => task.recorded !== null;

/** First fit in the order of the first instant: no more lanes than workers alive at one time. */
function shareLanes(workers: RunResult['workers']): number[] {
  const ends: number[] = [];
  return workers.map(({ firstAtMs, lastAtMs }) => {
    const free = ends.findIndex((endAtMs) => endAtMs <= firstAtMs);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = lastAtMs;
    return lane;
  });
}

/** Wall clock and monotonic clock of one process agree no better than this. */
const TOLERANCE_MS = 1;

/** Items of a worker that are fitted row by row. */
const MOST_FITTED = 1000;

/**
 * First fit: each item into the first row in which nothing that it covers is taken. The critical path and the start-ups come
 * first, then the others by start, so that the path runs along the first row where it can. O(n²) in a worker's items, so that of
 * very many each takes any row that is free from its beginning to its end.
 */
export function packRows(items: readonly Item[], withPlan: boolean) {
  if (items.length > MOST_FITTED) return packByEnds(items, withPlan);
  const ordered = items.map((item) => ({ item, extent: extentOf(item, withPlan) }));
  ordered.sort((a, b) => rankOf(a.item) - rankOf(b.item) || a.extent.main[0] - b.extent.main[0]);
  const rows: Extent[][] = [];
  const placed = ordered.map(({ item, extent }) => {
    let row = rows.findIndex((taken) => !taken.some((other) => collides(extent, other)));
    if (row === -1) row = rows.push([]) - 1;
    rows[row]?.push(extent);
    return { item, row };
  });
  return { rows: placed, rowCount: Math.max(1, rows.length) };
}

/** Gives each item a row whose last item has ended before it begins, in as few rows as that takes. O(n log n). */
function packByEnds(items: readonly Item[], withPlan: boolean) {
  const spans = items.map((item) => ({ item, span: spanOf(extentOf(item, withPlan)), row: -1 }));
  const byStart = [...spans].sort((a, b) => a.span[0] - b.span[0] || a.span[1] - b.span[1]);
  const byEnd = [...spans].sort((a, b) => a.span[1] - b.span[1] || a.span[0] - b.span[0]);
  const free: number[] = [];
  let [ended, rowCount] = [0, 0];
  for (const placing of byStart) {
    for (let next = byEnd[ended]; next && next.row !== -1 && next.span[1] <= placing.span[0]; next = byEnd[++ended])
      free.push(next.row);
    placing.row = free.pop() ?? rowCount++;
  }
  return { rows: spans.map(({ item, row }) => ({ item, row })), rowCount: Math.max(1, rowCount) };
}

function spanOf({ main, after, plan }: Extent): Interval {
  const strips = [main, after, plan].flatMap((strip) => (strip ? [strip] : []));
  return [min(strips, ([from]) => from) as number, max(strips, ([, to]) => to) as number];
}

const rankOf = (item: Item): number => ('startup' in item || item.task.onCriticalPath ? 0 : 1);

type Interval = readonly [from: number, to: number];

/** The extent of an item in each strip of its row; `null`: nothing. */
interface Extent {
  readonly main: Interval;
  readonly after: Interval | null;
  readonly plan: Interval | null;
}

const collides = (a: Extent, b: Extent): boolean =>
  overlap(a.main, b.main) || overlap(a.after, b.after) || overlap(a.plan, b.plan);

function overlap(a: Interval | null, b: Interval | null): boolean {
  if (a === null || b === null) return false;
  // An item shorter than the tolerance would vanish in the one that it lies in.
  const toleranceMs = Math.min(TOLERANCE_MS, (a[1] - a[0]) / 2, (b[1] - b[0]) / 2);
  return Math.min(a[1], b[1]) - Math.max(a[0], b[0]) > toleranceMs;
}

function extentOf(item: Item, withPlan: boolean): Extent {
  if ('startup' in item) {
    const { requestedAtMs, readyAtMs } = item.startup;
    return { main: [requestedAtMs, readyAtMs ?? requestedAtMs], after: null, plan: null };
  }
  const { recorded, planned } = item.task;
  return {
    main: [recorded.startedAtMs, recorded.outputAvailableAtMs],
    after:
      recorded.finishedAtMs > recorded.outputAvailableAtMs
        ? [recorded.outputAvailableAtMs, recorded.finishedAtMs]
        : null,
    plan: withPlan && planned ? [planned.earliestStartAtMs, planned.completionAtMs] : null,
  };
}
