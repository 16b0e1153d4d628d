import { max, min } from 'd3-array';
import { type ArmLook, drawSteps } from '../../../view/arm-looks.ts';
import type { Panel } from '../../../view/panel-grid.ts';
import { encodeRatioAxis, layOutRatioAxis } from '../../../view/ratio-axis.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import type { RankResult } from '../result.ts';
import { labelOf } from '../wording.ts';
import { drawByMetric } from './by-metric.ts';

/** Draws performance profiles (Dolan & Moré 2002): the share of blocks in which an arm is within a factor of the block's best. */
export const drawProfile = (result: RankResult, frame: ChartFrame): VegaLiteSpec =>
  drawByMetric(
    result,
    'Share of blocks in which an arm is at most x % above the lowest of its block (logarithmic): at 0 the blocks won, at 100 % of the blocks the worst regret. Higher and farther left is better.',
    drawMetric,
    frame,
  );

export const SHARE_AXIS = { values: [0, 0.25, 0.5, 0.75, 1], format: '.0%', grid: true };

function drawMetric(key: string, result: RankResult, looks: ReadonlyMap<string, ArmLook>, frame: ChartFrame): Panel[] {
  const blocks = result.blocks.flatMap(({ levels }) => (levels[key] ? [levels[key]] : []));
  if (blocks.length === 0) return [];
  const lowest = blocks.map((levels) => min(levels) as number);
  const ratios = result.arms.map((_, arm) =>
    blocks.map((levels, i) => (levels[arm] as number) / (lowest[i] as number)),
  );
  const farthest = (max(ratios, (own) => max(own)) as number) * END_MARGIN;
  return [
    {
      head: [{ text: labelOf(key), bold: true }],
      draw: ({ width }) => {
        const axis = encodeRatioAxis(layOutRatioAxis([1, farthest], width, frame, 1), 'above best, %');
        const encoding = {
          x: { field: 'x', type: 'quantitative', ...axis },
          y: {
            field: 'y',
            type: 'quantitative',
            scale: { domain: [0, 1] },
            axis: { ...SHARE_AXIS, title: 'share of blocks' },
          },
        };
        return result.arms.flatMap(({ label }, arm) =>
          drawSteps(stepsOf(ratios[arm] as number[], farthest), looks.get(label) as ArmLook, encoding),
        );
      },
    },
  ];
}

/** Lines end a little beyond the farthest step. */
const END_MARGIN = 1.02;

function stepsOf(ratios: readonly number[], farthest: number) {
  const sorted = [...ratios].sort((a, b) => a - b);
  const share = (ratio: number) => sorted.filter((other) => other <= ratio * (1 + 1e-12)).length / sorted.length;
  const steps = [...new Set(sorted)].map((ratio) => ({ x: ratio, y: share(ratio) }));
  return [{ x: 1, y: share(1) }, ...steps.filter(({ x }) => x > 1), { x: farthest, y: 1 }];
}
