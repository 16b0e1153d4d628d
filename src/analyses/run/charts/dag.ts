import { shortPlannerName } from '../../../model/names.ts';
import { titleOf } from '../../../view/chart-text.ts';
import { readableOn } from '../../../view/contrast.ts';
import { drawLegend, type LegendEntry } from '../../../view/legend.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordCount } from '../../../view/words.ts';
import type { RunResult, RunTask } from '../result.ts';
import { type DagBox, type DagLayout, layOutDag } from './dag-layout.ts';
import type { Box } from './gantt-looks.ts';
import { type Axes, drawBoxes, drawLabels, drawLines, type Label, type Line } from './gantt-marks.ts';

/** Title and legend, roughly: only used when a height was asked for. */
const OVERHEAD = 150;

/** The DAG of one run, from top to bottom: tasks in the colours of their workers, with the observed and the planned critical path. */
export function drawDag(result: RunResult, frame: ChartFrame): VegaLiteSpec {
  const layout = layOutDag(result, frame);
  const height = frame.height === null ? layout.height : Math.max(40, frame.height - OVERHEAD);
  const colours = colourWorkers(result, frame);
  const axes = encodeAxes(layout, height);
  return {
    title: titleOf([wordTitle(result)], wordLegend(result, layout), frame),
    config: { aria: false },
    spacing: 8,
    vconcat: [
      drawLegend(colours.entries, layout.width, frame),
      {
        width: layout.width,
        height,
        layer: [
          ...drawLines(drawEdges(layout, frame), axes),
          ...drawLines(drawPaths(layout, frame), axes),
          ...drawBoxes(
            layout.boxes.flatMap((box) => boxTasks(box, colours.colourOf, frame)),
            axes,
          ),
          ...drawLabels(
            layout.boxes.flatMap((box) => nameBox(box, colours.colourOf, frame)),
            axes,
            { align: 'center' },
          ),
        ],
      },
    ],
  };
}

const wordTitle = ({ workflow, planner, nodeCount, workers }: RunResult): string =>
  `${workflow}, ${shortPlannerName(planner)}: ${wordCount(nodeCount, 'task')} on ${wordCount(workers.length, 'worker')}`;

function wordLegend({ tasks, criticalPath }: RunResult, { grouped, numbered, boxes }: DagLayout): string[] {
  const hasPlan = tasks.some(({ onPlannedPath }) => onPlannedPath);
  const sentences = [
    'missing' in criticalPath ? 'No observed critical path.' : 'Thick: the observed critical path.',
    ...(hasPlan ? ['Dashed: the planned one.'] : []),
    ...(grouped ? ['Tasks of one function on one level share a box, in stripes by worker.'] : []),
    ...(boxes.some(({ text }) => text === '') ? ['Names that do not fit are left out: a wider picture has them.'] : []),
  ];
  const numbers = numbered?.map((name, i) => `${i + 1}\u00a0${name}`) ?? [];
  return [sentences.join(' '), ...(numbers.length > 0 ? [`Functions: ${numbers.join(', ')}.`] : [])];
}

function encodeAxes({ width, height: natural }: DagLayout, height: number): Axes {
  const scale = (domain: number, range: number) => ({
    domain: [0, domain],
    range: [0, range],
    nice: false,
    zero: false,
  });
  return {
    x: (field) => ({ field, type: 'quantitative', scale: scale(width, width), axis: null }),
    y: (field) => ({ field, type: 'quantitative', scale: scale(Math.max(1, natural), height), axis: null }),
  };
}

type ColourOf = (task: RunTask) => string | null;

/** Gives each worker a colour, in their order; those beyond the colours share one, tasks that left no metrics have none. */
function colourWorkers({ workers, tasks }: RunResult, { palette }: ChartFrame) {
  // The last one is a grey, which the other workers have.
  const colours = palette.categories.slice(0, -1);
  const labels = workers.filter(({ taskCount }) => taskCount > 0).map(({ label }) => label);
  const own = new Map(labels.slice(0, colours.length).map((label, i) => [label, colours[i] as string]));
  const others = labels.length - own.size;
  const colourOf: ColourOf = ({ recorded, worker }) =>
    recorded === null ? null : (own.get(worker ?? '') ?? palette.pale);
  const entry = (name: string, colour: string, fill = colour): LegendEntry => ({
    name,
    shape: 'square',
    stroke: colour,
    fill,
  });
  const entries = [
    ...[...own].map(([label, colour]) => entry(label, colour)),
    ...(others > 0 ? [entry(wordCount(others, 'other worker'), palette.muted, palette.pale)] : []),
    ...(tasks.some(({ recorded }) => recorded === null) ? [entry('no metrics', palette.muted, 'transparent')] : []),
  ];
  return { colourOf, entries };
}

/** Stripes of a box, one for each colour among its tasks, and its outline. */
function boxTasks(box: DagBox, colourOf: ColourOf, { palette }: ChartFrame): Box[] {
  const counts = new Map<string | null, number>();
  for (const task of box.tasks) counts.set(colourOf(task), (counts.get(colourOf(task)) ?? 0) + 1);
  const [y, y2] = [box.y, box.y + box.height];
  let x = box.x;
  const stripes = [...counts].map(([colour, count]) => {
    const from = x;
    x += (box.width * count) / box.tasks.length;
    return {
      x: from,
      x2: x,
      y,
      y2,
      fill: colour ?? palette.background,
      stroke: 'transparent',
      dashed: false,
      about: '',
    };
  });
  const isOnPath = box.tasks.some(({ onCriticalPath }) => onCriticalPath);
  const stroke = isOnPath ? palette.ink : palette.muted;
  return [
    ...stripes,
    {
      x: box.x,
      x2: box.x + box.width,
      y,
      y2,
      fill: 'transparent',
      stroke,
      dashed: counts.has(null),
      about: box.tasks.map(({ functionName }) => functionName).join(', '),
    },
  ];
}

function nameBox(box: DagBox, colourOf: ColourOf, { palette }: ChartFrame): Label[] {
  if (box.text === '') return [];
  const colour = colourOf(box.tasks[Math.floor(box.tasks.length / 2)] as RunTask) ?? palette.background;
  const fill = readableOn(colour, palette.background, palette.ink);
  return [{ x: box.x + box.width / 2, y: box.y + box.height / 2, text: box.text, fill }];
}

const EDGE_WIDTH = 0.6;

const drawEdges = ({ edges }: DagLayout, { palette }: ChartFrame): Line[] =>
  edges.map(({ from, to }) => lineOf(from, to, palette.muted, EDGE_WIDTH, false, 0));

/** Both ends in the middle of their boxes, `shift` pixels to the right. */
const lineOf = (
  from: DagBox,
  to: DagBox,
  stroke: string,
  strokeWidth: number,
  dashed: boolean,
  shift: number,
): Line => ({
  x: from.x + from.width / 2 + shift,
  x2: to.x + to.width / 2 + shift,
  y: from.y + from.height,
  y2: to.y,
  dashed,
  strokeWidth,
  stroke,
});

/** Pixels by which the planned path stands beside the observed one, and their widths. */
const [PATH_SHIFT, OBSERVED_WIDTH, PLANNED_WIDTH] = [4, 2.6, 1.8];

function drawPaths({ edges }: DagLayout, { palette }: ChartFrame): Line[] {
  const joins = ({ from, to }: (typeof edges)[number], isOn: (task: RunTask) => boolean) => {
    const ids = new Set(from.tasks.filter(isOn).map(({ nodeId }) => nodeId));
    return to.tasks.some((task) => isOn(task) && task.upstream.some((id) => ids.has(id)));
  };
  const observed = edges.filter((edge) => joins(edge, ({ onCriticalPath }) => onCriticalPath));
  const planned = edges.filter((edge) => joins(edge, ({ onPlannedPath }) => onPlannedPath));
  return [
    ...observed.map(({ from, to }) => lineOf(from, to, palette.ink, OBSERVED_WIDTH, false, 0)),
    ...planned.map(({ from, to }) => lineOf(from, to, palette.loss, PLANNED_WIDTH, true, PATH_SHIFT)),
  ];
}
