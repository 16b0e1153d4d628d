import { groupStructures, type StructureGroup } from '../../../model/group-structures.ts';
import { sampleMean } from '../../../stats/summary.ts';
import { ABOUT } from '../../../view/about.ts';
import { MARK_SHAPES } from '../../../view/mark-shapes.ts';
import { drawPanels, type Panel } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordFigure } from '../../../view/words.ts';
import type { PreloadResult, ReadyLag } from '../result.ts';
import { axisOver, SIDES, sideOf, thinOut } from './ready-lags.ts';

/** Draws a slope per position, from without to preloaded, between the means over its blocks; runs as dots, the mean in bold. */
export function drawSlopes(result: PreloadResult, frame: ChartFrame): VegaLiteSpec {
  const panels = groupStructures(result.readyLags).map((group) => drawSlopePanel(group, result, frame));
  const legend = [
    'Ready lag in ms: last input there → execution starts. A line per position between means; hollow: runs; bold: mean of the positions. Scales differ between panels and do not begin at 0.',
  ];
  return drawPanels(
    panels,
    { titles: [result.headline], legend, whyEmpty: 'no position ran both with preloading and without' },
    frame,
  );
}

function drawSlopePanel(
  { name, workflow, structure, items: lags }: StructureGroup<ReadyLag>,
  result: PreloadResult,
  { palette }: ChartFrame,
): Panel {
  const positions = result.positions.filter(
    (p) => p.outcome === 'ready-lag' && p.workflow === workflow && p.structure === structure,
  );
  const y = axisOver(
    'readyLagMs',
    [...lags.map(({ readyLagMs }) => readyLagMs), ...positions.flatMap((p) => [p.meanBaselineMs, p.meanPreloadedMs])],
    'ready lag (ms)',
  );
  const colorOf = (index: number) => palette.categories[index % palette.categories.length] as string;
  const shapeOf = (index: number) => MARK_SHAPES[index % MARK_SHAPES.length] as string;
  const slope = (lagsMs: readonly number[], color: string, strokeWidth: number, shape = 'circle') => ({
    data: { values: SIDES.map((side, i) => ({ side, readyLagMs: lagsMs[i] })) },
    mark: { type: 'line', color, strokeWidth, point: { color, shape, filled: true, size: 18 * strokeWidth } },
    encoding: { x: sides, y },
  });
  const sides = {
    field: 'side',
    type: 'nominal',
    sort: null,
    scale: { domain: SIDES, type: 'point', padding: 0.4 },
    axis: { labelAngle: 0, title: null, labelOverlap: false },
  };
  const meanOf = (key: 'meanBaselineMs' | 'meanPreloadedMs') => sampleMean(positions.map((p) => p[key])) as number;
  return {
    head: [
      { text: name, bold: true },
      ...positions.map(({ functionName }, i) => ({ text: functionName, color: colorOf(i), shape: shapeOf(i) })),
    ],
    draw: () => [
      ...positions.map(({ position }, i) => ({
        data: {
          values: SIDES.flatMap((side) =>
            thinOut(lags.filter((lag) => lag.position === position && sideOf(lag) === side)).map((lag) => ({
              side,
              readyLagMs: lag.readyLagMs,
              about: `run ${lag.runId}, ${lag.functionName}, ${side}: ${wordFigure(lag.readyLagMs)} ms`,
            })),
          ),
        },
        mark: {
          type: 'point',
          shape: shapeOf(i),
          size: 16,
          strokeWidth: 1,
          opacity: 0.7,
          color: colorOf(i),
          filled: false,
          ...ABOUT.mark,
        },
        encoding: { x: sides, y, ...ABOUT.encoding },
      })),
      ...positions.map((p, i) => slope([p.meanBaselineMs, p.meanPreloadedMs], colorOf(i), 1.4, shapeOf(i))),
      ...(positions.length > 1 ? [slope([meanOf('meanBaselineMs'), meanOf('meanPreloadedMs')], palette.ink, 2.6)] : []),
    ],
  };
}
