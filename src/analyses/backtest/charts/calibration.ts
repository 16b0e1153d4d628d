import { ABOUT } from '../../../view/about.ts';
import { toPercent } from '../../../view/cells.ts';
import { CHART_PADDING } from '../../../view/chart-text.ts';
import { drawLegend } from '../../../view/legend.ts';
import { MARK_SHAPES } from '../../../view/mark-shapes.ts';
import { drawPanels, type Panel } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { BACKTEST_QUANTITIES, type BacktestQuantity } from '../observations.ts';
import type { BacktestResult, Score } from '../result.ts';
import { QUANTITY_WORDS, wordTau } from '../wording.ts';

/** Draws the level asked for against the share of items within the prediction, a panel a quantity. */
export function drawCalibration({ scores }: BacktestResult, frame: ChartFrame): VegaLiteSpec {
  const strategies = [...new Set(scores.map(({ strategy }) => strategy))];
  const { categories } = frame.palette;
  const looks = strategies.map((name, i) => ({
    name,
    shape: MARK_SHAPES[i % MARK_SHAPES.length] as string,
    stroke: categories[i % categories.length] as string,
    fill: 'transparent',
  }));
  const quantities = BACKTEST_QUANTITIES.filter((key) => scores.some(({ quantity }) => quantity === key));
  const panels = quantities.map((quantity) => drawQuantity(quantity, scores, looks, frame));
  const legend =
    'Items that took at most as long as predicted, in %, by the level asked for. On the dashed line as many as asked for; below it predictions are too low.';
  const below = () => drawLegend(looks, frame.width - 2 * CHART_PADDING, frame);
  const titles = ['Calibration: share of items within the prediction'];
  return drawPanels(panels, { titles, legend: [legend], below, whyEmpty: 'nothing was replayed' }, frame);
}

type Look = Readonly<Record<'name' | 'shape' | 'stroke', string>>;

function drawQuantity(
  quantity: BacktestQuantity,
  scores: readonly Score[],
  looks: readonly Look[],
  { palette }: ChartFrame,
): Panel {
  const dots = scores
    .filter((score) => score.quantity === quantity)
    .map(({ strategy, tau, coverageFraction }) => {
      const { shape, stroke } = looks.find(({ name }) => name === strategy) as Look;
      const about = `${strategy}, ${wordTau(tau)}: ${toPercent(coverageFraction)} %`;
      return { asked: tau * 100, covered: coverageFraction * 100, shape, stroke, about };
    });
  const least = Math.min(45, ...dots.map(({ asked }) => asked - 5));
  const x = {
    field: 'asked',
    type: 'quantitative',
    scale: { domain: [least, 100], nice: false, zero: false },
    axis: {
      title: 'asked for',
      grid: false,
      values: [...new Set(dots.map(({ asked }) => asked))],
      labelOverlap: 'greedy',
      labelSeparation: 4,
    },
  };
  const y = {
    field: 'covered',
    type: 'quantitative',
    scale: { domain: [0, 100], nice: false },
    axis: { title: null, tickCount: 4 },
  };
  const asGiven = (field: string) => ({ field, type: 'nominal', scale: null, legend: null });
  return {
    head: [{ text: `${QUANTITY_WORDS[quantity]} (%)`, bold: true }],
    draw: () => [
      {
        data: { values: [least, 100].map((level) => ({ asked: level, covered: level })) },
        mark: { type: 'line', color: palette.muted, strokeDash: [4, 3], strokeWidth: 1 },
        encoding: { x, y },
      },
      {
        data: { values: dots },
        mark: { type: 'point', size: 40, strokeWidth: 1.5, opacity: 1, ...ABOUT.mark },
        encoding: { x, y, shape: asGiven('shape'), stroke: asGiven('stroke'), ...ABOUT.encoding },
      },
    ],
  };
}
