import { Graph, layout } from '@dagrejs/dagre';
import { max, sum } from 'd3-array';
import { groupBy } from '../../../model/group-by.ts';
import { CHART_PADDING, cutNames } from '../../../view/chart-text.ts';
import type { ChartFrame } from '../../../view/view.ts';
import type { RunResult, RunTask } from '../result.ts';

/** A box of the picture: one task, or all tasks of a function on one level. */
export interface DagBox {
  readonly tasks: readonly RunTask[];
  /** As much of the name as fits; empty where none does. */
  readonly text: string;
  /** The upper left corner, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface DagEdge {
  readonly from: DagBox;
  readonly to: DagBox;
}

export interface DagLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly DagBox[];
  readonly edges: readonly DagEdge[];
  /** Is true when boxes stand for several tasks. */
  readonly grouped: boolean;
  /** The functions whose numbers, from 1, stand in the boxes; `null`: their names do. */
  readonly numbered: readonly string[] | null;
}

/** Pixels: between boxes, between levels, around a name; the least side of a box. */
const [NODE_GAP, LEVEL_GAP, NAME_ROOM, LEAST_SIDE] = [8, 22, 10, 7];
/** Pixels around a number in its box. */
const NUMBER_ROOM = 4;
/** The largest DAG that is laid out task by task: beyond it nobody follows an edge. */
const MOST_BOXES = 150;
/** Levels that all edges cross together: dagre takes a second for so many, and more than twice as long for twice as many. */
const MOST_CROSSINGS = 2000;

interface Group {
  readonly tasks: readonly RunTask[];
  readonly name: string;
}

/** Lays out the DAG from top to bottom: with names where they fit, else with numbers for them, else with the tasks of a function together. */
export function layOutDag({ tasks }: RunResult, frame: ChartFrame): DagLayout {
  const width = frame.width - 2 * CHART_PADDING;
  const single = tasks.map((task) => ({ tasks: [task], name: task.functionName }));
  const lineHeight = Math.round(frame.fontSize * 1.5);
  const named = (group: Group) => frame.textWidth(group.name, frame.fontSize) + NAME_ROOM;
  if (canBeFollowed(single, (level) => level, findLevels(tasks))) {
    const full = place(single, named, lineHeight, frame);
    if (full.width <= width) return center(full, width);
    const numbered = layOutNumbers(single, width, lineHeight, frame);
    if (numbered !== null) return numbered;
  }
  const groups = groupTasks(tasks);
  const full = place(groups, named, lineHeight, frame);
  const fitting = full.width <= width ? full : place(groups, narrow(groups, width, named), lineHeight, frame);
  return { ...center(fitting, width), grouped: true };
}

/** Lays out boxes with the numbers of their functions; `null` where not even those fit. */
function layOutNumbers(
  single: readonly Group[],
  width: number,
  lineHeight: number,
  frame: ChartFrame,
): DagLayout | null {
  const functions = [...new Set(single.map(({ name }) => name))];
  const numbers = new Map(functions.map((name, i) => [name, String(i + 1)]));
  const groups = single.map(({ tasks, name }) => ({ tasks, name: numbers.get(name) as string }));
  const leastSide = Math.ceil(frame.textWidth(String(functions.length), frame.fontSize)) + NUMBER_ROOM;
  const natural = Math.max(lineHeight, leastSide);
  const plain = place(groups, () => natural, lineHeight, frame);
  const side = Math.floor(natural * Math.min(1, width / plain.width));
  if (side < leastSide) return null;
  const fitting = place(groups, () => side, lineHeight, frame, side / natural);
  return { ...center(fitting, width), numbered: functions };
}

/** The names of a level share its width. */
function narrow(groups: readonly Group[], width: number, wanted: (group: Group) => number): (group: Group) => number {
  const levels = findLevels(groups.flatMap(({ tasks }) => tasks));
  const levelOf = ({ tasks }: Group) => levels.get(tasks[0]?.nodeId ?? '') ?? 0;
  const counts = new Map<number, number>();
  for (const group of groups) counts.set(levelOf(group), (counts.get(levelOf(group)) ?? 0) + 1);
  const most = max(counts.values()) ?? 1;
  return (group) => Math.min(wanted(group), Math.max(LEAST_SIDE, width / most - NODE_GAP));
}

/** Groups the tasks by level and function, else by level, else by as many levels together as it takes. */
function groupTasks(tasks: readonly RunTask[]): Group[] {
  const levels = findLevels(tasks);
  const levelOf = ({ nodeId }: RunTask) => levels.get(nodeId);
  const byFunction = groupBy(tasks, levelOf, ({ functionName }) => functionName).map(nameGroup);
  if (canBeFollowed(byFunction, (level) => level, levels)) return byFunction;
  for (let size = 1; ; size *= 2) {
    const bandOf = (level: number) => Math.floor(level / size);
    const groups = groupBy(tasks, (task) => bandOf(levelOf(task) ?? 0)).map(nameGroup);
    if (groups.length === 1 || canBeFollowed(groups, bandOf, levels)) return groups;
  }
}

function nameGroup(tasks: readonly RunTask[]): Group {
  const functions = new Set(tasks.map(({ functionName }) => functionName)).size;
  const name = functions === 1 ? (tasks[0]?.functionName ?? '') : `${functions} functions`;
  return { tasks, name: tasks.length === 1 ? name : `${name} ×${tasks.length}` };
}

/** Tells whether boxes and edges are few enough to be laid out; `bandOf`: the row of a level. */
function canBeFollowed(
  groups: readonly Group[],
  bandOf: (level: number) => number,
  levels: ReadonlyMap<string, number>,
): boolean {
  if (groups.length > MOST_BOXES) return false;
  const bands = groups.map(({ tasks }) => bandOf(levels.get(tasks[0]?.nodeId ?? '') ?? 0));
  const crossings = connect(groups).map(([from, to]) => Math.abs((bands[to] as number) - (bands[from] as number)));
  return sum(crossings) <= MOST_CROSSINGS;
}

/** Gives the pairs of groups that an edge connects, by their places, each once. */
function connect(groups: readonly Group[]): (readonly [number, number])[] {
  const groupOf = new Map(groups.flatMap(({ tasks }, i) => tasks.map(({ nodeId }) => [nodeId, i] as const)));
  const pairs = new Map<number, readonly [number, number]>();
  for (const [i, { tasks }] of groups.entries()) {
    for (const { upstream } of tasks) {
      for (const id of upstream) {
        const from = groupOf.get(id);
        if (from !== undefined && from !== i) pairs.set(from * groups.length + i, [from, i]);
      }
    }
  }
  return [...pairs.values()];
}

/** The longest way from a root to each task, in edges; tasks on a circle of a damaged record are left out. */
function findLevels(tasks: readonly RunTask[]): Map<string, number> {
  const downstream = new Map<string, string[]>(tasks.map(({ nodeId }) => [nodeId, []]));
  const waiting = new Map<string, number>();
  for (const { nodeId, upstream } of tasks) {
    const known = upstream.filter((id) => downstream.has(id));
    waiting.set(nodeId, known.length);
    for (const id of known) downstream.get(id)?.push(nodeId);
  }
  const levels = new Map<string, number>(
    tasks.flatMap(({ nodeId }) => (waiting.get(nodeId) === 0 ? [[nodeId, 0] as const] : [])),
  );
  // A map is walked in the order of insertion, what is added on the way included.
  for (const [nodeId, level] of levels) {
    for (const next of downstream.get(nodeId) ?? []) {
      waiting.set(next, (waiting.get(next) ?? 0) - 1);
      if (waiting.get(next) === 0) levels.set(next, level + 1);
    }
  }
  return levels;
}

function place(
  groups: readonly Group[],
  widthOf: (group: Group) => number,
  height: number,
  frame: ChartFrame,
  scale = 1,
): DagLayout {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: NODE_GAP * scale, edgesep: 2 * scale, ranksep: LEVEL_GAP });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [i, group] of groups.entries()) graph.setNode(String(i), { width: widthOf(group), height });
  const pairs = connect(groups);
  for (const [from, to] of pairs) graph.setEdge(String(from), String(to));
  layout(graph);
  const boxes = groups.map(({ tasks, name }, i): DagBox => {
    const placed = graph.node(String(i)) as { x: number; y: number; width: number; height: number };
    const [text = ''] =
      placed.width < Math.min(4 * frame.fontSize, frame.textWidth(name, frame.fontSize))
        ? []
        : cutNames([name], placed.width - 3, frame);
    return {
      tasks,
      text,
      x: placed.x - placed.width / 2,
      y: placed.y - placed.height / 2,
      width: placed.width,
      height: placed.height,
    };
  });
  const edges = pairs.map(([from, to]) => ({ from: boxes[from] as DagBox, to: boxes[to] as DagBox }));
  const [right, bottom] = [
    Math.max(0, ...boxes.map((box) => box.x + box.width)),
    Math.max(0, ...boxes.map((box) => box.y + box.height)),
  ];
  return { width: right, height: bottom, boxes, edges, grouped: false, numbered: null };
}

/** Moves the picture to the middle of the width. */
function center(layout_: DagLayout, width: number): DagLayout {
  const shift = Math.max(0, (width - layout_.width) / 2);
  const scale = Math.min(1, width / Math.max(1, layout_.width));
  const moved = new Map(
    layout_.boxes.map((box) => [box, { ...box, x: shift + box.x * scale, width: box.width * scale }] as const),
  );
  return {
    ...layout_,
    width,
    boxes: [...moved.values()],
    edges: layout_.edges.map(({ from, to }) => ({ from: moved.get(from) as DagBox, to: moved.get(to) as DagBox })),
  };
}
