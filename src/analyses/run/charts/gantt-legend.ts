import { PART_LABELS } from '../../../view/part-marks.ts';
import type { ChartFrame, Palette } from '../../../view/view.ts';
import { wordFigure } from '../../../view/words.ts';
import type { RunResult } from '../result.ts';
import { isThin, type Layout } from './gantt-layout.ts';
import { type Box, boxOf, type Look, PHASES, phaseLook, planLook, startupLook } from './gantt-looks.ts';
import { drawBoxes, drawCrosses, drawLabels, drawLines, type Label, type Line } from './gantt-marks.ts';

/** The signs of a Gantt chart, drawn as they stand in it. */

interface Entry {
  readonly text: string;
  /** In the upper or lower part of a symbol, as in the chart. */
  readonly box?: { readonly look: Look; readonly low?: boolean };
  readonly line?: { readonly vertical: boolean; readonly dashed: boolean; readonly strokeWidth: number };
  readonly cross?: boolean;
}

/** Only what occurs in this run. */
function listEntries(result: RunResult, withPlan: boolean, thin: boolean, palette: Palette): Entry[] {
  const recorded = result.tasks.flatMap((task) => (task.recorded ? [task.recorded] : []));
  const ready = result.startups.filter(({ readyAtMs }) => readyAtMs !== null);
  const planned = withPlan && result.tasks.some((task) => task.planned !== null);
  return [
    ...(['cold', 'warm', null] as const)
      .filter((state) => ready.some((startup) => startup.state === state))
      .map((state) => ({
        text: state === null ? 'start-up, state unknown' : `${state} start-up`,
        box: { look: startupLook(state, palette, thin) },
      })),
    ...(ready.length < result.startups.length ? [{ text: 'asked for, never ready', cross: true }] : []),
    ...PHASES.filter(({ span }) => recorded.some((task) => span(task)[1] > span(task)[0])).map((phase) => ({
      text: PART_LABELS[phase.part],
      box: { look: phaseLook(phase, palette), low: phase.strip === 'after' },
    })),
    ...(planned ? [{ text: 'planned', box: { look: planLook(palette), low: true } }] : []),
    ...('missing' in result.criticalPath
      ? []
      : [{ text: 'critical path', line: { vertical: false, dashed: false, strokeWidth: 2 } }]),
    ...makespanEntry('makespan', result.makespanMs, false),
    ...makespanEntry('planned makespan', withPlan ? result.plannedMakespanMs : null, true),
  ];
}

const makespanEntry = (name: string, ms: number | null, dashed: boolean): Entry[] =>
  ms === null ? [] : [{ text: `${name} ${wordFigure(ms / 1000)} s`, line: { vertical: true, dashed, strokeWidth: 1 } }];

const SYMBOL = { width: 16, height: 12, lowTop: 6, lowHeight: 5, gap: 5 };
const [ENTRY_GAP, ROW_HEIGHT] = [14, 18];

interface Marks {
  readonly boxes: Box[];
  readonly lines: Line[];
  readonly crosses: { readonly x: number; readonly y: number }[];
  readonly labels: Label[];
}

/** All entries from left to right, in as many rows as it takes, as a view of its own. */
export function drawLegend(result: RunResult, withPlan: boolean, { width, strips }: Layout, frame: ChartFrame) {
  const marks: Marks = { boxes: [], lines: [], crosses: [], labels: [] };
  let [x, y] = [0, 0];
  for (const entry of listEntries(result, withPlan, isThin(strips), frame.palette)) {
    const length = SYMBOL.width + SYMBOL.gap + frame.textWidth(entry.text, frame.fontSize);
    if (x > 0 && x + length > width) [x, y] = [0, y + ROW_HEIGHT];
    placeEntry(entry, x, y, marks, frame.palette);
    x += length + ENTRY_GAP;
  }
  const height = y + ROW_HEIGHT;
  const encode = (end: number, reverse: boolean) => (field: string) => ({
    field,
    type: 'quantitative',
    scale: { domain: [0, end], nice: false, zero: false, reverse },
    axis: null,
  });
  const axes = { x: encode(width, false), y: encode(height, true) };
  return {
    width,
    height,
    layer: [
      ...drawBoxes(marks.boxes, axes),
      ...drawLines(marks.lines, axes),
      ...drawCrosses(marks.crosses, axes, frame.palette),
      ...drawLabels(marks.labels, axes),
    ],
  };
}

function placeEntry({ text, box, line, cross }: Entry, x: number, y: number, marks: Marks, palette: Palette): void {
  const [middle, centre] = [y + ROW_HEIGHT / 2, x + SYMBOL.width / 2];
  const top = middle - SYMBOL.height / 2;
  if (box) {
    const strip = box.low ? { top: top + SYMBOL.lowTop, height: SYMBOL.lowHeight } : { top, height: SYMBOL.height };
    marks.boxes.push(boxOf(box.look, x, x + SYMBOL.width, strip));
  }
  if (cross) marks.crosses.push({ x: centre, y: middle });
  if (line) {
    const ends = line.vertical
      ? { x: centre, x2: centre, y: top, y2: top + SYMBOL.height }
      : { x, x2: x + SYMBOL.width, y: middle, y2: middle };
    marks.lines.push({ ...ends, dashed: line.dashed, strokeWidth: line.strokeWidth, stroke: palette.ink });
  }
  marks.labels.push({ x: x + SYMBOL.width + SYMBOL.gap, y: middle, text, fill: palette.ink });
}
