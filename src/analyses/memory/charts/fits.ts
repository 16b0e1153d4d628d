import { max, min } from 'd3-array';
import { ABOUT } from '../../../view/about.ts';
import { chooseLevelTicks, LEVEL_FORMAT } from '../../../view/level-axis.ts';
import { drawPanels, type Panel, type PanelSize } from '../../../view/panel-grid.ts';
import type { ChartFrame, Palette, VegaLiteSpec } from '../../../view/view.ts';
import { wordCount, wordFigure, wordNumber } from '../../../view/words.ts';
import type { FunctionMemory, MemoryResult, SizeTimes } from '../result.ts';
import { wordExponent } from '../wording.ts';

/** Panels at most: those with the largest share of critical paths. */
const MOST_PANELS = 12;
/** Beyond the outermost sizes and times, as a ratio. */
const ROOM = 1.25;
/** Points of one size are spread over this ratio of memory. */
const SPREAD = 1.16;
/** Steps of the golden ratio fill an interval evenly, in any number and always the same way. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Draws the time of the tasks against memory, both logarithmic, with the fitted line: a panel a function, the longest on paths first. */
export function drawFits(result: MemoryResult, frame: ChartFrame): VegaLiteSpec {
  const drawn = result.functions.filter(({ sizes }) => sizes.length > 1);
  const shown = drawn.slice(0, MOST_PANELS);
  const hidden = drawn.length - shown.length;
  const several = new Set(shown.map(({ workflow }) => workflow)).size > 1;
  const panels = shown.map(
    (own): Panel => ({
      head: [
        { text: own.function, bold: true },
        ...(several ? [{ text: own.workflow, color: frame.palette.muted }] : []),
        { text: wordFit(own), color: colorOf(own, frame.palette) },
      ],
      draw: (size) => drawPanel(own, size, frame),
    }),
  );
  const legend = `A point per task, at most 60 a size; bar: median. Line: fitted, with neighbours and input as they are on average; dashed: cannot tell. Flat: memory does not help. Both axes logarithmic; times differ between panels.${hidden > 0 ? ` ${wordCount(hidden, 'function')} with less of the critical path not shown.` : ''}`;
  return drawPanels(
    panels,
    { titles: [result.headline], legend: [legend], whyEmpty: 'no function ran with two sizes' },
    frame,
  );
}

const colorOf = ({ verdict }: FunctionMemory, { gain, ink, uncertain }: Palette): string =>
  verdict === 'helps' ? gain : verdict === 'no-help' ? ink : uncertain;

const VERDICTS = { helps: 'helps', 'no-help': 'no help', 'cannot-tell': 'cannot tell' } as const;

/** `no help: e −0.02 [−0.06, 0.02]`. */
function wordFit({ exponent, ciLow, ciHigh, verdict }: FunctionMemory): string {
  if (exponent === null) return VERDICTS[verdict];
  const interval = ciLow === null || ciHigh === null ? '' : ` [${wordNumber(ciLow, 2)}, ${wordNumber(ciHigh, 2)}]`;
  return `${VERDICTS[verdict]}: e ${wordExponent(exponent)}${interval}`;
}

function drawPanel(own: FunctionMemory, { width, height }: PanelSize, frame: ChartFrame): Record<string, unknown>[] {
  const { palette } = frame;
  const { sizes } = own;
  const color = colorOf(own, palette);
  const memories = sizes.map(({ memoryMb }) => memoryMb);
  const times = sizes.flatMap(({ sortedMs, fittedMs }) => [...sortedMs, ...(fittedMs === null ? [] : [fittedMs])]);
  const domainOf = (amounts: readonly number[]) =>
    [(min(amounts) as number) / ROOM, (max(amounts) as number) * ROOM] as const;
  const levels = chooseLevelTicks(domainOf(times), height, frame, 'up');
  const ticks = thinTicks(memories, width);
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    scale: { type: 'log', domain: domainOf(memories), nice: false },
    axis: { title: 'memory (MB)', values: ticks, format: 'd', grid: false, labelOverlap: true },
  });
  const y = (field: string) => ({
    field,
    type: 'quantitative',
    scale: { type: 'log', domain: domainOf(times), nice: false },
    axis: { title: 'time (ms)', values: levels, format: LEVEL_FORMAT, grid: true, labelOverlap: false },
  });
  const points = sizes.flatMap(({ memoryMb, sortedMs }) =>
    sortedMs.map((ms, i) => ({ memory: memoryMb * SPREAD ** (((i * GOLDEN) % 1) - 0.5), ms })),
  );
  const fitted = sizes.flatMap(({ memoryMb, fittedMs }) =>
    fittedMs === null ? [] : [{ memory: memoryMb, ms: fittedMs }],
  );
  return [
    {
      data: { values: points },
      mark: { type: 'point', size: 14, strokeWidth: 1, opacity: 0.55, filled: false, color: palette.muted },
      encoding: { x: x('memory'), y: y('ms') },
    },
    {
      data: {
        values: sizes.map((size) => ({
          left: size.memoryMb / SPREAD,
          right: size.memoryMb * SPREAD,
          ms: size.medianMs,
          about: describeSize(own, size),
        })),
      },
      mark: { type: 'rule', strokeWidth: 2.2, color: palette.ink, ...ABOUT.mark },
      encoding: { x: x('left'), x2: { field: 'right' }, y: y('ms'), ...ABOUT.encoding },
    },
    {
      data: { values: fitted },
      mark: {
        type: 'line',
        color,
        strokeWidth: 1.8,
        ...(own.verdict === 'cannot-tell' ? { strokeDash: [4, 3] } : {}),
      },
      encoding: { x: x('memory'), y: y('ms') },
    },
  ];
}

const describeSize = ({ function: name }: FunctionMemory, { memoryMb, taskCount, medianMs }: SizeTimes): string =>
  `${name} with ${memoryMb} MB: ${wordCount(taskCount, 'task')}, median ${wordFigure(medianMs)} ms`;

/** Pixels of a tick's label. */
const TICK_WIDTH = 34;

/** The sizes that have room for their label, the ends always. */
function thinTicks(memories: readonly number[], width: number): number[] {
  const room = Math.max(2, Math.floor(width / TICK_WIDTH));
  const step = Math.max(1, Math.ceil((memories.length - 1) / (room - 1)));
  return memories.filter((_, i) => i % step === 0 || i === memories.length - 1);
}
