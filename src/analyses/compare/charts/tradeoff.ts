import { extent } from 'd3-array';
import { CHART_PADDING, cutNames, titleOf } from '../../../view/chart-text.ts';
import { MARK_SHAPES } from '../../../view/mark-shapes.ts';
import { encodeRatioAxis, layOutRatioAxis, type RatioAxis } from '../../../view/ratio-axis.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import type { CompareResult, JointResult } from '../result.ts';
import { groupBlocks } from './rows.ts';

/**
 * Makespan against resource usage: a point per block, the mean of all with its joint 95 % region, and the line on which
 * makespan × resources stays the same.
 */
export function drawTradeoff(result: CompareResult, frame: ChartFrame): VegaLiteSpec {
  const available = frame.width - 2 * CHART_PADDING;
  const width = Math.floor(available - LEFT_MARGIN);
  const points = cutWorkflows(pointsOf(result), width - LEGEND_SYMBOL, frame);
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
  const candidates = [...new Set(result.comparisons.map(({ candidate }) => candidate))];
  const colour = encodeColours(candidates, points, width, frame);
  return {
    title: titleOf(result.headlines, [legendOf(result)], frame),
    width,
    height,
    layer: [
      ...drawGuides(x, y, frame),
      ...drawQuadrants(width, height, frame),
      drawRegion(edges, colour, x, y),
      drawPoints(points, colour, x, y, frame, width),
      drawMeans(means, colour, x, y, frame),
    ],
  };
}

/** Room on both sides of no change and beyond the outermost mark, so that the quadrants' names stand free. */
function withRoom(ratios: readonly number[]): number[] {
  const [low = 0, high = 0] = extent([0, ...ratios.map(Math.log)]);
  const room = Math.max(high - low, 0.05) * 0.12;
  return [...ratios, Math.exp(Math.min(low - room, -1.4 * room)), Math.exp(Math.max(high + room, 1.4 * room))];
}

const LEFT_MARGIN = 58;
const MOST_HEIGHT = 420;
const OVERHEAD = 150;

interface Point {
  readonly x: number;
  readonly y: number;
  readonly candidate: string;
  readonly workflow: string;
}

/** Blocks with both metrics. */
function pointsOf({ comparisons }: CompareResult): Point[] {
  return comparisons
    .filter((comparison) => comparison.metric === 'makespan')
    .flatMap((makespan) => {
      const resources = comparisons.find((c) => c.metric === 'resource-usage' && c.candidate === makespan.candidate);
      return groupBlocks(makespan.blocks).flatMap(({ name, members }) =>
        members.flatMap(({ block }): Point[] => {
          const x = makespan.blocks.find(({ label }) => label === block)?.ratio;
          const y = resources?.blocks.find(({ label }) => label === block)?.ratio;
          return x && y ? [{ x, y, candidate: makespan.candidate, workflow: name }] : [];
        }),
      );
    });
}

/** Their names as the legend has room for them. */
function cutWorkflows(points: readonly Point[], width: number, frame: ChartFrame): Point[] {
  const names = workflowsOf(points);
  const cut = cutNames(names, width, frame);
  return points.map((point) => ({ ...point, workflow: cut[names.indexOf(point.workflow)] as string }));
}

interface Edge {
  readonly x: number;
  readonly y: number;
  readonly order: number;
  readonly candidate: string;
}

const edgeOf = (joint: JointResult): Edge[] =>
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
  const word = (text: string, left: boolean, top: boolean, halo: boolean) => ({
    data: { values: [{}] },
    mark: {
      type: 'text',
      text,
      align: left ? 'left' : 'right',
      baseline: top ? 'top' : 'bottom',
      color: palette.muted,
      ...(halo ? { stroke: palette.background, strokeWidth: 4 } : {}),
    },
    encoding: {
      x: { value: left ? fontSize / 2 : width - fontSize / 2 },
      y: { value: top ? fontSize / 2 : height - fontSize / 2 },
    },
  });
  // The dashed line may run through a corner: it gives way to the word.
  return [true, false].flatMap((halo) => [
    word('faster, dearer', true, true, halo),
    word('slower, dearer', false, true, halo),
    word('faster, cheaper', true, false, halo),
    word('slower, cheaper', false, false, halo),
  ]);
}

/** Symbol, gaps and padding of a legend entry. */
const LEGEND_SYMBOL = 34;

function legendBelow(names: readonly string[], width: number, frame: ChartFrame) {
  const widest = Math.max(0, ...names.map((name) => frame.textWidth(name, frame.fontSize))) + LEGEND_SYMBOL;
  return {
    title: null,
    orient: 'bottom',
    direction: 'horizontal',
    columns: Math.max(1, Math.floor(width / widest)),
    labelLimit: width - LEGEND_SYMBOL,
  };
}

const scaleOf = (domain: readonly string[], range: readonly string[]) => ({
  domain,
  range: domain.map((_, i) => range[i % range.length]),
});

interface Colours {
  /** Of blocks. */
  readonly ofPoints: Record<string, unknown>;
  /** Of means. */
  readonly ofMeans: Record<string, unknown>;
  /** Of the region around a candidate's mean. */
  readonly ofRegion: (candidate: string) => string;
}

/** Of one candidate, colours tell workflows apart; of several, candidates: then each has its mean and region in its own. */
function encodeColours(
  candidates: readonly string[],
  points: readonly Point[],
  width: number,
  frame: ChartFrame,
): Colours {
  const { categories, ink } = frame.palette;
  if (candidates.length > 1) {
    const legend = { ...legendBelow(candidates, width, frame), symbolType: 'diamond', symbolSize: 110 };
    const scale = scaleOf(candidates, categories);
    const ofRegion = (candidate: string) => scale.range[candidates.indexOf(candidate)] ?? ink;
    return { ofPoints: AS_STATED, ofMeans: { field: 'candidate', type: 'nominal', scale, legend }, ofRegion };
  }
  const workflows = workflowsOf(points);
  const legend = { ...legendBelow(workflows, width, frame), symbolFillColor: 'transparent' };
  const scale = scaleOf(workflows, categories);
  const ofPoints = { field: 'workflow', type: 'nominal', scale, legend };
  return { ofPoints, ofMeans: { value: ink }, ofRegion: () => ink };
}

/** Colours as they stand in the data. */
const AS_STATED = { field: 'colour', type: 'nominal', scale: null };

const workflowsOf = (points: readonly Point[]): string[] => [...new Set(points.map(({ workflow }) => workflow))];

function drawRegion(edges: readonly Edge[], { ofRegion }: Colours, x: RatioAxis, y: RatioAxis) {
  return {
    data: { values: edges.map((edge) => ({ ...edge, colour: ofRegion(edge.candidate) })) },
    mark: { type: 'line', strokeWidth: 1.4, interpolate: 'linear' },
    encoding: {
      x: encode(x, 'x', X_TITLE),
      y: encode(y, 'y', Y_TITLE),
      order: { field: 'order', type: 'quantitative' },
      detail: { field: 'candidate' },
      stroke: AS_STATED,
    },
  };
}

function drawPoints(
  points: readonly Point[],
  { ofPoints, ofRegion }: Colours,
  x: RatioAxis,
  y: RatioAxis,
  frame: ChartFrame,
  width: number,
) {
  const workflows = workflowsOf(points);
  const legend = {
    ...legendBelow(workflows, width, frame),
    symbolFillColor: 'transparent',
    // Of several candidates the shape stands for itself.
    ...(ofPoints['field'] === 'workflow' ? {} : { symbolStrokeColor: frame.palette.ink }),
  };
  return {
    data: { values: points.map((point) => ({ ...point, colour: ofRegion(point.candidate) })) },
    mark: { type: 'point', size: 48, strokeWidth: 1.5, filled: false, opacity: 1 },
    encoding: {
      x: encode(x, 'x', X_TITLE),
      y: encode(y, 'y', Y_TITLE),
      color: ofPoints,
      shape: { field: 'workflow', type: 'nominal', scale: scaleOf(workflows, MARK_SHAPES), legend },
    },
  };
}

interface Mean {
  readonly x: number;
  readonly y: number;
  readonly joint: JointResult;
}

function drawMeans(means: readonly Mean[], { ofMeans }: Colours, x: RatioAxis, y: RatioAxis, { palette }: ChartFrame) {
  return {
    data: { values: means.map((mean) => ({ x: mean.x, y: mean.y, candidate: mean.joint.candidate })) },
    mark: { type: 'point', shape: 'diamond', size: 120, stroke: palette.ink, strokeWidth: 1.2, opacity: 1 },
    encoding: { x: encode(x, 'x', X_TITLE), y: encode(y, 'y', Y_TITLE), fill: ofMeans },
  };
}

function legendOf({ joint }: CompareResult): string {
  const mean =
    joint.length > 0
      ? 'Filled diamond: all blocks, over the runs with both figures, with its joint 95 % region.'
      : 'Too few runs with both metrics for a joint 95 % region.';
  return `Each mark is a block. ${mean} Dashed: makespan × resources unchanged; below it the product is better. Both axes logarithmic.`;
}
