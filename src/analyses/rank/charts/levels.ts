import { max } from 'd3-array';
import { CHART_PADDING, cutNames } from '../../../view/chart-text.ts';
import { drawPanels, type Panel } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { readableUnit, withUnit } from '../../../view/words.ts';
import type { ArmMetric, RankResult } from '../result.ts';
import { isToldWorse, labelOf } from '../wording.ts';

const LABEL_GAP = 14;
const MOST_LABEL_SHARE = 0.4;

/** Draws the level of every arm, a panel a metric, with the interval of its change laid around the best. */
export function drawLevels(result: RankResult, frame: ChartFrame): VegaLiteSpec {
  const metrics = Object.keys(result.arms[0]?.metrics ?? {});
  const available = frame.width - 2 * CHART_PADDING;
  const labels = result.arms.map(({ label }) => label);
  const widest = max(labels, (label) => frame.textWidth(label, frame.fontSize)) ?? 0;
  const labelWidth = Math.ceil(Math.min(widest, available * MOST_LABEL_SHARE));
  const names = cutNames(labels, labelWidth, frame);
  const panels = metrics
    .filter((key) => result.arms.some(({ metrics: own }) => own[key]?.level !== null))
    .map((key) => drawMetric(key, result, names, frame));
  const levels =
    result.stat === 'mean'
      ? 'Geometric means over the blocks that all arms share'
      : `The ${result.stat} of runs ÷ their block's mean, as levels`;
  const legend = [
    `${levels}, on a logarithmic axis; bar: the 95 % interval of the change against the lowest, laid around it (line).`,
    'Filled: the lowest, and arms that are told worse; hollow: cannot be told from the lowest, or a hint only.',
  ];
  return drawPanels(
    panels,
    result.headlines.slice(0, 1),
    panels.length > 0 ? legend : [],
    frame,
    labelWidth + LABEL_GAP,
  );
}

function drawMetric(key: string, { arms }: RankResult, names: readonly string[], { palette }: ChartFrame): Panel {
  const own = arms.map(({ metrics }) => metrics[key] as ArmMetric);
  const { scale } = readableUnit(own[0]?.unit ?? '');
  const best = own.find(({ changeFromBestFraction }) => changeFromBestFraction === 0);
  const bestLevel = (best?.level ?? 0) * scale;
  const marks = own.flatMap((of, row) => {
    if (of.level === null) return [];
    const tone = of === best ? palette.gain : isToldWorse(of) ? palette.loss : palette.uncertain;
    const bar =
      of.ciLow === null || of.ciHigh === null
        ? {}
        : { low: bestLevel * (1 + of.ciLow), high: bestLevel * (1 + of.ciHigh) };
    return [
      { row, level: of.level * scale, tone, fill: tone === palette.uncertain ? palette.background : tone, ...bar },
    ];
  });
  const ends = marks.flatMap(({ level, low = level, high = level }) => [level, low, high]).filter((end) => end > 0);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const margin = Math.max(0.02, 0.05 * Math.log(most / least));
  const domain = [least * Math.exp(-margin), most * Math.exp(margin)];
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    scale: { type: 'log', domain, nice: false },
    axis: {
      title: null,
      grid: false,
      tickCount: 3,
      format: '~s',
      labelOverlap: true,
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
  const colour = (channel: 'stroke' | 'fill', field: string) => ({
    [channel]: { field, type: 'nominal', scale: null, legend: null },
  });
  return {
    head: [{ text: withUnit(labelOf(key), own[0]?.unit ?? ''), bold: true }],
    draw: () => [
      {
        data: { values: names.map((text, row) => ({ row, text })) },
        mark: { type: 'text', align: 'right', baseline: 'middle', fill: palette.ink },
        encoding: { x: { value: -LABEL_GAP / 2 }, y, text: { field: 'text' } },
      },
      {
        data: { values: [{ level: bestLevel }] },
        mark: { type: 'rule', color: palette.ink, strokeWidth: 0.9 },
        encoding: { x: x('level') },
      },
      {
        data: { values: marks.filter((mark) => 'low' in mark) },
        mark: { type: 'rule', strokeWidth: 1.6 },
        encoding: { x: x('low'), x2: { field: 'high' }, y, ...colour('stroke', 'tone') },
      },
      {
        data: { values: marks },
        mark: { type: 'point', size: 46, opacity: 1, strokeWidth: 1.6 },
        encoding: { x: x('level'), y, ...colour('stroke', 'tone'), ...colour('fill', 'fill') },
      },
    ],
  };
}
