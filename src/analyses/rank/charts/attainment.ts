import { wilsonInterval } from '../../../stats/binomial.ts';
import { type ArmLook, chooseLooks, drawSteps } from '../../../view/arm-looks.ts';
import { drawPanels, type Panel } from '../../../view/panel-grid.ts';
import { encodeRatioAxis, layOutRatioAxis } from '../../../view/ratio-axis.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import type { RankResult, RelativeRuns } from '../result.ts';
import { labelOf } from '../wording.ts';
import { SHARE_AXIS } from './profile.ts';

/** Draws, a panel an arm, the share of runs that end within a deadline, with its Wilson interval; the others faint behind it. */
export function drawAttainment(result: RankResult, frame: ChartFrame): VegaLiteSpec {
  const looks = chooseLooks(result, frame);
  const [metric = ''] = Object.keys(result.arms[0]?.metrics ?? {});
  const curves = result.arms.flatMap(({ label, metrics }) => {
    const relative = metrics[metric]?.relative;
    return relative && relative.count > 0 ? [{ label, relative }] : [];
  });
  const ends = curves.flatMap(({ relative }) => [relative.ratios[0] as number, relative.ratios.at(-1) as number]);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const lines = curves.map(({ label, relative }) => ({ label, count: relative.count, points: bandOf(relative, most) }));
  const panels = lines.map(
    ({ label, count, points }): Panel => ({
      head: [
        { text: label, bold: true, color: looks.get(label)?.stroke ?? frame.palette.ink },
        { text: `${count} runs` },
      ],
      draw: ({ width }) => {
        const axis = encodeRatioAxis(layOutRatioAxis([least, most], width, frame), 'deadline, %');
        const x = { field: 'x', type: 'quantitative', ...axis };
        const y = (field: string) => ({
          field,
          type: 'quantitative',
          scale: { domain: [0, 1] },
          axis: { ...SHARE_AXIS, title: 'attained' },
        });
        const order = { field: 'order', type: 'quantitative' };
        const { stroke } = looks.get(label) as ArmLook;
        const step = { interpolate: 'step-after' };
        const others = lines.filter((other) => other.label !== label);
        return [
          ...others.map((other) => ({
            data: { values: other.points },
            mark: { type: 'line', ...step, strokeWidth: 0.8, stroke: frame.palette.pale },
            encoding: { x, y: y('share'), order },
          })),
          {
            data: { values: points },
            mark: { type: 'area', ...step, opacity: 0.25, color: stroke, clip: true },
            encoding: { x, y: y('low'), y2: { field: 'high' } },
          },
          ...drawSteps(
            points.map(({ x, share }) => ({ x, y: share })),
            looks.get(label) as ArmLook,
            { x, y: y('y') },
          ),
        ];
      },
    }),
  );
  const legend = [
    `Share of runs whose ${labelOf(metric)} keeps a deadline of that much more or less than their block's geometric mean over all arms (logarithmic), with its 95 % interval (Wilson); thin: the other arms.`,
  ];
  return drawPanels(
    panels,
    { titles: result.headlines.slice(0, 1), legend, whyEmpty: `no block has ${labelOf(metric)} of all arms` },
    frame,
  );
}

function bandOf({ count, ratios, ranks }: RelativeRuns, most: number) {
  const point = (x: number, rank: number, order: number) => {
    const interval = wilsonInterval(rank, count);
    return { x, share: rank / count, low: interval?.low ?? 0, high: interval?.high ?? 1, order };
  };
  const steps = ratios.map((x, i) => point(x, ranks[i] as number, i + 1));
  return [point(ratios[0] as number, 0, 0), ...steps, point(most, count, ratios.length + 1)];
}
