import type { StartupState } from '../../../model/run.ts';
import type { PART_LABELS } from '../../../view/part-marks.ts';
import type { Palette } from '../../../view/view.ts';
import type { RecordedTask } from '../result.ts';
import type { Strip } from './gantt-layout.ts';

/**
 * The look of each phase. Colours are those of `wfa breakdown`; heights and outlines say the same again, for copying
 * machines and every kind of colour vision.
 */
export interface Look {
  /** Place in its strip, as fractions of the strip's height. */
  readonly top: number;
  readonly height: number;
  readonly fill?: string;
  readonly stroke?: string;
  readonly dashed?: boolean;
}

/** A phase of a task has a span in its record, and a place in its strip as fractions of the strip's height. */
export interface Phase {
  readonly part: keyof typeof PART_LABELS;
  readonly strip: 'main' | 'after';
  readonly span: (task: RecordedTask) => readonly [fromAtMs: number, toAtMs: number];
  readonly top: number;
  readonly height: number;
}

/** In the order in which they follow each other. */
export const PHASES: readonly Phase[] = [
  {
    part: 'input-wait',
    strip: 'main',
    span: (task) => [task.startedAtMs, task.executionStartedAtMs],
    top: 0.36,
    height: 0.28,
  },
  {
    part: 'execution',
    strip: 'main',
    span: (task) => [task.executionStartedAtMs, task.executionEndedAtMs],
    top: 0,
    height: 1,
  },
  {
    part: 'upload',
    strip: 'main',
    span: (task) => [task.executionEndedAtMs, task.outputAvailableAtMs],
    top: 0.2,
    height: 0.6,
  },
  {
    part: 'dependency-update',
    strip: 'after',
    span: (task) => [task.outputAvailableAtMs, task.outputAvailableAtMs + (task.dependencyUpdateMs ?? 0)],
    top: 0,
    height: 1,
  },
  {
    part: 'invocation',
    strip: 'after',
    span: (task) => [task.outputAvailableAtMs + (task.dependencyUpdateMs ?? 0), task.finishedAtMs],
    top: 0,
    height: 0.5,
  },
];

/** Chooses the look of a phase in a palette. */
export const phaseLook = ({ part, top, height }: Phase, palette: Palette): Look => ({
  top,
  height,
  fill: colourOf(part, palette),
});

/** Chooses the colour of a part of a run's time. */
export const colourOf = (part: Phase['part'], palette: Palette): string => palette.activities[part];

/** Cold is filled, warm is empty, unknown is dashed; in thin rows cold is dark, and the others are pale and lower. */
export function startupLook(state: StartupState | null, palette: Palette, thin: boolean): Look {
  const colour = colourOf('startup', palette);
  if (thin && state === 'cold') return { top: 0, height: 1, fill: colour };
  if (thin) return { top: 0.2, height: 0.6, fill: mix(colour, palette.background, 0.45) };
  const outline = { top: 0.04, height: 0.92, stroke: colour };
  return state === 'cold'
    ? { ...outline, fill: mix(colour, palette.background, 0.35) }
    : { ...outline, dashed: state === null };
}

/**
 * Mixes that fraction of the first colour into the second; both as `#rrggbb`. Opaque, unlike an opacity: nothing shines through.
 */
function mix(first: string, second: string, fraction: number): string {
  const channels = [1, 3, 5].map((at) => {
    const [a, b] = [first, second].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16)) as [number, number];
    return Math.round(a * fraction + b * (1 - fraction))
      .toString(16)
      .padStart(2, '0');
  });
  return `#${channels.join('')}`;
}

/** Planned times are outlines: they did not happen. */
export const planLook = (palette: Palette): Look => ({ top: 0.1, height: 0.8, stroke: palette.muted });

/** A rectangle in pixels downwards; across in whatever its scale has. */
export interface Box {
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
  readonly fill: string;
  readonly stroke: string;
  readonly dashed: boolean;
  /** Says in words what it stands for; empty in legends. */
  readonly about: string;
}

/** Creates the box of a look from x to x2 in a strip. */
export const boxOf = (look: Look, x: number, x2: number, strip: Strip, about = ''): Box => ({
  about,
  x,
  x2,
  y: strip.top + look.top * strip.height,
  y2: strip.top + (look.top + look.height) * strip.height,
  fill: look.fill ?? 'transparent',
  stroke: look.stroke ?? 'transparent',
  dashed: look.dashed ?? false,
});
