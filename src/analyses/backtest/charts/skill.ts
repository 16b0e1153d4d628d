import {
  type ChangeState,
  type ChangeTone,
  drawStateMarks,
  encodeTone,
  listStates,
} from '../../../view/change-states.ts';
import { CHART_PADDING, cutNames } from '../../../view/chart-text.ts';
import { drawLegend } from '../../../view/legend.ts';
import { drawPanels, type Panel } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordChange } from '../../../view/words.ts';
import { BACKTEST_QUANTITIES, type BacktestQuantity } from '../observations.ts';
import type { BacktestOptions } from '../options.ts';
import type { BacktestResult, Score } from '../result.ts';
import { ENGINE } from '../strategies.ts';
import { QUANTITY_WORDS, wordTau } from '../wording.ts';

const LABEL_GAP = 14;
/** Pixels of a row's height at least. */
const LEAST_ROW = 14;
const MOST_LABEL_SHARE = 0.45;
/** Skills below this are drawn at the edge: how much worse than twice the loss matters to nobody. */
const LOWEST_SKILL = -1;
/** The right edge, a little beyond no loss at all; bounds beyond it are drawn there. */
const HIGHEST_SKILL = 1.1;

/** Draws the skill of each strategy with its interval, a panel a quantity, at the highest level shown. */
export function drawSkill({ scores }: BacktestResult, { shownTaus }: BacktestOptions, frame: ChartFrame): VegaLiteSpec {
  const tau = shownTaus.at(-1) as number;
  const shown = scores.filter((score) => score.tau === tau && score.strategy !== ENGINE.name);
  const strategies = [...new Set(shown.map(({ strategy }) => strategy))];
  const available = frame.width - 2 * CHART_PADDING;
  const widest = Math.max(0, ...strategies.map((strategy) => frame.textWidth(strategy, frame.fontSize)));
  const labelWidth = Math.ceil(Math.min(widest, available * MOST_LABEL_SHARE));
  const cut = cutNames(strategies, labelWidth, frame);
  const nameOf = new Map(strategies.map((strategy, i) => [strategy, cut[i] as string]));
  const quantities = BACKTEST_QUANTITIES.filter((key) => shown.some(({ quantity }) => quantity === key));
  const scoresOf = (quantity: BacktestQuantity) => shown.filter((score) => score.quantity === quantity);
  // Rows are as high in each panel as in the one that has most of them.
  const rowCount = Math.max(0, ...quantities.map((quantity) => scoresOf(quantity).length));
  const panels = quantities.map((quantity) => drawQuantity(quantity, scoresOf(quantity), rowCount, nameOf, frame));
  const legend = [
    'Share of the loss of the engine that a strategy saves, in %, with 95 % intervals; right of the line it is better than the engine.',
    ...(shown.some(({ skillFraction, ciLow }) => Math.min(skillFraction, ciLow ?? 0) < LOWEST_SKILL)
      ? ['At the left edge: more than twice the loss of the engine.']
      : []),
  ];
  const below = (drawn: readonly Panel[]) =>
    drawLegend(
      listStates(
        drawn.flatMap(({ states = [] }) => states),
        frame.palette,
      ),
      available,
      frame,
    );
  return drawPanels(
    panels,
    {
      titles: [`Skill against the engine's own predictions, ${wordTau(tau)}`],
      legend,
      whyEmpty: 'nothing was replayed',
      below,
      axisWidth: labelWidth + LABEL_GAP,
      leastHeight: rowCount * LEAST_ROW,
    },
    frame,
  );
}

/** Which way a skill points, where its interval says so. */
function toneOf(state: ChangeState, skillFraction: number): ChangeTone {
  if (state !== 'certain' && state !== 'hint') return 'uncertain';
  return skillFraction > 0 ? 'gain' : 'loss';
}

/** A score's state: which mark it has. */
function stateOf({ outcome, ciLow }: Score): ChangeState {
  if (outcome === 'different') return 'certain';
  if (outcome === 'hint') return 'hint';
  if (outcome === 'equivalent') return 'no-change';
  return ciLow === null ? 'no-interval' : 'cannot-tell';
}

function drawQuantity(
  quantity: BacktestQuantity,
  own: readonly Score[],
  rowCount: number,
  nameOf: ReadonlyMap<string, string>,
  { palette }: ChartFrame,
): Panel {
  const clip = (skill: number) => Math.min(HIGHEST_SKILL, Math.max(LOWEST_SKILL, skill)) * 100;
  const marks = own.map((score, row) => {
    const { strategy, skillFraction, ciLow, ciHigh } = score;
    const state = stateOf(score);
    return {
      row,
      state,
      tone: toneOf(state, skillFraction),
      skill: clip(skillFraction),
      low: ciLow === null ? null : clip(ciLow),
      high: ciHigh === null ? null : clip(ciHigh),
      about: `${strategy}: ${wordChange(skillFraction, ciLow, ciHigh)}`,
    };
  });
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    scale: { domain: [LOWEST_SKILL * 100, HIGHEST_SKILL * 100], nice: false },
    axis: { title: null, values: [-100, -50, 0, 50, 100], grid: false, labelOverlap: true },
  });
  const y = {
    field: 'row',
    type: 'quantitative',
    scale: { domain: [-0.5, rowCount - 0.5], reverse: true, nice: false, zero: false },
    axis: null,
  };
  return {
    head: [{ text: `${QUANTITY_WORDS[quantity]} (%)`, bold: true }],
    states: marks.map(({ state }) => state),
    draw: () => [
      {
        data: { values: own.map(({ strategy }, row) => ({ row, text: nameOf.get(strategy) as string })) },
        mark: { type: 'text', align: 'right', baseline: 'middle', fill: palette.ink },
        encoding: { x: { value: -LABEL_GAP / 2 }, y, text: { field: 'text' } },
      },
      {
        data: { values: [{ skill: 0 }] },
        mark: { type: 'rule', color: palette.ink, strokeWidth: 0.9 },
        encoding: { x: x('skill') },
      },
      {
        data: { values: marks.filter(({ low }) => low !== null) },
        mark: { type: 'rule', strokeWidth: 1.6 },
        encoding: { x: x('low'), x2: { field: 'high' }, y, color: encodeTone(palette) },
      },
      ...drawStateMarks(marks, { x: x('skill'), y }, false, palette),
    ],
  };
}
