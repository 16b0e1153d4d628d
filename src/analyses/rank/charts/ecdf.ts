import { extent } from 'd3-array';
import { type ArmLook, drawSteps } from '../../../view/arm-looks.ts';
import type { Panel } from '../../../view/panel-grid.ts';
import { encodeRatioAxis, layOutRatioAxis } from '../../../view/ratio-axis.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import type { ArmMetric, RankResult } from '../result.ts';
import { labelOf } from '../wording.ts';
import { drawByMetric } from './by-metric.ts';
import { SHARE_AXIS } from './profile.ts';

/** Draws the distribution of each metric by arm, every run ÷ the geometric mean of its block. */
export const drawEcdf = (result: RankResult, frame: ChartFrame): VegaLiteSpec =>
  drawByMetric(
    result,
    "Share of runs with at most that change against their block's geometric mean over all arms (logarithmic). Farther left is better.",
    drawMetric,
    frame,
  );

function drawMetric(
  key: string,
  { arms }: RankResult,
  looks: ReadonlyMap<string, ArmLook>,
  frame: ChartFrame,
): Panel[] {
  const all = arms.flatMap(({ metrics }) => metrics[key]?.relative.ratios ?? []);
  if (all.length === 0) return [];
  const [least, most] = extent(all) as [number, number];
  return [
    {
      head: [{ text: labelOf(key), bold: true }],
      draw: ({ width }) => {
        const axis = encodeRatioAxis(layOutRatioAxis([least, most], width, frame), 'change, %');
        const encoding = {
          x: { field: 'x', type: 'quantitative', ...axis },
          y: {
            field: 'y',
            type: 'quantitative',
            scale: { domain: [0, 1] },
            axis: { ...SHARE_AXIS, title: 'share of runs' },
          },
        };
        return arms.flatMap(({ label, metrics }) =>
          drawSteps(stepsOf(metrics[key] as ArmMetric, most), looks.get(label) as ArmLook, encoding),
        );
      },
    },
  ];
}

function stepsOf({ relative: { count, ratios, ranks } }: ArmMetric, most: number) {
  if (count === 0) return [];
  const steps = ratios.map((x, i) => ({ x, y: (ranks[i] as number) / count }));
  return [{ x: ratios[0] as number, y: 0 }, ...steps, { x: most, y: 1 }];
}
