import { auditMemory } from '../../../src/analyses/memory/diagnostics.ts';
import { DEFAULT_PRICES } from '../../../src/cost/built-in-prices.ts';
import { type Case, type CaseTable, type Facts, lay, plainRun } from './cases.ts';
import { diagnosePricing, PRICE_CASES } from './price-cases.ts';

const NAMES = { workflow: 'w', structure: 's' };
const told = (over: Facts): Facts => ({
  result: { functions: [{ ...NAMES, function: 'f', exponent: 0, neighbourFactor: null, driftFactor: null, ...over }] },
});
/** Tasks of the planner in the order of submission, each with a size. */
const tasks = (...own: readonly (readonly [memoryMb: number, planner: string])[]): Facts => ({
  observed: [
    {
      ...NAMES,
      functionName: 'f',
      tasks: own.map(([memoryMb, planner], i) => ({ planner, submittedAtMs: i, row: [memoryMb, 9, 0, 0] })),
    },
  ],
});
const [SMALL, LARGE] = [1024, 2048];
const drift = (driftFactor: Facts | null): Facts => ({ ...told({ driftFactor }), options: { driftAtMs: 1 } });
const lacking = (...lacks: readonly string[]): Facts => ({ facts: [{ run: plainRun({ traits: { lacks } }) }] });
const replay = (bestAllocation: Facts | null): Facts => ({
  facts: [{ run: plainRun() }],
  result: { bestAllocation },
});

const PLAIN = {
  result: {
    functions: [{ ...NAMES, function: 'f', exponent: 0, neighbourFactor: null, driftFactor: null }],
    bestAllocation: {},
  },
  observed: [],
  facts: [],
  options: { driftAtMs: null, prices: { table: DEFAULT_PRICES, isDefault: true } },
};

const cases: readonly Case[] = [
  { code: 'size-goes-with-position', fires: told({ reason: 'confounded' }), quiet: told({ reason: 'no-interval' }) },
  { code: 'size-in-few-runs', fires: told({ reason: 'few-runs-decide' }), quiet: told({ reason: 'no-interval' }) },
  {
    code: 'neighbours-in-few-runs',
    fires: told({ neighbourFactor: { effectiveRunCount: 9.9 } }),
    quiet: told({ neighbourFactor: { effectiveRunCount: 10 } }),
  },
  // 4 of 4 pairs in order (AUC 1) against 3 of 4 (|2 · 0.75 − 1| = 0.5).
  {
    code: 'sizes-one-after-another',
    fires: tasks([SMALL, 'P0'], [SMALL, 'P1'], [LARGE, 'P0'], [LARGE, 'P1']),
    quiet: tasks([SMALL, 'P0'], [LARGE, 'P1'], [SMALL, 'P0'], [LARGE, 'P1']),
  },
  {
    code: 'sizes-one-after-another',
    fires: tasks([SMALL, 'P0'], [SMALL, 'P1'], [LARGE, 'P0'], [LARGE, 'P1']),
    quiet: { ...tasks([SMALL, 'P0'], [SMALL, 'P1'], [LARGE, 'P0'], [LARGE, 'P1']), options: { driftAtMs: 1 } },
  },
  {
    code: 'size-goes-with-planner',
    fires: tasks([SMALL, 'P0'], [LARGE, 'P1'], [SMALL, 'P0']),
    quiet: tasks([SMALL, 'P0'], [LARGE, 'P1'], [SMALL, 'P1']),
  },
  { code: 'drift-without-effect', fires: drift(null), quiet: drift({ factor: 1 }) },
  { code: 'workers-not-recorded', fires: lacking('workers'), quiet: lacking('memory') },
  { code: 'no-allocation', fires: replay(null), quiet: replay({}) },
  ...PRICE_CASES,
];

const diagnose = (over: Facts) => {
  if ('prices' in over) return diagnosePricing(over);
  const laid = lay(PLAIN, over) as typeof PLAIN;
  return auditMemory(laid.result as never, laid.observed as never, laid.facts as never, laid.options as never);
};

export const memory: CaseTable = { analysis: 'memory', diagnose, cases };
