import { max } from 'd3-array';
import { findMetric } from '../../../model/metrics.ts';
import { drawStateMarks, encodeTone, listStates } from '../../../view/change-states.ts';
import { CHART_PADDING, cutNames } from '../../../view/chart-text.ts';
import { countFitting, wordFold } from '../../../view/fold.ts';
import { drawLegend } from '../../../view/legend.ts';
import { chooseLevelTicks, LEVEL_FORMAT } from '../../../view/level-axis.ts';
import { drawPanels, type Panel } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { readableUnit, withUnit, wordChange, wordCount, wordFigure } from '../../../view/words.ts';
import { stateOf, toneOf } from '../../design/change-state.ts';
import type { ArmMetric, RankedArm, RankResult } from '../result.ts';
import { armsOf, bestOf, isToldWorse, labelOf } from '../wording.ts';

const LABEL_GAP = 14;
const MOST_LABEL_SHARE = 0.4;

/** Pixels of an arm's row, at least. */
const ROW_HEIGHT = 15;
/** Pixels of title, legend and axes of one panel, roughly: for choosing how many arms are drawn. */
const OVERHEAD = 230;

/** Draws the level of every arm, a panel a metric, with the interval of its change laid around the best. */
export function drawLevels(result: RankResult, frame: ChartFrame): VegaLiteSpec {
  const metrics = Object.keys(result.arms[0]?.metrics ?? {});
  const available = frame.width - 2 * CHART_PADDING;
  const arms = result.arms.slice(0, countFitting(result.arms.length, ROW_HEIGHT, OVERHEAD, frame));
  const labels = arms.map(({ label }) => label);
  const widest = max(labels, (label) => frame.textWidth(label, frame.fontSize)) ?? 0;
  const labelWidth = Math.ceil(Math.min(widest, available * MOST_LABEL_SHARE));
  const names = cutNames(labels, labelWidth, frame);
  const shown = metrics
    .filter((key) => result.arms.some(({ metrics: own }) => own[key]?.level !== null))
    .map((key) => ({ key, marks: markArms(key, result, arms) }));
  const { palette } = frame;
  const levels =
    result.stat === 'mean'
      ? 'Geometric means over the blocks that all arms share'
      : `The ${result.stat} of runs ÷ their block's mean, as levels`;
  const best = { name: 'the lowest', shape: 'diamond', stroke: palette.gain, fill: palette.gain };
  const folded =
    arms.length < result.arms.length
      ? [wordFold(`The ${wordCount(arms.length, 'arm')} with the lowest levels`, `${result.arms.length} arms`, frame)]
      : [];
  return drawPanels(
    shown.map(({ key, marks }) => drawMetric(key, marks, names, frame)),
    {
      titles: result.headlines.slice(0, 1),
      legend: [
        `${levels}, on a logarithmic axis; bar: the 95 % interval of the change against the lowest, laid around it (line).`,
        ...folded,
      ],
      whyEmpty: 'no block has figures of all arms',
      below: (panels) =>
        drawLegend(
          [
            best,
            ...listStates(
              panels.flatMap(({ states }) => states ?? []),
              palette,
            ),
          ],
          available,
          frame,
        ),
      axisWidth: labelWidth + LABEL_GAP,
      leastHeight: arms.length * ROW_HEIGHT,
    },
    frame,
  );
}

function markArms(key: string, result: RankResult, shown: readonly RankedArm[]) {
  const best = bestOf(armsOf(result, key))?.of;
  const { name, scale } = readableUnit(best?.unit ?? '');
  const bestLevel = (best?.level ?? 0) * scale;
  return shown.flatMap(({ label, metrics }, row) => {
    const of = metrics[key] as ArmMetric;
    const { level, ciLow, ciHigh } = of;
    if (level === null) return [];
    const bound = (change: number | null) => (change === null ? null : bestLevel * (1 + change));
    const isBest = of === best;
    const about = `${label}: ${wordFigure(level * scale)} ${name}, ${isBest ? 'the lowest' : wordAgainst(of)}`;
    const looks = isBest ? BEST : lookOf(of);
    return [{ row, level: level * scale, bestLevel, isBest, about, low: bound(ciLow), high: bound(ciHigh), ...looks }];
  });
}

const BEST = { tone: 'gain', state: 'certain' } as const;

const lookOf = (of: ArmMetric) => ({
  tone: toneOf(of.ciLow, of.ciHigh),
  state: stateOf({ ...of, allEqual: false }, isToldWorse(of) ? 'different' : null),
});

const wordAgainst = ({ changeFromBestFraction, ciLow, ciHigh }: ArmMetric): string =>
  `${wordChange(changeFromBestFraction ?? 0, ciLow, ciHigh)} against the lowest`;

function drawMetric(
  key: string,
  marks: ReturnType<typeof markArms>,
  names: readonly string[],
  frame: ChartFrame,
): Panel {
  const { palette } = frame;
  const ends = marks.flatMap(({ level, low, high }) => [level, low ?? level, high ?? level]).filter((end) => end > 0);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const margin = Math.max(0.02, 0.05 * Math.log(most / least));
  const domain = [least * Math.exp(-margin), most * Math.exp(margin)] as const;
  const encodeAlong = (width: number) => (field: string) => ({
    field,
    type: 'quantitative',
    scale: { type: 'log', domain, nice: false },
    axis: {
      title: null,
      grid: false,
      values: chooseLevelTicks(domain, width, frame, 'across'),
      format: LEVEL_FORMAT,
      labelOverlap: false,
    },
  });
  const rows = names.map((_, row) => row);
  const y = {
    field: 'row',
    type: 'ordinal',
    scale: { type: 'point', padding: 0.6, domain: rows },
    axis: {
      title: null,
      grid: true,
      labels: false,
    },
  };
  return {
    head: [{ text: withUnit(labelOf(key), findMetric(key)?.unit ?? ''), bold: true }],
    states: marks.flatMap(({ state, isBest }) => (isBest ? [] : [state])),
    draw: ({ width }) => {
      const x = encodeAlong(width);
      return [
        {
          data: { values: names.map((text, row) => ({ row, text })) },
          mark: { type: 'text', align: 'right', baseline: 'middle', fill: palette.ink },
          encoding: { x: { value: -LABEL_GAP / 2 }, y, text: { field: 'text' } },
        },
        {
          data: { values: marks.slice(0, 1).map(({ bestLevel: level }) => ({ level })) },
          mark: { type: 'rule', color: palette.ink, strokeWidth: 0.9 },
          encoding: { x: x('level') },
        },
        {
          data: { values: marks.filter(({ low }) => low !== null) },
          mark: { type: 'rule', strokeWidth: 1.6 },
          encoding: { x: x('low'), x2: { field: 'high' }, y, color: encodeTone(palette) },
        },
        ...[true, false].flatMap((isBest) =>
          drawStateMarks(
            marks.filter((mark) => mark.isBest === isBest),
            { x: x('level'), y },
            isBest,
            palette,
          ),
        ),
      ];
    },
  };
}
