import { SIGNIFICANCE_LEVEL } from '../../analyses/design/outcome.ts';
import type { Pair } from './lists.ts';

/** The words of statistics that tables and results use. */
export const STATISTICS: readonly Pair[] = [
  ['block', 'runs that may be compared: same workflow, structure and SLA, or what --block says; each has equal weight'],
  ['cell', 'the runs of one arm in one block'],
  ['change', 'geometric mean over blocks of candidate ÷ baseline, − 1'],
  [
    '95 % interval',
    'holds the true change in 95 of 100 experiments of this kind; from t, by the method that the design allows',
  ],
  ['paired-t', 'interval from the spread of the changes between blocks'],
  ['welch', 'interval from the spread of runs in each cell, with degrees of freedom of Satterthwaite'],
  ['welch-borrowed', 'the same where cells of one run borrow the spread of the others'],
  ['none', 'too few runs for any interval'],
  [
    'p (Holm)',
    `two-sided p by permutation within blocks, adjusted over all tests of the result; below ${SIGNIFICANCE_LEVEL} it confirms a change`,
  ],
  ['different', 'interval and test agree that there is a change'],
  ['hint', 'the interval excludes no change, the adjusted test does not: marked ?, and no gate is decided by it'],
  ['equivalent', 'the whole interval lies within ± --equivalence'],
  ['inconclusive', 'neither: these runs cannot tell'],
  ['detectable', 'the smallest change that this design finds in four of five cases'],
  [
    'coverage',
    'share of runs within the prediction, with the interval of Wilson, against the share that the SLA asks for',
  ],
  ['bias', 'median of predicted ÷ actual, − 1'],
  ['MdAPE', 'median of |predicted − actual| ÷ actual, with its order-statistic interval'],
  ['regret', 'what it costs to always take one arm: its level ÷ the best of each block, − 1'],
  ['ledger', 'what was left out, by reason: nothing is dropped in silence'],
];
