import type { MissingReason } from '../../model/metrics.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { type Finding, note } from '../diagnostics/finding.ts';
import { diagnosePrices } from '../diagnostics/prices.ts';
import type { RunOptions } from './options.ts';
import type { RunResult } from './result.ts';

/** Says what the bill was made by, or why there is none. */
export const diagnoseBill = ({ bill }: RunResult, run: RunFacts, { prices }: RunOptions): Finding[] =>
  'missing' in bill
    ? [
        note('no-bill', `no bill: ${BILL_REASONS[bill.missing] ?? bill.missing.replaceAll('-', ' ')}`, {
          reason: bill.missing,
        }),
      ]
    : diagnosePrices(prices, [run]);

const BILL_REASONS: Partial<Record<MissingReason, string>> = {
  'tasks-without-metrics': 'a task left no metrics, and nobody knows how long its worker ran',
  'tasks-without-startup': 'a task ran on a worker whose start is not recorded',
  'startup-never-ended': 'a worker never reported ready',
  'prewarm-startup-unknown':
    'no run started cold, so that nobody knows how long a container takes that is launched ahead',
};
