import { groupStructures } from '../../../model/group-structures.ts';
import { drawPanels, type Panel } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import type { PreloadResult, ReadyLag } from '../result.ts';
import { axisOver, SIDES, sideOf, thinOut } from './ready-lags.ts';

/** Draws the share of run × position figures with at most that ready lag. */
export function drawEcdf(result: PreloadResult, frame: ChartFrame): VegaLiteSpec {
  const { palette } = frame;
  const styles = { without: { color: palette.muted, strokeDash: [4, 3] }, preloaded: { color: palette.gain } };
  const panels = groupStructures(result.readyLags).map(
    ({ name, items: lags }): Panel => ({
      head: [
        { text: name, bold: true },
        { text: '— preloaded', color: palette.gain },
        { text: '- - without', color: palette.muted },
      ],
      draw: () =>
        SIDES.map((side) => ({
          data: { values: stepsOf(thinOut(lags.filter((lag) => sideOf(lag) === side))) },
          mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.8, ...styles[side] },
          encoding: {
            x: axisOver(
              'readyLagMs',
              lags.map(({ readyLagMs }) => readyLagMs),
              'ready lag (ms)',
            ),
            y: {
              field: 'fraction',
              type: 'quantitative',
              scale: { domain: [0, 1] },
              axis: { tickCount: 4, format: '.0%', grid: true, title: 'share of runs' },
            },
            order: { field: 'rank' },
          },
        })),
    }),
  );
  const legend = [
    'Share of runs whose ready lag at a position is at most x; left is sooner. Scales differ between panels.',
  ];
  return drawPanels(
    panels,
    { titles: [result.headline], legend, whyEmpty: 'no position ran both with preloading and without' },
    frame,
  );
}

const stepsOf = (sorted: readonly ReadyLag[]) => [
  ...sorted.slice(0, 1).map(({ readyLagMs }) => ({ readyLagMs, fraction: 0, rank: 0 })),
  ...sorted.map(({ readyLagMs }, i) => ({ readyLagMs, fraction: (i + 1) / sorted.length, rank: i + 1 })),
];
