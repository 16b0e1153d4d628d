import { name, right } from '../../view/cells.ts';
import type { Table, View } from '../../view/view.ts';
import { wordNumber } from '../../view/words.ts';
import type { Outcome } from '../analysis.ts';
import type { CampaignOptions } from './options.ts';
import type { CampaignCell, CampaignResult } from './result.ts';
import { wordEffect } from './wording.ts';

/** The cells with their runs, the order, and what pairs of planners can be told. */
export function viewCampaign({ result }: Outcome<CampaignResult>, _: CampaignOptions): View {
  return {
    headlines: [result.headline],
    next:
      result.toRunCount > 0
        ? '-f csv -o campaign.csv writes the whole order, a run a line; --effect and --budget plan for more or fewer'
        : '--effect 2 asks what a smaller change would take',
    tables: [tabulateCells(result), tabulatePairs(result), tabulateOrder(result)],
    records: {
      columns: ['place', 'round', 'block', 'planner', 'label'],
      rows: result.order.map((run) => ({ ...run })),
    },
    charts: [],
  };
}

/** A row a block, a column a planner: runs so far, and those to run. */
function tabulateCells({ cells, runsPerCell }: CampaignResult): Table {
  const planners = [...new Map(cells.map(({ planner, label }) => [planner, label]))];
  const blocks = [...new Set(cells.map(({ block }) => block))];
  const cellOf = new Map(cells.map((cell) => [`${cell.block}\n${cell.planner}`, cell]));
  return {
    title: `runs of each planner in each block: so far + to run${runsPerCell === null ? '' : ` (up to ${runsPerCell})`}`,
    columns: [name('block', 'block'), ...planners.map(([, label], i) => right(`planner ${i}`, label))],
    rows: blocks.map((block) => ({
      block,
      ...Object.fromEntries(
        planners.map(([planner], i) => [`planner ${i}`, wordCell(cellOf.get(`${block}\n${planner}`))]),
      ),
    })),
    notes: [],
    fold: { rows: 'blocks' },
  };
}

const wordCell = (cell: CampaignCell | undefined): string =>
  cell === undefined ? '' : cell.toRunCount === 0 ? `${cell.runCount}` : `${cell.runCount} + ${cell.toRunCount}`;

function tabulatePairs({ pairs, logDeviation }: CampaignResult): Table {
  return {
    title: 'change that is detected between two planners (5 %, power 80 %)',
    columns: [
      name('first', 'planner'),
      name('second', 'against'),
      right('blocks', 'blocks shared'),
      right('now', 'detected now'),
      right('after', 'detected after'),
    ],
    rows: pairs.map((pair) => ({
      first: pair.firstLabel,
      second: pair.secondLabel,
      blocks: String(pair.sharedBlockCount),
      now: wordEffect(pair.detectableNowFraction),
      after: wordEffect(pair.detectableFraction),
    })),
    notes:
      logDeviation === null
        ? []
        : [`by the spread within cells, pooled: ln figure has a standard deviation of ${wordNumber(logDeviation, 3)}`],
    fold: { rows: 'pairs of planners' },
  };
}

const tabulateOrder = ({ order }: CampaignResult): Table => ({
  title: 'order of runs: round by round, each shuffled',
  columns: [right('place', 'place'), right('round', 'round'), name('block', 'block'), name('planner', 'planner')],
  rows: order.map(({ place, round, block, label }) => ({
    place: String(place),
    round: String(round),
    block,
    planner: label,
  })),
  notes: [],
  fold: { rows: 'runs' },
});
