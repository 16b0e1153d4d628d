import { thinSorted } from '../../../stats/order-statistics.ts';
import { sampleMean } from '../../../stats/summary.ts';
import { MARK_SHAPES } from '../../../view/mark-shapes.ts';
import { drawPanels, type Panel } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import type { PreloadResult, ReadyLag } from '../result.ts';

/** Charts of the ready lag, a panel per workflow. */

/** More points than this on one side of a panel would be a smear: evenly spaced order statistics stand for them. */
const MOST_POINTS = 200;

interface Group {
  readonly name: string;
  readonly lags: readonly ReadyLag[];
}

/** By workflow; the structure hash shows only where a workflow has several. */
function groupWorkflows({ readyLags }: PreloadResult): Group[] {
  const groups = new Map<string, ReadyLag[]>();
  for (const lag of readyLags) {
    const key = `${lag.workflow}\n${lag.structure}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(lag);
  }
  const keys = [...groups.keys()].sort();
  return keys.map((key) => {
    const [workflow = '', structure = ''] = key.split('\n');
    const several = keys.filter((other) => other.startsWith(`${workflow}\n`)).length > 1;
    return { name: several ? `${workflow} #${structure.slice(0, 6)}` : workflow, lags: groups.get(key) ?? [] };
  });
}

const quantitative = (field: string, title: string) => ({
  field,
  type: 'quantitative',
  scale: { nice: true, zero: false },
  axis: { tickCount: 4, grid: true, title, format: ',d', labelOverlap: true },
});

const SIDES = ['without', 'preloaded'] as const;
const sideOf = ({ preloaded }: ReadyLag) => (preloaded ? 'preloaded' : 'without');

/** Without → preloaded: a slope per position between the means over its blocks, the runs as dots, the mean in bold. */
export function drawSlopes(result: PreloadResult, frame: ChartFrame): VegaLiteSpec {
  const panels = groupWorkflows(result).map((group) => drawSlopePanel(group, result, frame));
  const legend = [
    'Ready lag in ms: last input there → execution starts. A line per position between means; hollow: runs; bold: mean of the positions. Scales differ between panels and do not begin at 0.',
  ];
  return drawPanels(panels, [result.headline], panels.length > 0 ? legend : [], frame);
}

function drawSlopePanel({ name, lags }: Group, result: PreloadResult, { palette }: ChartFrame): Panel {
  const [first] = lags;
  const positions = result.positions.filter(
    (p) => p.outcome === 'ready-lag' && p.workflow === first?.workflow && p.structure === first.structure,
  );
  const colorOf = (index: number) => palette.categories[index % palette.categories.length] as string;
  const shapeOf = (index: number) => MARK_SHAPES[index % MARK_SHAPES.length] as string;
  const slope = (lagsMs: readonly number[], color: string, strokeWidth: number, shape = 'circle') => ({
    data: { values: SIDES.map((side, i) => ({ side, readyLagMs: lagsMs[i] })) },
    mark: { type: 'line', color, strokeWidth, point: { color, shape, filled: true, size: 18 * strokeWidth } },
    encoding: { x: sides, y: quantitative('readyLagMs', 'ready lag (ms)') },
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
            thinOut(lags.filter((lag) => lag.position === position && sideOf(lag) === side)).map((readyLagMs) => ({
              side,
              readyLagMs,
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
        },
        encoding: { x: sides, y: quantitative('readyLagMs', 'ready lag (ms)') },
      })),
      ...positions.map((p, i) => slope([p.meanBaselineMs, p.meanPreloadedMs], colorOf(i), 1.4, shapeOf(i))),
      ...(positions.length > 1 ? [slope([meanOf('meanBaselineMs'), meanOf('meanPreloadedMs')], palette.ink, 2.6)] : []),
    ],
  };
}

const thinOut = (lags: readonly ReadyLag[]): readonly number[] =>
  thinSorted(
    lags.map(({ readyLagMs }) => readyLagMs).sort((a, b) => a - b),
    MOST_POINTS,
  );

/** The share of run × position figures with at most that ready lag. */
export function drawEcdf(result: PreloadResult, frame: ChartFrame): VegaLiteSpec {
  const { palette } = frame;
  const styles = { without: { color: palette.muted, strokeDash: [4, 3] }, preloaded: { color: palette.gain } };
  const panels = groupWorkflows(result).map(
    ({ name, lags }): Panel => ({
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
            x: quantitative('readyLagMs', 'ready lag (ms)'),
            y: {
              ...quantitative('fraction', 'share of runs'),
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
  return drawPanels(panels, [result.headline], panels.length > 0 ? legend : [], frame);
}

const stepsOf = (sorted: readonly number[]) => [
  ...(sorted.length > 0 ? [{ readyLagMs: sorted[0], fraction: 0, rank: 0 }] : []),
  ...sorted.map((readyLagMs, i) => ({ readyLagMs, fraction: (i + 1) / sorted.length, rank: i + 1 })),
];
