import { extent } from 'd3-array';

import { COST } from '../../../model/metrics.ts';
import { ABOUT } from '../../../view/about.ts';

import { CHART_PADDING, titleOf } from '../../../view/chart-text.ts';
import { drawLegend, type LegendEntry } from '../../../view/legend.ts';
import { MARK_SHAPES } from '../../../view/mark-shapes.ts';
import { encodeRatioAxis, layOutRatioAxis, type RatioAxis } from '../../../view/ratio-axis.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';

import { wordPercentChange } from '../../../view/words.ts';
import type { CompareResult, JointCost, JointResult } from '../result.ts';

import { groupBlocks } from './rows.ts';

/** A candidate's mean with its region, against whichever metric stands on the other axis. */
interface Joint extends Pick<JointResult, 'candidate' | 'ellipse'> {
  readonly x: number;
  readonly y: number;
}

/** The axis of what is spent: the bill where it was asked for, else what was recorded. */
interface Spend {
  readonly metric: string;
  readonly label: string;
  /** Names what stays the same on the dashed line. */
  readonly product: string;
  readonly joint: readonly Joint[];
}

function chooseSpend({ joint, jointCost }: CompareResult): Spend {
  const place = (each: JointResult | JointCost): Joint => ({
    candidate: each.candidate,
    ellipse: each.ellipse,
    x: each.makespanRatio,
    y: 'costRatio' in each ? each.costRatio : each.resourceUsageRatio,
  });
  return jointCost
    ? { metric: COST, label: 'cost', product: 'makespan × cost', joint: jointCost.map(place) }
    : { metric: 'resource-usage', label: 'resource usage', product: 'makespan × resources', joint: joint.map(place) };
}

/**
 * Makespan against resource usage, or against cost where that was asked for: a point per block, the mean of all with its joint 95 % region, and the line on which
 * their product stays the same.
 */
export function drawTradeoff(result: CompareResult, frame: ChartFrame): VegaLiteSpec {
  const width = Math.floor(frame.width - 2 * CHART_PADDING - LEFT_MARGIN);
  const height = Math.floor(frame.height === null ? Math.min(width, MOST_HEIGHT) : frame.height - OVERHEAD);
  const looks = chooseLooks(result, frame);
  const entries = listEntries(looks, frame);
  const spend = chooseSpend(result);
  const points = pointsOf(result, spend, looks);
  const means = spend.joint.map((joint) => ({ x: joint.x, y: joint.y, joint }));
  const edges = means.flatMap(({ joint }, region) => edgeOf(joint, region, looks, frame));
  const shown = [...points, ...means, ...edges];
  const axis = (label: string, ratios: readonly number[], length: number): TitledAxis => ({
    ...layOutRatioAxis(withRoom(ratios), length, frame),
    title: `${label}, change in %`,
  });
  const x = axis(
    'makespan',
    shown.map((point) => point.x),
    width,
  );
  const y = axis(
    spend.label,
    shown.map((point) => point.y),
    height,
  );
  return {
    title: titleOf(result.headlines, [legendOf(spend, looks)], frame),
    spacing: 10,
    vconcat: [
      {
        width,
        height,
        layer: [
          ...drawGuides(x, y, frame),
          ...drawQuadrants(width, height, frame),
          drawRegion(edges, x, y),
          drawPoints(points, x, y),
          drawMeans(means, looks, x, y, frame),
        ],
      },
      ...(entries.length > 0 ? [drawLegend(entries, width, frame)] : []),
    ],
  };
}

interface TitledAxis extends RatioAxis {
  readonly title: string;
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

interface MarkLook {
  readonly shape: string;
  readonly stroke: string;
}

/** Colours and shapes by name, in order: names stand in the legend, marks hold only what they look like. */
interface Looks {
  /** Whether workflows differ in their looks, and stand in the legend. */
  readonly areTold: boolean;
  /** Colours tell candidates apart where there are several: each has its mean and region in its own. */
  readonly candidates: ReadonlyMap<string, string>;
  /** Shapes of their blocks as well, where workflows do not need them. */
  readonly candidateShapes: ReadonlyMap<string, string>;
  readonly workflows: ReadonlyMap<string, MarkLook>;
}

/** Workflows at most that marks tell apart, of one candidate: nobody looks a mark up among more. Of several, shapes alone do. */
const MOST_TOLD = 12;

/** Chooses colours that tell workflows apart, of one candidate; of several, candidates. Too many workflows look the same. */
function chooseLooks({ comparisons }: CompareResult, frame: ChartFrame): Looks {
  const { categories, ink } = frame.palette;
  const colourAt = (i: number) => categories[i % categories.length] as string;
  const candidates = [...new Set(comparisons.map(({ candidate }) => candidate))];
  const several = candidates.length > 1;
  const blocks = comparisons.filter(({ metric }) => metric === 'makespan').flatMap((comparison) => comparison.blocks);
  const workflows = groupBlocks(blocks).map(({ name }) => name);
  const areTold = workflows.length <= (several ? MARK_SHAPES.length : MOST_TOLD);
  const shapeAt = (i: number) => MARK_SHAPES[i % MARK_SHAPES.length] as string;
  const lookAt = (i: number) => ({ shape: shapeAt(i), stroke: several ? ink : colourAt(i) });
  return {
    areTold,
    candidates: new Map(several ? candidates.map((candidate, i) => [candidate, colourAt(i)]) : []),
    candidateShapes: new Map(several && !areTold ? candidates.map((candidate, i) => [candidate, shapeAt(i)]) : []),
    workflows: new Map(workflows.map((workflow, i) => [workflow, lookAt(areTold ? i : 0)])),
  };
}

const listEntries = (
  { areTold, candidates, candidateShapes, workflows }: Looks,
  { palette }: ChartFrame,
): LegendEntry[] => [
  ...[...candidates].map(([name, fill]) => ({
    name,
    shape: candidateShapes.get(name) ?? 'diamond',
    stroke: palette.ink,
    fill,
  })),
  ...(areTold ? [...workflows].map(([name, look]) => ({ name, ...look, fill: 'transparent' })) : []),
];

interface Point extends MarkLook {
  readonly about: string;
  readonly x: number;
  readonly y: number;
}

/** Gives a block's look: its workflow's, but for what tells candidates apart. */
const ownLook = (candidate: string, look: MarkLook, { candidates, candidateShapes }: Looks): MarkLook => ({
  shape: candidateShapes.get(candidate) ?? look.shape,
  stroke: candidates.get(candidate) ?? look.stroke,
});

/** Blocks with both metrics. */
function pointsOf({ comparisons }: CompareResult, { metric, label: spent }: Spend, looks: Looks): Point[] {
  return comparisons
    .filter((comparison) => comparison.metric === 'makespan')
    .flatMap((makespan) => {
      const resources = comparisons.find((c) => c.metric === metric && c.candidate === makespan.candidate);
      const [xs, ys] = [makespan, resources].map(
        (comparison) => new Map(comparison?.blocks.map(({ label, ratio }) => [label, ratio])),
      );
      return groupBlocks(makespan.blocks).flatMap(({ name, members }) =>
        members.flatMap(({ block }): Point[] => {
          const [x, y, look] = [xs?.get(block), ys?.get(block), looks.workflows.get(name)];
          const about = `${block}: makespan ${wordPercentChange((x ?? 1) - 1)} %, ${spent} ${wordPercentChange((y ?? 1) - 1)} %`;
          return x && y && look ? [{ x, y, about, ...ownLook(makespan.candidate, look, looks) }] : [];
        }),
      );
    });
}

interface Edge {
  readonly x: number;
  readonly y: number;
  readonly order: number;
  readonly stroke: string;
  /** The place of its candidate. */
  readonly region: number;
}

function edgeOf(joint: Joint, region: number, { candidates }: Looks, { palette }: ChartFrame): Edge[] {
  const stroke = candidates.get(joint.candidate) ?? palette.ink;
  return joint.ellipse.map(([x, y], order) => ({ x: 1 + x, y: 1 + y, order, stroke, region }));
}

const encode = (axis: TitledAxis, field: string) => ({
  field,
  type: 'quantitative',
  ...encodeRatioAxis(axis, axis.title),
});

function drawGuides(x: TitledAxis, y: TitledAxis, { palette }: ChartFrame) {
  // Both axes are logarithmic: their product = 1 is a straight line, cut at the edges of the picture.
  const from = Math.max(x.domain[0], 1 / y.domain[1]);
  const to = Math.min(x.domain[1], 1 / y.domain[0]);
  const line = [from, to].map((ratio) => ({ x: ratio, y: 1 / ratio }));
  return [
    {
      data: { values: [{ x: 1 }] },
      mark: { type: 'rule', color: palette.ink, strokeWidth: 0.9 },
      encoding: { x: encode(x, 'x') },
    },
    {
      data: { values: [{ y: 1 }] },
      mark: { type: 'rule', color: palette.ink, strokeWidth: 0.9 },
      encoding: { y: encode(y, 'y') },
    },
    {
      data: { values: line },
      mark: { type: 'line', color: palette.muted, strokeWidth: 1, strokeDash: [4, 3] },
      encoding: { x: encode(x, 'x'), y: encode(y, 'y') },
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

/** Looks as they stand in the data. */
const asGiven = (field: string) => ({ field, type: 'nominal', scale: null, legend: null });

function drawRegion(edges: readonly Edge[], x: TitledAxis, y: TitledAxis) {
  return {
    data: { values: edges },
    mark: { type: 'line', strokeWidth: 1.4, interpolate: 'linear' },
    encoding: {
      x: encode(x, 'x'),
      y: encode(y, 'y'),
      order: { field: 'order', type: 'quantitative' },
      detail: { field: 'region' },
      stroke: asGiven('stroke'),
    },
  };
}

const drawPoints = (points: readonly Point[], x: TitledAxis, y: TitledAxis) => ({
  data: { values: points },
  mark: { type: 'point', size: 48, strokeWidth: 1.5, filled: false, opacity: 1, ...ABOUT.mark },
  encoding: {
    ...ABOUT.encoding,
    x: encode(x, 'x'),
    y: encode(y, 'y'),
    stroke: asGiven('stroke'),
    shape: asGiven('shape'),
  },
});

interface Mean {
  readonly x: number;
  readonly y: number;
  readonly joint: Joint;
}

function drawMeans(
  means: readonly Mean[],
  { candidates }: Looks,
  x: TitledAxis,
  y: TitledAxis,
  { palette: { ink } }: ChartFrame,
) {
  const fillOf = ({ candidate }: Joint) => candidates.get(candidate) ?? ink;
  return {
    data: { values: means.map((mean) => ({ x: mean.x, y: mean.y, fill: fillOf(mean.joint) })) },
    mark: { type: 'point', shape: 'diamond', size: 120, stroke: ink, strokeWidth: 1.2, opacity: 1 },
    encoding: { x: encode(x, 'x'), y: encode(y, 'y'), fill: asGiven('fill') },
  };
}

function legendOf({ joint, product }: Spend, { areTold, workflows }: Looks): string {
  const marks = areTold
    ? 'Each mark is a block.'
    : `Each mark is a block of one of ${workflows.size} workflow structures.`;
  const mean =
    joint.length > 0
      ? 'Filled diamond: all blocks, over the runs with both figures; around it the region that holds both changes at once with 95 %, wider than the intervals above, which are each for one metric over all its runs.'
      : 'Too few runs with both metrics for a joint 95 % region.';
  return `${marks} ${mean} Dashed: ${product} unchanged; below it the product is better. Both axes logarithmic.`;
}
