import { shortenPlanners } from '../../../model/names.ts';
import { CHART_PADDING, cutNames, titleOf } from '../../../view/chart-text.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordCount } from '../../../view/words.ts';
import type { FailuresResult } from '../result.ts';
import { wordFailed, wordWhere } from '../wording.ts';

/** Pixels of a row; rows at most: nobody compares more. */
const [ROW_HEIGHT, MOST_ROWS] = [24, 24];
/** Pixels of title and axis, roughly: only used when a height was asked for. */
const OVERHEAD = 110;
/** Pixels between a name and its row, and between a mark and what is written behind it. */
const GAP = 6;

interface Row {
  readonly name: string;
  readonly text: string;
}

/** The failure rate of each planner with its interval, in %. */
export function drawRates(result: FailuresResult, frame: ChartFrame): VegaLiteSpec {
  const shorten = shortenPlanners(result.planners);
  const rows = result.planners.map((own) => ({
    name: shorten(own.planner),
    text: `${own.failedCount} of ${own.runCount}`,
    percent: (own.failedCount / own.runCount) * 100,
    low: (own.ciLow ?? 0) * 100,
    high: (own.ciHigh ?? 1) * 100,
    fails: own.failedCount > 0,
  }));
  const most = rows.reduce((high, row) => Math.max(high, row.high), 1);
  return drawRows(
    rows,
    {
      title: wordFailed(result),
      legend:
        'Runs that failed, in %, with 95 % intervals (Wilson); hollow: none failed. Behind each: failed of all runs.',
      axis: 'runs that failed (%)',
      most,
      endOf: (row) => row.high,
      draw: (x, y) => [
        {
          mark: { type: 'rule', strokeWidth: 1.6, color: frame.palette.uncertain },
          encoding: { x: x('low'), x2: { field: 'high' }, y },
        },
        ...[true, false].map((fails) => ({
          transform: [{ filter: { field: 'fails', equal: fails } }],
          mark: {
            type: 'point',
            size: 46,
            opacity: 1,
            filled: fails,
            color: fails ? frame.palette.loss : frame.palette.ink,
            ...(fails ? {} : { fill: frame.palette.background }),
          },
          encoding: { x: x('percent'), y },
        })),
      ],
    },
    frame,
  );
}

/** Draws where runs broke: a bar per function and kind, as long as there are tasks or start-ups. */
export function drawFrontier(result: FailuresResult, frame: ChartFrame): VegaLiteSpec {
  const workflowsOf = (name: string) =>
    new Set(result.frontier.flatMap((point) => (point.function === name ? [point.workflow] : [])));
  const rows = result.frontier.slice(0, MOST_ROWS).map(({ workflow, function: name, count, kind }) => ({
    name: workflowsOf(name).size > 1 ? `${name} (${workflow})` : name,
    text: wordCount(count, kind === 'startup' ? 'start-up' : 'task'),
    count,
    isStartup: kind === 'startup',
  }));
  const hidden = result.frontier.length - rows.length;
  const most = rows.reduce((high, row) => Math.max(high, row.count), 1);
  return drawRows(
    rows,
    {
      title: result.failedCount > 0 ? wordWhere(result) : wordFailed(result),
      legend: `Where failed runs broke. Filled: worker start-ups that never ended, by the function that they were for; hollow: tasks that had their inputs and left no metrics.${hidden > 0 ? ` ${wordCount(hidden, 'place')} with fewer not shown.` : ''}`,
      axis: 'tasks or start-ups',
      most,
      endOf: (row) => row.count,
      draw: (x, y) =>
        [true, false].map((isStartup) => ({
          transform: [{ filter: { field: 'isStartup', equal: isStartup } }],
          mark: {
            type: 'bar',
            orient: 'horizontal',
            size: 13,
            opacity: 1,
            stroke: frame.palette.loss,
            strokeWidth: 1.2,
            fill: isStartup ? frame.palette.loss : frame.palette.background,
          },
          encoding: { x: x('count'), x2: { datum: 0 }, y },
        })),
    },
    frame,
  );
}

type Layer = Record<string, unknown>;

interface Drawing<OneRow extends Row> {
  readonly title: string;
  readonly legend: string;
  readonly axis: string;
  /** The end of the axis. */
  readonly most: number;
  /** Gives the start of a row's text, in the unit of the axis. */
  readonly endOf: (row: OneRow) => number;
  readonly draw: (x: (field: string) => Layer, y: Layer) => Layer[];
}

function drawRows<OneRow extends Row>(
  rows: readonly OneRow[],
  { title, legend, axis, most, endOf, draw }: Drawing<OneRow>,
  frame: ChartFrame,
): VegaLiteSpec {
  const { palette, fontSize } = frame;
  const available = frame.width - 2 * CHART_PADDING;
  const widest = (texts: readonly string[]) =>
    texts.reduce((width, text) => Math.max(width, frame.textWidth(text, fontSize)), 0);
  const nameWidth = Math.min(widest(rows.map(({ name }) => name)), available * 0.45);
  const names = cutNames(
    rows.map(({ name }) => name),
    nameWidth,
    frame,
  );
  const behind = widest(rows.map(({ text }) => text)) + GAP;
  const width = Math.floor(available - nameWidth - GAP);
  const height = frame.height === null ? rows.length * ROW_HEIGHT : Math.max(40, frame.height - OVERHEAD);
  const y = {
    field: 'row',
    type: 'quantitative',
    scale: { domain: [-0.5, Math.max(1, rows.length) - 0.5], reverse: true, nice: false, zero: false },
    axis: null,
  };
  // The text behind a row has its room within the picture.
  const end = most * (width / Math.max(width / 2, width - behind));
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    scale: { domain: [0, end], nice: false },
    axis: { title: axis, grid: true, tickCount: Math.max(2, Math.round(width / 70)), tickMinStep: 1 },
  });
  const values = rows.map((row, i) => ({ ...row, name: undefined, row: i, end: endOf(row) }));
  const text = (mark: Layer, x: Layer) => ({
    mark: { type: 'text', baseline: 'middle', ...mark },
    encoding: { y, text: { field: 'text' }, x },
  });
  const labels = names.map((label, row) => ({ row, text: label }));
  return {
    title: titleOf([title], [rows.length > 0 ? legend : 'Nothing to draw.'], frame),
    width,
    height: Math.max(20, height),
    autosize: { type: 'pad', contains: 'content' },
    data: { values },
    layer: [
      ...draw(x, y),
      { data: { values: labels }, ...text({ align: 'right', fill: palette.ink }, { value: -GAP }) },
      text({ align: 'left', dx: GAP, fill: palette.muted }, x('end')),
    ],
  };
}
