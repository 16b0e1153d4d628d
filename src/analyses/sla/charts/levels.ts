import { ABOUT } from '../../../view/about.ts';
import { drawStateMarks, encodeTone, listStates } from '../../../view/change-states.ts';
import { CHART_PADDING } from '../../../view/chart-text.ts';
import { drawLegend } from '../../../view/legend.ts';
import { drawPanels, type Panel } from '../../../view/panel-grid.ts';
import { encodeRatioAxis, layOutRatioAxis } from '../../../view/ratio-axis.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordChange, wordNumber } from '../../../view/words.ts';
import { stateOf, toneOf } from '../../design/change-state.ts';
import type { SlaResult } from '../result.ts';
import { labelOf, missesTarget } from '../wording.ts';

/** Dot and interval: the levels in order, a column per metric, attainment with its target at the end. */
export function drawLevels(result: SlaResult, frame: ChartFrame): VegaLiteSpec {
  const metrics = [...new Set(result.contrasts.map(({ metric }) => metric))];
  const changes = metrics.map((metric) => ({ metric, marks: markChanges(metric, result) }));
  // Attainment stands before the rest of many metrics: it is what a level promises.
  const attained = (['makespan', 'execution-time'] as const).map((quantity) => drawAttainment(quantity, result, frame));
  const panels = changes.map(({ metric, marks }) => drawMetric(metric, marks, result, frame));
  const lowest = result.contrasts[0]?.baseline;
  const legend = [
    ...(lowest
      ? [`Change in % against ${lowest} (logarithmic) with 95 % interval, not adjusted for the run index.`]
      : []),
    "Kept: % of runs with actual ≤ predicted, Wilson interval; bar: the percentile asked for; filled: told from it; cross: the engine dashboard's own figure.",
  ];
  const { palette } = frame;
  return drawPanels(
    result.levels.length > 0
      ? [...panels.slice(0, MOST_BEFORE_ATTAINMENT), ...attained, ...panels.slice(MOST_BEFORE_ATTAINMENT)]
      : [],
    {
      titles: [result.verdict],
      legend,
      whyEmpty: 'no planner ran under two SLAs',
      below: (shown) =>
        drawLegend(
          listStates(
            shown.flatMap(({ states }) => states ?? []),
            palette,
          ),
          frame.width - 2 * CHART_PADDING,
          frame,
        ),
      axisWidth: AXIS_WIDTH,
    },
    frame,
  );
}

/** Pixels left of a panel: the name of a level, and half a mark at the end of the panel before. */
const AXIS_WIDTH = 62;

/** Metrics whose panels stand before attainment. */
const MOST_BEFORE_ATTAINMENT = 3;

const levelAxis = (levels: readonly string[]) => ({
  field: 'level',
  type: 'nominal',
  scale: { type: 'point', padding: 0.6, domain: levels },
  axis: { title: null, grid: true, labelOverlap: false },
});

function markChanges(metric: string, { contrasts }: SlaResult) {
  const ratio = (fraction: number | null) => 1 + (fraction ?? 0);
  return contrasts.flatMap((contrast) => {
    const { level, changeFraction, ciLow, ciHigh, outcome } = contrast;
    if (contrast.metric !== metric || changeFraction === null) return [];
    return [
      {
        level,
        ratio: ratio(changeFraction),
        ...(ciLow === null ? {} : { low: ratio(ciLow), high: ratio(ciHigh) }),
        tone: toneOf(ciLow, ciHigh),
        state: stateOf(contrast, outcome),
        about: `${level}, ${labelOf(metric)}: ${wordChange(changeFraction, ciLow, ciHigh)}`,
      },
    ];
  });
}

function drawMetric(
  metric: string,
  marks: ReturnType<typeof markChanges>,
  { levels, contrasts }: SlaResult,
  { palette, ...frame }: ChartFrame,
): Panel {
  // The lowest level is what the others are held against: no row of its own.
  const compared = levels.filter(({ level, percentile }) => percentile !== null && level !== contrasts[0]?.baseline);
  const y = levelAxis(compared.map(({ level }) => level));
  return {
    head: [{ text: labelOf(metric), bold: true }],
    states: marks.map(({ state }) => state),
    draw: ({ width }) => {
      const ends = marks.flatMap(({ ratio: point, low, high }) => [point, low ?? point, high ?? point]);
      const axis = encodeRatioAxis(layOutRatioAxis(ends, width, { palette, ...frame }), 'change %');
      const x = (field: string) => ({ field, type: 'quantitative', ...axis });
      return [
        rule([{ ratio: 1 }], { x: x('ratio') }, palette.ink, 1),
        {
          data: { values: marks.filter(({ low }) => low !== undefined) },
          mark: { type: 'rule', strokeWidth: 1.6 },
          encoding: { x: x('low'), x2: { field: 'high' }, y, color: encodeTone(palette) },
        },
        ...drawStateMarks(marks, { x: x('ratio'), y }, false, palette),
      ];
    },
  };
}

const rule = (values: readonly object[], encoding: object, color: string, strokeWidth: number) => ({
  data: { values },
  mark: { type: 'rule', color, strokeWidth },
  encoding,
});

/** Encodes a colour that the data holds. */
const ownColour = (channel: 'fill' | 'stroke') => ({ [channel]: { field: channel, type: 'nominal', scale: null } });

function drawAttainment(quantity: 'makespan' | 'execution-time', result: SlaResult, { palette }: ChartFrame): Panel {
  const found = result.levels.flatMap(({ level, attainment, dashboardAttainment }) =>
    attainment
      .filter((of) => of.quantity === quantity && of.fraction !== null)
      .map((of) => {
        const { fraction, ciLow, ciHigh, targetFraction, attainedCount, runCount } = of;
        const about = `${level}: ${attainedCount} of ${runCount} runs kept it, ${wordNumber((fraction ?? 0) * 100, 1)} %`;
        return {
          ...{ level, fraction, ciLow, ciHigh, targetFraction, about },
          dashboard: dashboardAttainment.fraction,
          fill: missesTarget(of) ? palette.ink : palette.background,
          stroke: missesTarget(of) ? palette.ink : palette.uncertain,
        };
      }),
  );
  const y = levelAxis(result.levels.map(({ level }) => level));
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
      draw(
        { type: 'point', size: 46, strokeWidth: 1.6, ...ABOUT.mark },
        { x: x('fraction'), ...ownColour('fill'), ...ownColour('stroke'), ...ABOUT.encoding },
        'fraction',
      ),
      draw({ type: 'tick', thickness: 2.4, size: 16 }, { x: x('targetFraction') }, 'targetFraction'),
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
