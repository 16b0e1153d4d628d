import { max } from 'd3-array';
import { shortenPlanners } from '../../../model/names.ts';
import {
  type ChangeState,
  type ChangeTone,
  drawStateMarks,
  encodeTone,
  listStates,
} from '../../../view/change-states.ts';
import { CHART_PADDING, cutNames } from '../../../view/chart-text.ts';
import { drawLegend } from '../../../view/legend.ts';
import { drawPanels, type Panel, type PanelSize } from '../../../view/panel-grid.ts';
import { encodeRatioAxis, layOutRatioAxis, type RatioAxis } from '../../../view/ratio-axis.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordChange, wordList } from '../../../view/words.ts';
import type { ContrastOutcome } from '../../design/outcome.ts';
import type { ScenarioChange, WhatIfResult } from '../result.ts';

const LABEL_GAP = 12;
const MOST_LABEL_SHARE = 0.34;
/** Pixels of a row at least. */
const LEAST_ROW = 19;
/** Places in a row, from its middle, as shares of it: the whole above, workflows spread out below it. */
const [OVERALL_PLACE, WORKFLOWS_PLACE, SPREAD] = [-0.24, 0.21, 0.32];
/** Pixels of an axis without a title. */
const AXIS_HEIGHT = 22;

interface Mark {
  readonly row: number;
  readonly ratio: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly state: ChangeState;
  readonly tone: ChangeTone;
  readonly overall: boolean;
  readonly about: string;
}

/** Draws the change of the makespan in each scenario, a panel a planner: a diamond with its interval over all, a dot a workflow. */
export function drawScenarios(result: WhatIfResult, frame: ChartFrame): VegaLiteSpec {
  const shorten = shortenPlanners(result.scenarios);
  const asked = [...new Set(result.scenarios.map(({ scenario }) => scenario))].filter((key) => key !== 'null');
  const hasFigure = (key: string) =>
    result.scenarios.some((own) => own.scenario === key && own.changeFraction !== null);
  const scenarios = asked.filter(hasFigure);
  const lacking = asked.filter((key) => !hasFigure(key));
  const planners = [...new Set(result.scenarios.map(({ planner }) => planner))];
  const marks = new Map(planners.map((planner) => [planner, markPlanner(planner, scenarios, result)]));
  const all = [...marks.values()].flat();
  const available = frame.width - 2 * CHART_PADDING;
  const widest = max(scenarios, (key) => frame.textWidth(key, frame.fontSize)) ?? 0;
  const labelWidth = Math.ceil(Math.min(widest, available * MOST_LABEL_SHARE));
  const names = cutNames(scenarios, labelWidth, frame);
  const ends = all.flatMap(({ ratio, low, high, overall }) =>
    overall ? [ratio, low ?? ratio, high ?? ratio] : [ratio],
  );
  const panels =
    scenarios.length === 0
      ? []
      : planners.map(
          (planner): Panel => ({
            head: [{ text: shorten(planner), bold: true }],
            states: (marks.get(planner) ?? []).map(({ state }) => state),
            draw: (size) =>
              drawPlanner(marks.get(planner) ?? [], names, layOutRatioAxis(ends, size.width, frame), size, frame),
          }),
        );
  const interval = all.some(({ low }) => low !== null) ? ', with 95 % interval' : '';
  const shapes = all.some(({ overall }) => !overall) ? ' Diamonds: all blocks; dots: workflows.' : '';
  const without = lacking.length > 0 ? ` Without a figure: ${wordList(lacking)}.` : '';
  const legend = [
    `Makespan with the change against the recorded one, in % (logarithmic)${interval}.${shapes}${without}`,
  ];
  return drawPanels(
    panels,
    {
      titles: [result.headline],
      legend,
      whyEmpty: 'no run could be replayed',
      below: (shown) =>
        drawLegend(
          listStates(
            shown.flatMap(({ states }) => states ?? []),
            frame.palette,
          ),
          available,
          frame,
        ),
      axisWidth: labelWidth + LABEL_GAP,
      leastHeight: scenarios.length * LEAST_ROW,
      axisHeight: AXIS_HEIGHT,
    },
    frame,
  );
}

function markPlanner(
  planner: string,
  scenarios: readonly string[],
  { scenarios: overall, workflows }: WhatIfResult,
): Mark[] {
  const isOwn = (own: ScenarioChange, key: string) => own.planner === planner && own.scenario === key;
  return scenarios.flatMap((key, row) => {
    const parts = workflows.filter((own) => isOwn(own, key));
    const several = parts.length > 1 ? parts : [];
    const offset = (i: number) => WORKFLOWS_PLACE + SPREAD * ((i + 0.5) / several.length - 0.5);
    return [
      ...several.flatMap((own, i) => toMark(own, row + offset(i), false, `${own.workflow}, ${key}`)),
      ...overall
        .filter((own) => isOwn(own, key))
        .flatMap((own) => toMark(own, row + (several.length > 0 ? OVERALL_PLACE : 0), true, `all blocks, ${key}`)),
    ];
  });
}

function toMark(own: ScenarioChange, row: number, overall: boolean, what: string): Mark[] {
  const { changeFraction, ciLow, ciHigh, outcome, pValue } = own;
  if (changeFraction === null || changeFraction <= -1) return [];
  const bound = (fraction: number | null) => (fraction === null ? null : 1 + fraction);
  const state = pValue === null ? 'no-change' : ciLow === null ? 'no-interval' : STATES[outcome];
  const isCertain = state === 'certain' || state === 'hint';
  const tone = isCertain ? (changeFraction < 0 ? 'gain' : 'loss') : 'uncertain';
  const about = `${what}: ${wordChange(changeFraction, ciLow, ciHigh)}`;
  return [{ row, ratio: 1 + changeFraction, low: bound(ciLow), high: bound(ciHigh), state, tone, overall, about }];
}

const STATES: Readonly<Record<ContrastOutcome, ChangeState>> = {
  different: 'certain',
  hint: 'hint',
  equivalent: 'no-change',
  inconclusive: 'cannot-tell',
};

function drawPlanner(
  marks: readonly Mark[],
  names: readonly string[],
  axis: RatioAxis,
  { width }: PanelSize,
  { palette }: ChartFrame,
): Record<string, unknown>[] {
  const x = (field: string) => ({ field, type: 'quantitative', ...encodeRatioAxis(axis, null) });
  const y = {
    field: 'row',
    type: 'quantitative',
    scale: { domain: [-0.5, names.length - 0.5], reverse: true, nice: false, zero: false },
    axis: null,
  };
  const [from, to] = axis.domain;
  const inside = (ratio: number) => Math.min(to, Math.max(from, ratio));
  const intervals = marks.flatMap(({ row, low, high, tone, overall }) =>
    overall && low !== null && high !== null ? [{ row, low: inside(low), high: inside(high), tone }] : [],
  );
  const rule = (ratios: readonly number[], mark: Record<string, unknown>) => ({
    data: { values: ratios.map((ratio) => ({ ratio })) },
    mark: { type: 'rule', ...mark },
    encoding: { x: x('ratio') },
  });
  return [
    rule(
      axis.ticks.map(({ ratio }) => ratio),
      { color: palette.faint, strokeWidth: 0.75 },
    ),
    rule([1], { color: palette.ink, strokeWidth: 1 }),
    {
      data: { values: names.slice(1).map((_, i) => ({ row: i + 0.5 })) },
      mark: { type: 'rule', color: palette.faint, strokeWidth: 0.5 },
      encoding: { y, x: { value: 0 }, x2: { value: width } },
    },
    {
      data: { values: names.map((text, row) => ({ row, text })) },
      mark: { type: 'text', align: 'right', baseline: 'middle', fill: palette.ink },
      encoding: { x: { value: -LABEL_GAP / 2 }, y, text: { field: 'text' } },
    },
    {
      data: { values: intervals },
      mark: { type: 'rule', strokeWidth: 1.6, opacity: 1 },
      encoding: { x: x('low'), x2: { field: 'high' }, y, color: encodeTone(palette) },
    },
    ...[false, true].flatMap((overall) =>
      drawStateMarks(
        marks.filter((mark) => mark.overall === overall),
        { x: x('ratio'), y },
        overall,
        palette,
      ),
    ),
  ];
}
