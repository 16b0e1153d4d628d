import { CHART_PADDING, titleOf } from '../../view/chart-text.ts';
import { encodeRatioAxis, layOutRatioAxis, type RatioAxis } from '../../view/ratio-axis.ts';
import type { ChartFrame, VegaLiteSpec } from '../../view/view.ts';
import { groupBlocks } from './chart-rows.ts';
import type { CompareResult, JointResult } from './result.ts';

/**
 * Makespan against resource usage: a point per block, the mean of all with its joint 95 % region, and the line on which
 * makespan × resources stays the same.
 */
export function drawTradeoff(result: CompareResult, frame: ChartFrame): VegaLiteSpec {
  const points = pointsOf(result);
  const available = frame.width - 2 * CHART_PADDING;
  const width = Math.floor(available - LEFT_MARGIN);
  const height = Math.floor(frame.height === null ? Math.min(width, MOST_HEIGHT) : frame.height - OVERHEAD);
  const means = result.joint.map((joint) => ({ x: joint.makespanRatio, y: joint.resourceUsageRatio, joint }));
  const edges = means.flatMap(({ joint }) => edgeOf(joint));
  const shown = [...points, ...means, ...edges];
  const axis = (ratios: readonly number[], length: number) => layOutRatioAxis(withRoom(ratios), length, frame);
  const x = axis(
    shown.map((point) => point.x),
    width,
  );
  const y = axis(
    shown.map((point) => point.y),
    height,
  );
  const groups = [...new Set(points.map((point) => point.group))];
  return {
    title: titleOf(result.headlines, [legendOf(result)], frame),
    width,
    height,
    layer: [
      ...drawGuides(x, y, frame),
      ...drawQuadrants(width, height, frame),
      drawRegion(edges, x, y, frame),
      drawPoints(points, groups, x, y, frame, width),
      drawMeans(means, x, y, frame),
    ],
  };
}

/** Room on both sides of no change and beyond the outermost mark, so that the quadrants' names stand free. */
function withRoom(ratios: readonly number[]): number[] {
  const logs = [0, ...ratios.map(Math.log)];
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const room = Math.max(high - low, 0.05) * 0.12;
  return [...ratios, Math.exp(Math.min(low - room, -1.4 * room)), Math.exp(Math.max(high + room, 1.4 * room))];
}

const LEFT_MARGIN = 58;
const MOST_HEIGHT = 420;
const OVERHEAD = 150;

interface Point {
  readonly x: number;
  readonly y: number;
  readonly group: string;
}

/** Blocks with both metrics; named by workflow, or by candidate and workflow when there are several candidates. */
function pointsOf({ comparisons }: CompareResult): Point[] {
  const several = new Set(comparisons.map((c) => c.candidate)).size > 1;
  return comparisons
    .filter((comparison) => comparison.metric === 'makespan')
    .flatMap((makespan) => {
      const resources = comparisons.find((c) => c.metric === 'resource-usage' && c.candidate === makespan.candidate);
      const prefix = several ? `${makespan.candidate}: ` : '';
      return groupBlocks(makespan.blocks).flatMap(({ name, members }) =>
        members.flatMap(({ block }): Point[] => {
          const x = makespan.blocks.find(({ label }) => label === block)?.ratio;
          const y = resources?.blocks.find(({ label }) => label === block)?.ratio;
          return x && y ? [{ x, y, group: prefix + name }] : [];
        }),
      );
    });
}

const edgeOf = (joint: JointResult) =>
  joint.ellipse.map(([x, y], order) => ({ x: 1 + x, y: 1 + y, order, candidate: joint.candidate }));

const encode = (axis: RatioAxis, field: string, title: string | null) => ({
  field,
  type: 'quantitative',
  ...encodeRatioAxis(axis, title),
});

const X_TITLE = 'makespan, change in %';
const Y_TITLE = 'resource usage, change in %';

function drawGuides(x: RatioAxis, y: RatioAxis, { palette }: ChartFrame) {
  // Both axes are logarithmic: makespan × resources = 1 is a straight line, cut at the edges of the picture.
  const from = Math.max(x.domain[0], 1 / y.domain[1]);
  const to = Math.min(x.domain[1], 1 / y.domain[0]);
  const line = [from, to].map((ratio) => ({ x: ratio, y: 1 / ratio }));
  return [
    {
      data: { values: [{ x: 1 }] },
      mark: { type: 'rule', color: palette.ink, strokeWidth: 0.9 },
      encoding: { x: encode(x, 'x', X_TITLE) },
    },
    {
      data: { values: [{ y: 1 }] },
      mark: { type: 'rule', color: palette.ink, strokeWidth: 0.9 },
      encoding: { y: encode(y, 'y', Y_TITLE) },
    },
    {
      data: { values: line },
      mark: { type: 'line', color: palette.muted, strokeWidth: 1, strokeDash: [4, 3] },
      encoding: { x: encode(x, 'x', X_TITLE), y: encode(y, 'y', Y_TITLE) },
    },
  ];
}

function drawQuadrants(width: number, height: number, { palette, fontSize }: ChartFrame) {
  const word = (text: string, left: boolean, top: boolean) => ({
    data: { values: [{}] },
    mark: {
      type: 'text',
      text,
      align: left ? 'left' : 'right',
      baseline: top ? 'top' : 'bottom',
      color: palette.muted,
    },
    encoding: {
      x: { value: left ? fontSize / 2 : width - fontSize / 2 },
      y: { value: top ? fontSize / 2 : height - fontSize / 2 },
    },
  });
  return [
    word('faster, dearer', true, true),
    word('slower, dearer', false, true),
    word('faster, cheaper', true, false),
    word('slower, cheaper', false, false),
  ];
}

function drawRegion(edges: readonly object[], x: RatioAxis, y: RatioAxis, { palette }: ChartFrame) {
  return {
    data: { values: edges },
    mark: { type: 'line', color: palette.ink, strokeWidth: 1.2, interpolate: 'linear' },
    encoding: {
      x: encode(x, 'x', X_TITLE),
      y: encode(y, 'y', Y_TITLE),
      order: { field: 'order', type: 'quantitative' },
      detail: { field: 'candidate' },
    },
  };
}

/** Symbol, gaps and padding of a legend entry. */
const LEGEND_SYMBOL = 34;

// Seven shapes against eight colours: the pairs repeat only after 56.
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down', 'triangle-right'];

function drawPoints(
  points: readonly Point[],
  groups: readonly string[],
  x: RatioAxis,
  y: RatioAxis,
  frame: ChartFrame,
  width: number,
) {
  const { palette, fontSize } = frame;
  const cycle = <Item>(items: readonly Item[]) => groups.map((_, i) => items[i % items.length]);
  const widest = Math.max(0, ...groups.map((group) => frame.textWidth(group, fontSize))) + LEGEND_SYMBOL;
  const legend = {
    title: null,
    orient: 'bottom',
    direction: 'horizontal',
    columns: Math.max(1, Math.floor(width / widest)),
    labelLimit: width - LEGEND_SYMBOL,
    symbolFillColor: 'transparent',
  };
  return {
    data: { values: points },
    mark: { type: 'point', size: 48, strokeWidth: 1.5, filled: false, opacity: 1 },
    encoding: {
      x: encode(x, 'x', X_TITLE),
      y: encode(y, 'y', Y_TITLE),
      color: { field: 'group', type: 'nominal', scale: { domain: groups, range: cycle(palette.categories) }, legend },
      shape: { field: 'group', type: 'nominal', scale: { domain: groups, range: cycle(SHAPES) }, legend },
    },
  };
}

function drawMeans(means: readonly { x: number; y: number }[], x: RatioAxis, y: RatioAxis, { palette }: ChartFrame) {
  return {
    data: { values: means.map((mean) => ({ x: mean.x, y: mean.y })) },
    mark: { type: 'point', shape: 'diamond', size: 110, filled: true, color: palette.ink, opacity: 1 },
    encoding: { x: encode(x, 'x', X_TITLE), y: encode(y, 'y', Y_TITLE) },
  };
}

function legendOf({ joint }: CompareResult): string {
  const mean =
    joint.length > 0
      ? 'Filled diamond: all blocks, over the runs with both figures, with its joint 95 % region.'
      : 'Too few runs with both metrics for a joint 95 % region.';
  return `Each mark is a block. ${mean} Dashed: makespan × resources unchanged; below it the product is better. Both axes logarithmic.`;
}
