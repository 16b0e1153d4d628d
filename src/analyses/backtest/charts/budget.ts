import { ABOUT } from '../../../view/about.ts';
import { drawPanels, type Panel } from '../../../view/panel-grid.ts';
import type { ChartFrame, VegaLiteSpec } from '../../../view/view.ts';
import { wordChange } from '../../../view/words.ts';
import { BACKTEST_QUANTITIES } from '../observations.ts';
import type { BacktestOptions } from '../options.ts';
import type { BacktestResult, BudgetKind, BudgetScore } from '../result.ts';
import { BUDGET_WORDS, QUANTITY_WORDS, wordTau } from '../wording.ts';

/** Skills below this are drawn at the edge. */
const LOWEST_SKILL = -1;
const KINDS: readonly BudgetKind[] = ['newest-runs', 'reservoir', 'sketch'];

/** Draws what the engine loses on less history: a panel a quantity and way of keeping, skill against how much is kept. */
export function drawBudget(
  { budget }: BacktestResult,
  { shownTaus }: BacktestOptions,
  frame: ChartFrame,
): VegaLiteSpec {
  const tau = shownTaus.at(-1) as number;
  const panels = BACKTEST_QUANTITIES.flatMap((quantity) =>
    KINDS.flatMap((kept): Panel[] => {
      const own = budget.filter((score) => score.quantity === quantity && score.kept === kept && score.tau === tau);
      return own.length === 0 ? [] : [drawKept(`${QUANTITY_WORDS[quantity]}, ${BUDGET_WORDS[kept]}`, own, frame)];
    }),
  );
  const title = `Skill of the engine on less history against all of it, ${wordTau(tau)}`;
  const legend =
    'In %, by how many runs, samples or quantiles are kept, with 95 % intervals; below the line something is lost. What is worse than −100 % stands at the edge.';
  const whyEmpty = '--budget makes these figures';
  return drawPanels(panels, { titles: [title], legend: [legend], whyEmpty }, frame);
}

function drawKept(head: string, own: readonly BudgetScore[], { palette }: ChartFrame): Panel {
  const clip = (skill: number) => Math.min(1.1, Math.max(LOWEST_SKILL, skill)) * 100;
  const marks = own.map(({ amount, skillFraction, ciLow, ciHigh }) => ({
    amount,
    skill: clip(skillFraction),
    low: ciLow === null ? null : clip(ciLow),
    high: ciHigh === null ? null : clip(ciHigh),
    about: `${amount}: ${wordChange(skillFraction, ciLow, ciHigh)}`,
  }));
  const x = {
    field: 'amount',
    type: 'ordinal',
    scale: { type: 'point', padding: 0.6 },
    axis: { title: null, grid: false, labelAngle: 0 },
  };
  const y = (field: string) => ({
    field,
    type: 'quantitative',
    scale: { domain: [LOWEST_SKILL * 100, 110], nice: false },
    axis: { title: null, values: [-100, -50, 0, 50, 100] },
  });
  return {
    head: [{ text: head, bold: true }],
    draw: () => [
      {
        data: { values: [{ skill: 0 }] },
        mark: { type: 'rule', color: palette.ink, strokeWidth: 0.9 },
        encoding: { y: y('skill') },
      },
      {
        data: { values: marks.filter(({ low }) => low !== null) },
        mark: { type: 'rule', strokeWidth: 1.4, color: palette.uncertain },
        encoding: { x, y: y('low'), y2: { field: 'high' } },
      },
      {
        data: { values: marks },
        mark: { type: 'point', size: 40, filled: true, opacity: 1, color: palette.ink, ...ABOUT.mark },
        encoding: { x, y: y('skill'), ...ABOUT.encoding },
      },
    ],
  };
}
