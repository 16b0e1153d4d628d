import { shortenPlanners } from '../../../model/names.ts';
import { ABOUT } from '../../../view/about.ts';
import { CHART_PADDING, cutNames, titleOf } from '../../../view/chart-text.ts';
import { countFitting, wordFold } from '../../../view/fold.ts';
import { drawNothing } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordCount, wordNumber } from '../../../view/words.ts';
import type { FailuresResult } from '../result.ts';
import { wordFailed, wordWhere } from '../wording.ts';

/** Pixels of a row, and of one with a second line below its name. */
const [ROW_HEIGHT, HIGH_ROW_HEIGHT] = [24, 34];
/** Pixels of title and axis, roughly. */
const OVERHEAD = 110;
/** Pixels between a name and its row, whose marks may begin left of 0, and between a mark and what is written behind it. */
const [NAME_GAP, GAP] = [11, 6];

interface Row {
  readonly name: string;
  /** A second line below the name. */
  readonly detail?: string;
  readonly text: string;
  readonly about: string;
}

/** The failure rate of each planner with its interval, in %. */
export function drawRates(result: FailuresResult, frame: ChartFrame): VegaLiteSpec {
  const shorten = shortenPlanners(result.planners);
  const rows = result.planners.map((own) => ({
    name: shorten(own.planner),
    text: `${own.failedCount} of ${own.runCount}`,
    about: `${shorten(own.planner)}: ${own.failedCount} of ${own.runCount} runs failed, ${wordShare(own)}`,
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
      whyEmpty: 'there are no runs',
      legend:
        'Runs that failed, in %, with 95 % intervals (Wilson); hollow: none failed. Behind each: failed of all runs.',
      rows: 'planner',
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
            ...ABOUT.mark,
            color: fails ? frame.palette.loss : frame.palette.ink,
            ...(fails ? {} : { fill: frame.palette.background }),
          },
          encoding: { x: x('percent'), y, ...ABOUT.encoding },
        })),
      ],
    },
    frame,
  );
}

function wordShare({ runCount, failedCount, ciLow, ciHigh }: FailuresResult['planners'][number]): string {
  const share = `${wordNumber((100 * failedCount) / runCount, 1)} %`;
  return ciLow === null || ciHigh === null
    ? share
    : `${share} [${wordNumber(100 * ciLow, 1)}, ${wordNumber(100 * ciHigh, 1)}]`;
}

/** Draws where runs broke: a bar per function and kind, as long as there are tasks or start-ups. */
export function drawFrontier(result: FailuresResult, frame: ChartFrame): VegaLiteSpec {
  const workflowsOf = (name: string) =>
    new Set(result.frontier.flatMap((point) => (point.function === name ? [point.workflow] : [])));
  const rows = result.frontier.map(({ workflow, function: name, count, runCount, kind }) => {
    const text = wordCount(count, kind === 'startup' ? 'start-up' : 'task');
    return {
      name,
      ...(workflowsOf(name).size > 1 ? { detail: workflow } : {}),
      text,
      about: `${name}, ${workflow}: ${text} in ${wordCount(runCount, 'failed run')}`,
      count,
      isStartup: kind === 'startup',
    };
  });
  const most = rows.reduce((high, row) => Math.max(high, row.count), 1);
  return drawRows(
    rows,
    {
      whyEmpty: result.failedCount > 0 ? 'failed runs do not show where they broke' : 'no run failed',
      title: result.failedCount > 0 ? wordWhere(result) : wordFailed(result),
      legend: `Where failed runs broke. Filled: worker start-ups that never ended, by the function that they were for; hollow: tasks that had their inputs and left no metrics.`,
      rows: 'place',
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
            ...ABOUT.mark,
          },
          encoding: { x: x('count'), x2: { datum: 0 }, y, ...ABOUT.encoding },
        })),
    },
    frame,
  );
}

type Layer = Record<string, unknown>;

interface Drawing<OneRow extends Row> {
  readonly title: string;
  /** Says why there are no rows, where there are none: a clause. */
  readonly whyEmpty: string;
  readonly legend: string;
  /** A row in a word. */
  readonly rows: string;
  readonly axis: string;
  /** The end of the axis. */
  readonly most: number;
  /** Gives the start of a row's text, in the unit of the axis. */
  readonly endOf: (row: OneRow) => number;
  readonly draw: (x: (field: string) => Layer, y: Layer) => Layer[];
}

function drawRows<OneRow extends Row>(
  all: readonly OneRow[],
  { title, whyEmpty, legend, rows: word, axis, most, endOf, draw }: Drawing<OneRow>,
  frame: ChartFrame,
): VegaLiteSpec {
  if (all.length === 0) return drawNothing([title], whyEmpty, frame);
  const rowHeight = all.some(({ detail }) => detail !== undefined) ? HIGH_ROW_HEIGHT : ROW_HEIGHT;
  const rows = all.slice(0, countFitting(all.length, rowHeight, OVERHEAD, frame));
  const folded =
    rows.length < all.length
      ? [wordFold(`The first ${wordCount(rows.length, word)} of ${all.length}`, 'all', frame)]
      : [];
  const { palette, fontSize } = frame;
  const available = frame.width - 2 * CHART_PADDING;
  const widest = (texts: readonly string[]) =>
    texts.reduce((width, text) => Math.max(width, frame.textWidth(text, fontSize)), 0);
  const nameWidth = Math.min(widest(rows.flatMap(({ name, detail = '' }) => [name, detail])), available * 0.45);
  const cut = (texts: readonly string[]) => cutNames(texts, nameWidth, frame);
  const names = cut(rows.map(({ name }) => name));
  const details = cut(rows.map(({ detail = '' }) => detail));
  const behind = widest(rows.map(({ text }) => text)) + GAP;
  const width = Math.floor(available - nameWidth - NAME_GAP);
  const height = frame.height === null ? rows.length * rowHeight : Math.max(40, frame.height - OVERHEAD);
  const y = {
    field: 'row',
    type: 'quantitative',
    scale: { domain: [-0.5, rows.length - 0.5], reverse: true, nice: false, zero: false },
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
  const values = rows.map((row, i) => ({ ...row, name: undefined, detail: undefined, row: i, end: endOf(row) }));
  const text = (mark: Layer, x: Layer) => ({
    mark: { type: 'text', baseline: 'middle', ...mark },
    encoding: { y, text: { field: 'text' }, x },
  });
  const label = (texts: readonly string[], mark: Layer) => ({
    data: { values: texts.flatMap((name, row) => (name === '' ? [] : [{ row, text: name }])) },
    ...text({ align: 'right', ...mark }, { value: -NAME_GAP }),
  });
  const lineOffset = details.some((detail) => detail !== '') ? fontSize * 0.6 : 0;
  return {
    title: titleOf([title], [legend, ...folded], frame),
    width,
    height,
    autosize: { type: 'pad', contains: 'content' },
    data: { values },
    layer: [
      ...draw(x, y),
      label(names, { fill: palette.ink, dy: -lineOffset }),
      label(details, { fill: palette.muted, dy: lineOffset }),
      text({ align: 'left', dx: GAP, fill: palette.muted }, x('end')),
    ],
  };
}
