import { greatest } from 'd3-array';
import type { ChartFrame } from '../../view/view.ts';
import { toIsoInstant } from '../../view/words.ts';

/** A time axis that leaves out long stretches in which nothing was alive, so that runs days apart fit one picture. */

export interface TimeAxis {
  /** In ms from the first instant shown, without what was left out. */
  readonly lengthMs: number;
  readonly ticks: readonly { readonly position: number; readonly label: string }[];
  /** Positions at which a stretch was left out. */
  readonly cuts: readonly number[];
  readonly place: (atMs: number) => number;
}

interface Segment {
  readonly fromMs: number;
  readonly toMs: number;
  readonly position: number;
}

/** A gap longer than that share of the time alive is cut to the other share of it. */
const [LONG_GAP, CUT_GAP] = [0.05, 0.012];
const STEPS_S = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400];
const DAY_MS = 86_400_000;
/** More than any width has room for. */
const MOST_TICKS = 1000;
/** With fewer, nobody can read an instant off the axis. */
const FEWEST_TICKS = 3;

/** The axis over the spans in which something was alive, `width` pixels long. At least one span. */
export function layOutTimeAxis(
  spans: readonly { readonly fromMs: number; readonly toMs: number }[],
  width: number,
  frame: ChartFrame,
): TimeAxis {
  const segments = joinSpans(spans);
  const last = segments.at(-1) as Segment;
  const lengthMs = Math.max(1, last.position + last.toMs - last.fromMs);
  const place = (atMs: number): number => {
    const segment = segments.findLast(({ fromMs }) => fromMs <= atMs);
    return segment ? segment.position + Math.min(atMs, segment.toMs) - segment.fromMs : 0;
  };
  const ticks = placeTicks(segments, lengthMs, width, frame);
  return { lengthMs, ticks, cuts: segments.slice(1).map(({ position }) => position), place };
}

function joinSpans(spans: readonly { readonly fromMs: number; readonly toMs: number }[]): Segment[] {
  const joined: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const before = joined.at(-1);
    if (before && fromMs <= before.toMs) before.toMs = Math.max(before.toMs, toMs);
    else joined.push({ fromMs, toMs });
  }
  const aliveMs = joined.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const segments: Segment[] = [];
  for (const span of joined) {
    const before = segments.at(-1);
    if (before && span.fromMs - before.toMs <= aliveMs * LONG_GAP) {
      segments[segments.length - 1] = { ...before, toMs: span.toMs };
      continue;
    }
    const position = before ? before.position + before.toMs - before.fromMs + aliveMs * CUT_GAP : 0;
    segments.push({ ...span, position });
  }
  return segments;
}

/** Round instants, as many as have room. */
function placeTicks(
  segments: readonly Segment[],
  lengthMs: number,
  width: number,
  frame: ChartFrame,
): TimeAxis['ticks'] {
  const severalDays = new Set(segments.map(({ fromMs }) => Math.floor(fromMs / DAY_MS))).size > 1;
  const labelWidth = frame.textWidth(wordTick(0, 1000, severalDays), frame.fontSize) + 14;
  const least = (labelWidth / width) * lengthMs;
  const stepS = STEPS_S.find((step) => step * 1000 >= least) ?? Math.ceil(least / DAY_MS) * 86_400;
  // Round instants may all lie in what was left out: then less round ones.
  const finer = STEPS_S.filter((step) => step >= 1 && step < stepS).reverse();
  const tried = [stepS, ...finer].map((step) => placeTicksEvery(step * 1000, segments, least, severalDays));
  return tried.find(({ length }) => length >= FEWEST_TICKS) ?? greatest(tried, ({ length }) => length) ?? [];
}

/** Instants that are whole steps, those that have room. */
function placeTicksEvery(
  stepMs: number,
  segments: readonly Segment[],
  leastDistance: number,
  severalDays: boolean,
): TimeAxis['ticks'] {
  const ticks: { position: number; label: string }[] = [];
  for (const { fromMs, toMs, position } of segments) {
    // Counted, not added up: where a step is less than the last digit of an instant, adding would never end.
    const first = Math.ceil(fromMs / stepMs);
    const count = Math.min(MOST_TICKS, Math.floor(toMs / stepMs) - first + 1);
    for (let i = 0; i < count; i++) {
      const atMs = (first + i) * stepMs;
      const at = position + atMs - fromMs;
      const before = ticks.at(-1);
      if (!before || at - before.position >= leastDistance)
        ticks.push({ position: at, label: wordTick(atMs, stepMs, severalDays) });
    }
  }
  return ticks;
}

/** `18:43`, `18:43:05`, `11-20 18:43`; UTC. Nothing beyond what a date can hold. */
function wordTick(atMs: number, stepMs: number, severalDays: boolean): string {
  const iso = toIsoInstant(atMs);
  if (iso === null) return '';
  const time = iso.indexOf('T');
  const clock = iso.slice(time + 1, time + (stepMs % 60_000 === 0 ? 6 : stepMs < 1000 ? 11 : 9));
  return severalDays ? `${iso.slice(time - 5, time)} ${clock}` : clock;
}
