import type { ChartFrame } from './view.ts';
import { wordPercentChange } from './words.ts';

/**
 * The axis is logarithmic in ratios and read as changes in per cent. Only there do halving and doubling look alike, and intervals of
 * ratios lie evenly around their estimate.
 */
export interface RatioAxis {
  readonly domain: readonly [number, number];
  readonly ticks: readonly RatioTick[];
}

/** A tick stands at a ratio and is labelled with its change. */
export interface RatioTick {
  readonly ratio: number;
  /** Change in per cent with its sign: `−50`, `0`, `+100`. */
  readonly label: string;
}

/** Changes worth a tick, most wanted first, in per cent. */
const WANTED = [
  0, 100, -50, 20, -20, 50, 10, -10, -33, 5, -5, 300, -75, 2, -2, 1, -1, 900, -90, 9900, -99, 30, -30, 70, -40, 4900,
  1900, -98,
];
const SPACE_BETWEEN_LABELS = 4;
const OVERHANG = 8;
/** Share of the axis beyond the outermost mark. */
const MARGIN = 0.04;

/** The axis reaches that far below no change at least. */
const LEAST_BELOW = 0.99;

/**
 * Lays the axis out over all positive `ratios` and 1, with as many ticks as fit `width` pixels. `leastRatio` 1 is for ratios that cannot
 * be below it.
 */
export function layOutRatioAxis(
  ratios: readonly number[],
  width: number,
  frame: ChartFrame,
  leastRatio = LEAST_BELOW,
): RatioAxis {
  const logs = ratios.filter((ratio) => ratio > 0 && Number.isFinite(ratio)).map(Math.log);
  const low = logs.reduce((least, log) => Math.min(least, log), Math.log(leastRatio));
  const high = logs.reduce((most, log) => Math.max(most, log), Math.log(1.01));
  const margin = (high - low) * MARGIN;
  const domain = [Math.exp(low - margin), Math.exp(high + margin)] as const;
  const ticks = placeTicks(WANTED, domain, width, frame);
  // The line at no change is drawn in any case: where its label leaves no room for others, they tell more.
  return { domain, ticks: ticks.length > 1 ? ticks : placeTicks(WANTED.slice(1), domain, width, frame) };
}

function placeTicks(
  wanted: readonly number[],
  [from, to]: RatioAxis['domain'],
  width: number,
  frame: ChartFrame,
): RatioTick[] {
  const placed: (RatioTick & { readonly left: number; readonly right: number })[] = [];
  for (const percent of wanted) {
    const ratio = 1 + percent / 100;
    const at = (Math.log(ratio / from) / Math.log(to / from)) * width;
    const label = wordPercentChange(percent / 100, 0);
    const half = frame.textWidth(label, frame.fontSize) / 2 + SPACE_BETWEEN_LABELS / 2;
    // A label may reach a little beyond the panel, but not into the next.
    if (at < Math.max(0, half - OVERHANG) || at > Math.min(width, width - half + OVERHANG)) continue;
    const [left, right] = [at - half, at + half];
    if (placed.every((tick) => right <= tick.left || left >= tick.right)) placed.push({ ratio, label, left, right });
  }
  return placed.sort((a, b) => a.ratio - b.ratio).map(({ ratio, label }) => ({ ratio, label }));
}

/** Encodes an axis as Vega-Lite's scale and axis. */
export function encodeRatioAxis(axis: RatioAxis, title: string | null): Record<string, unknown> {
  const labels = Object.fromEntries(axis.ticks.map(({ ratio, label }) => [String(ratio), label]));
  return {
    scale: { type: 'log', domain: axis.domain, nice: false },
    axis: {
      values: axis.ticks.map(({ ratio }) => ratio),
      labelExpr: `(${JSON.stringify(labels)})[datum.value]`,
      labelOverlap: false,
      labelFlush: false,
      grid: false,
      title,
    },
  };
}
