import { drawPanels, type Panel } from '../../../view/panel-grid.ts';
import { encodeRatioAxis, layOutRatioAxis } from '../../../view/ratio-axis.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import type { LevelSummary, SlaResult } from '../result.ts';
import { labelOf } from '../wording.ts';

/** Dot and interval: the levels in order, a column per metric, attainment with its target at the end. */
export function drawLevels(result: SlaResult, frame: ChartFrame): VegaLiteSpec {
  const metrics = [...new Set(result.contrasts.map(({ metric }) => metric))];
  const panels = [
    ...metrics.map((metric) => drawMetric(metric, result, frame)),
    ...(['makespan', 'execution-time'] as const).map((quantity) => drawAttainment(quantity, result, frame)),
  ];
  const lowest = result.contrasts[0]?.baseline;
  const legend = [
    ...(lowest
      ? [
          `Change in % against ${lowest} (logarithmic) with 95 % interval, not adjusted for the run index; hollow: not told from no change, or a hint only.`,
        ]
      : []),
    "Kept: % of runs with actual ≤ predicted, Wilson interval; bar: the percentile asked for; cross: the engine dashboard's own figure.",
  ];
  return drawPanels(result.levels.length > 0 ? panels : [], [result.verdict], legend, frame);
}

const levelAxis = (levels: readonly LevelSummary[]) => ({
  field: 'level',
  type: 'nominal',
  scale: { type: 'point', padding: 0.6, domain: levels.map(({ level }) => level) },
  axis: { title: null, grid: true, labelOverlap: false },
});

function drawMetric(metric: string, result: SlaResult, frame: ChartFrame): Panel {
  const { palette } = frame;
  const own = result.contrasts.filter((contrast) => contrast.metric === metric && contrast.changeFraction !== null);
  const ratio = (fraction: number | null) => 1 + (fraction ?? 0);
  const marks = own.map(({ level, changeFraction, ciLow, ciHigh, outcome }) => ({
    level,
    ratio: ratio(changeFraction),
    ...(ciLow === null ? {} : { low: ratio(ciLow), high: ratio(ciHigh) }),
    tone: outcome !== 'different' ? 'uncertain' : (changeFraction as number) < 0 ? 'gain' : 'loss',
  }));
  const y = levelAxis(result.levels.filter(({ percentile }) => percentile !== null));
  return {
    head: [{ text: labelOf(metric), bold: true }],
    draw: ({ width }) => {
      const ends = marks.flatMap(({ ratio: point, low, high }) => [point, low ?? point, high ?? point]);
      const axis = encodeRatioAxis(layOutRatioAxis(ends, width, frame), 'change %');
      const x = (field: string) => ({ field, type: 'quantitative', ...axis });
      const tones = ['gain', 'loss', 'uncertain'] as const;
      const scale = { domain: tones, range: tones.map((tone) => palette[tone]) };
      const color = { field: 'tone', type: 'nominal', scale, legend: null };
      const points = (certain: boolean) => ({
        data: { values: marks.filter(({ tone }) => (tone !== 'uncertain') === certain) },
        mark: {
          type: 'point',
          size: 46,
          opacity: 1,
          filled: certain,
          ...(certain ? {} : { fill: palette.background }),
        },
        encoding: { x: x('ratio'), y, color },
      });
      return [
        rule([{ ratio: 1 }], { x: x('ratio') }, palette.ink, 1),
        {
          data: { values: marks.filter(({ low }) => low !== undefined) },
          mark: { type: 'rule', strokeWidth: 1.6 },
          encoding: { x: x('low'), x2: { field: 'high' }, y, color },
        },
        points(true),
        points(false),
      ];
    },
  };
}

const rule = (values: readonly object[], encoding: object, color: string, strokeWidth: number) => ({
  data: { values },
  mark: { type: 'rule', color, strokeWidth },
  encoding,
});

function drawAttainment(quantity: 'makespan' | 'execution-time', result: SlaResult, { palette }: ChartFrame): Panel {
  const found = result.levels.flatMap(({ level, attainment, dashboardAttainment }) =>
    attainment
      .filter((of) => of.quantity === quantity && of.fraction !== null)
      .map(({ fraction, ciLow, ciHigh, targetFraction }) => {
        return { level, fraction, ciLow, ciHigh, targetFraction, dashboard: dashboardAttainment.fraction };
      }),
  );
  const y = levelAxis(result.levels);
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    scale: { domain: [0, 1] },
    axis: { values: [0, 0.5, 1], format: '.0%', grid: false, title: 'runs that kept it' },
  });
  const draw = (mark: object, encoding: object, field: keyof (typeof found)[number]) => ({
    data: { values: found.filter((of) => of[field] !== null) },
    mark: { color: palette.ink, opacity: 1, ...mark },
    encoding: { y, ...encoding },
  });
  return {
    head: [{ text: quantity === 'makespan' ? 'makespan kept' : 'execution kept', bold: true }],
    draw: () => [
      draw(
        { type: 'rule', strokeWidth: 1.6, color: palette.uncertain },
        { x: x('ciLow'), x2: { field: 'ciHigh' } },
        'ciLow',
      ),
      draw({ type: 'point', size: 46, filled: true, color: palette.gain }, { x: x('fraction') }, 'fraction'),
      draw(
        { type: 'tick', thickness: 2.4, size: 16, color: palette.loss },
        { x: x('targetFraction') },
        'targetFraction',
      ),
      ...(quantity === 'makespan'
        ? [
            draw(
              { type: 'point', shape: 'cross', filled: true, size: 40, color: palette.muted },
              { x: x('dashboard') },
              'dashboard',
            ),
          ]
        : []),
    ],
  };
}
