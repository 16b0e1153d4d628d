import { auditSla } from '../../../src/analyses/sla/diagnostics.ts';
import { type Case, type CaseTable, CLOCKS, type Facts, lay } from './cases.ts';
import { diagnosePricing, PRICE_CASES } from './price-cases.ts';

const trend = (over: Facts = {}): Facts => ({
  trends: [
    lay(
      {
        metric: 'resource-usage',
        highest: 'p90',
        outcome: 'inconclusive',
        pAdjusted: 0.5,
        change: { changeFraction: 0.1 },
        adjusted: { changeFraction: 0.1 },
      },
      over,
    ),
  ],
});
const contrast = (over: Facts = {}): Facts => ({
  contrasts: [
    lay(
      {
        metric: 'resource-usage',
        level: 'p90',
        baseline: 'p50',
        outcome: 'inconclusive',
        pAdjusted: 0.5,
        blockCount: 1,
        difference: { amount: 1 },
      },
      over,
    ),
  ],
});
const level = (runCount: number): Facts => ({ levels: [{ level: 'p50', runCount, percentile: 50, attainment: [] }] });
const judged = (percentile: number | null, runCount: number): Facts => ({
  levels: [{ level: 'p90', runCount: 10, percentile, attainment: [{ runCount }] }],
});
const order = (...levels: readonly number[]): Facts => ({
  blocks: [levels.map((sla) => ({ run: {}, fact: { sla } }))],
});

const PLAIN = { ...trend(), ...contrast(), levels: [], blocks: [] };

const cases: readonly Case[] = [
  ...PRICE_CASES,
  {
    code: 'clock-offsets',
    fires: { blocks: [[{ run: { clocks: CLOCKS }, fact: { sla: 50 } }]] },
    quiet: { blocks: [[{ run: {}, fact: { sla: 50 } }]] },
  },
  // Five of six pairs in order (concordance 0.67) fire; three of four (0.5), the last of these, are on the threshold.
  { code: 'levels-apart-in-time', fires: order(50, 50, 90, 50, 90), quiet: order(50, 90, 90, 50, 90) },
  { code: 'levels-apart-in-time', fires: order(90, 50), quiet: order(90, 90) },
  { code: 'levels-apart-in-time', fires: order(50, 50, 90, 90), quiet: order(50, 90, 50, 90) },
  {
    code: 'adjustment-turns-sign',
    fires: trend({ adjusted: { changeFraction: -0.001 } }),
    quiet: trend({ adjusted: { changeFraction: 0 } }),
  },
  { code: 'no-common-block', fires: contrast({ blockCount: 0 }), quiet: contrast({ blockCount: 1 }) },
  { code: 'few-runs', fires: level(9), quiet: level(10) },
  {
    code: 'price-signs-differ',
    fires: contrast({ difference: { amount: -0.001 } }),
    quiet: contrast({ difference: { amount: 0 } }),
  },
  {
    code: 'interval-finds-test-does-not',
    fires: trend({ outcome: 'hint' }),
    quiet: trend({ outcome: 'different' }),
  },
  {
    code: 'interval-finds-test-does-not',
    fires: contrast({ outcome: 'hint' }),
    quiet: contrast({ outcome: 'different' }),
  },
  { code: 'sum-of-percentiles', fires: judged(90, 1), quiet: judged(90, 0) },
  { code: 'sum-of-percentiles', fires: judged(90, 1), quiet: judged(null, 1) },
];

function diagnose(facts: Facts) {
  if ('prices' in facts) return diagnosePricing(facts);
  const { blocks, ...result } = lay(PLAIN, facts) as typeof PLAIN;
  return auditSla(result as never, blocks as never);
}

export const sla: CaseTable = { analysis: 'sla', diagnose, cases };
