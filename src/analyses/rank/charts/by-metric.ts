import { type ArmLook, chooseLooks, drawArmLegend } from '../../../view/arm-looks.ts';
import { drawPanels, type Panel } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import type { RankResult } from '../result.ts';

type DrawMetric = (
  key: string,
  result: RankResult,
  looks: ReadonlyMap<string, ArmLook>,
  frame: ChartFrame,
) => readonly Panel[];

/** Draws the panels of each metric, above the legend of the arms. */
export function drawByMetric(
  result: RankResult,
  legend: string,
  drawMetric: DrawMetric,
  frame: ChartFrame,
): VegaLiteSpec {
  const looks = chooseLooks(result, frame);
  return drawPanels(
    Object.keys(result.arms[0]?.metrics ?? {}).flatMap((key) => drawMetric(key, result, looks, frame)),
    {
      titles: result.headlines.slice(0, 1),
      legend: [legend],
      whyEmpty: 'no block has figures of all arms',
      below: () => drawArmLegend(looks, frame),
    },
    frame,
  );
}
