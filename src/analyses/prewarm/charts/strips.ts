import { ENGINE_WORDS } from '../../../model/engine-version.ts';
import { shortenPlanners } from '../../../model/names.ts';
import { ABOUT } from '../../../view/about.ts';
import { drawPanels, type HeadLine, type Panel } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordFigure } from '../../../view/words.ts';
import type { Durations, PrewarmResult, StartupGroup } from '../result.ts';

/** Pixels between panels that have no vertical axis on their left. */
const NO_VERTICAL_AXIS = 16;
/** Pixels of a strip at least, with its label. */
const LEAST_STRIP = 28;

interface Strip {
  readonly label: string;
  readonly color: string;
  readonly durations: Durations;
}

/** Draws start-up times of prewarmed workers above those of warm and cold starts of the same memory size, in s. */
export function drawStartups(result: PrewarmResult, frame: ChartFrame): VegaLiteSpec {
  const { gain, loss, muted, ink } = frame.palette;
  const legend = [
    "A point per start-up; bar and figure: median; before it the number of start-ups. Prewarmed: this planner's, started warm; in vain: prewarmed, but not started warm. For comparison, of every planner and the same memory size: warm starts that no prewarm was meant for, and all cold starts.",
  ];
  return drawStrips(result, legend, 'start-up (s)', frame, (group) => [
    { label: 'prewarmed', color: gain, durations: group.prewarmedWarm },
    { label: 'in vain', color: loss, durations: group.prewarmedNotWarm },
    { label: 'warm', color: muted, durations: group.warm },
    { label: 'cold', color: ink, durations: group.cold },
  ]);
}

/** Draws the leads of prewarms, from the container's readiness to the request for its worker, in s. */
export function drawLeads(result: PrewarmResult, frame: ChartFrame): VegaLiteSpec {
  const { gain, loss } = frame.palette;
  const legend = [
    'A point per prewarm; bar and figure: median; before it the number of prewarms. Lead: from the container being ready to its worker being asked for; left of 0 the prewarm came too late. In vain: the worker did not start warm.',
  ];
  return drawStrips(result, legend, 'lead (s)', frame, (group) => [
    { label: 'started warm', color: gain, durations: group.leadWarm },
    { label: 'in vain', color: loss, durations: group.leadNotWarm },
  ]);
}

function drawStrips(
  result: PrewarmResult,
  legend: readonly string[],
  title: string,
  frame: ChartFrame,
  stripsOf: (group: StartupGroup) => readonly Strip[],
): VegaLiteSpec {
  const all = result.startups.map((group) => ({ group, strips: stripsOf(group) }));
  const measured = new Set(all.flatMap(({ strips }) => strips.filter(hasAny).map(({ label }) => label)));
  // The same strip stands at the same height in all panels, also where it is empty.
  const groups = all
    .filter(({ strips }) => strips.some(hasAny))
    .map(({ group, strips }) => ({ group, strips: strips.filter(({ label }) => measured.has(label)) }));
  const seconds = groups.flatMap(({ strips }) => strips.flatMap(({ durations }) => durations.sortedMs.map(toSeconds)));
  // One scale for all panels, so that they can be compared.
  const ends: [number, number] = [0, 0];
  for (const x of seconds) {
    ends[0] = Math.min(ends[0], x);
    ends[1] = Math.max(ends[1], x);
  }
  // Where all are at once, the axis still has a length.
  if (ends[0] === ends[1]) ends[1] = 1;
  const shorten = shortenPlanners(result.planners);
  const rowCount = measured.size;
  const severalEngines = new Set(groups.map(({ group }) => group.resourceMeasure)).size > 1;
  const panels = groups.map(
    ({ group, strips }): Panel => ({
      head: headOf(group, shorten(group.planner), severalEngines),
      draw: ({ width }) => drawPanel(strips, { domain: ends, rowCount, title, width, frame }),
    }),
  );
  return drawPanels(
    panels,
    {
      titles: [result.headline],
      legend,
      whyEmpty: 'no prewarmed worker has such times',
      axisWidth: NO_VERTICAL_AXIS,
      leastHeight: rowCount * LEAST_STRIP,
    },
    frame,
  );
}

const hasAny = ({ durations }: Strip): boolean => durations.count > 0;

const headOf = ({ memoryMb, resourceMeasure }: StartupGroup, planner: string, severalEngines: boolean): HeadLine[] => [
  { text: planner, bold: true },
  { text: `${memoryMb} MB` },
  ...(severalEngines
    ? [{ text: resourceMeasure === null ? 'engine unknown' : `${ENGINE_WORDS[resourceMeasure]} engine` }]
    : []),
];

const toSeconds = (ms: number): number => ms / 1000;

interface PanelLayout {
  /** In seconds. */
  readonly domain: readonly number[];
  readonly rowCount: number;
  readonly title: string;
  readonly width: number;
  readonly frame: ChartFrame;
}

/** Places of a strip's label, points and median in its row, from its top, as fractions of the row. */
const ROW = { label: 0.22, points: 0.7, spread: 0.3, medianTop: 0.46, medianBottom: 0.94 };
/** Steps of the golden ratio fill an interval evenly, in any number and always the same way. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

function drawPanel(strips: readonly Strip[], layout: PanelLayout): Record<string, unknown>[] {
  const { domain, rowCount, title, width, frame } = layout;
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    scale: { domain, nice: true, zero: false },
    axis: { title, grid: true, tickCount: Math.max(2, Math.round(width / 50)), labelOverlap: true },
  });
  const y = (field: string) => ({
    field,
    type: 'quantitative',
    scale: { domain: [0, rowCount], reverse: true, nice: false, zero: false },
    axis: null,
  });
  return strips.flatMap(({ label, color, durations }, row) => [
    {
      data: {
        values: durations.sortedMs.map((ms, i) => ({
          seconds: toSeconds(ms),
          about: `${label}: ${wordFigure(toSeconds(ms))} s`,
          row: row + ROW.points + (((i * GOLDEN) % 1) - 0.5) * ROW.spread,
        })),
      },
      mark: { type: 'point', size: 16, strokeWidth: 1, opacity: 0.7, filled: false, color, ...ABOUT.mark },
      encoding: { x: x('seconds'), y: y('row'), ...ABOUT.encoding },
    },
    {
      data: {
        values: medianOf(durations).map((median) => ({
          median,
          top: row + ROW.medianTop,
          bottom: row + ROW.medianBottom,
          about: `${label}: median ${wordFigure(median)} s of ${durations.count}`,
        })),
      },
      mark: { type: 'rule', strokeWidth: 2.4, color, ...ABOUT.mark },
      encoding: { x: x('median'), y: y('top'), y2: { field: 'bottom' }, ...ABOUT.encoding },
    },
    {
      data: { values: [{ row: row + ROW.label, text: wordLabel(label, durations, width, frame) }] },
      mark: {
        type: 'text',
        align: 'left',
        baseline: 'middle',
        fill: color,
      },
      encoding: { x: { value: 0 }, y: y('row'), text: { field: 'text' } },
    },
  ]);
}

/** A single point is its own median, and needs no bar. */
const medianOf = ({ count, medianMs }: Durations): number[] =>
  medianMs === null || count === 1 ? [] : [toSeconds(medianMs)];

/** The count and the median, in as many words as there is room for. */
function wordLabel(label: string, { count, medianMs }: Durations, width: number, frame: ChartFrame): string {
  if (medianMs === null) return `${label}: none`;
  const figure = `${wordFigure(toSeconds(medianMs))}\u00a0s`;
  const texts = [...(count === 1 ? [] : [`${label}: ${count}, median ${figure}`]), `${label}: ${count}, ${figure}`];
  return texts.find((text) => frame.textWidth(text, frame.fontSize) <= width) ?? `${label}: ${figure}`;
}
