import { auditWhatIf } from '../../../src/analyses/whatif/diagnostics.ts';
import { type Case, type CaseTable, CLOCKS, type Facts, lay, plainRun } from './cases.ts';
import { diagnosePricing, PRICE_CASES } from './price-cases.ts';

const WORKER = [1024, 'warm', [], 0, 100];
const PLAIN = {
  proof: { runCount: 1, exactCount: 1, worstErrorFraction: 0, warmCheck: null },
  facts: [{ warmStarts: [] }],
  counted: [
    {
      run: plainRun(),
      network: { workers: [WORKER], unrecordedWaitCount: 0 },
      makespansMs: [1],
      billsUsd: [null],
      nullBillUsd: null,
    },
  ],
  options: { scenarios: [{ key: 'null', names: ['null'] }], prices: null, includeUnplanned: true },
};

const scenario = (name: string): Facts => ({ options: { scenarios: [{ key: name, names: [name] }] } });
const check = (ciLow: number): Facts => ({
  ...scenario('all-warm'),
  proof: { warmCheck: { differenceFraction: 0.05, ciLow, ciHigh: 0.1 } },
});
const counted = (over: Facts): Facts => ({ counted: [lay(PLAIN.counted[0], over)] });
const run = (over: Facts): Facts => counted({ run: plainRun(over) });
const sizes = (memoryMb: number): Facts => ({ ...scenario('all-warm'), facts: [{ warmStarts: [[memoryMb, 9]] }] });
const waits = (unrecordedWaitCount: number): Facts => ({
  ...scenario('no-transfers'),
  ...counted({ network: { unrecordedWaitCount } }),
});
const told = (name: string, ms: number | null): Facts => ({ ...scenario(name), ...counted({ makespansMs: [ms] }) });
const billed = (nullBillUsd: number | null): Facts => ({
  options: { prices: { table: { name: 't', mostMemoryMb: null }, isDefault: false } },
  ...counted({ nullBillUsd }),
});

const cases: readonly Case[] = [
  ...PRICE_CASES,
  { code: 'null-replay-differs', fires: { proof: { exactCount: 0 } }, quiet: { proof: { exactCount: 1 } } },
  { code: 'all-warm-not-checked', fires: scenario('all-warm'), quiet: scenario('no-startup') },
  { code: 'all-warm-not-checked', fires: scenario('all-warm'), quiet: check(-0.01) },
  { code: 'all-warm-misses', fires: check(0.001), quiet: check(-0.001) },
  { code: 'scenario-not-told', fires: told('all-warm', null), quiet: told('all-warm', 1) },
  { code: 'scenario-not-told', fires: told('no-dag-fetch', null), quiet: told('no-dag-fetch', 1) },
  { code: 'warm-start-of-other-size', fires: sizes(512), quiet: sizes(1024) },
  { code: 'waits-not-recorded', fires: waits(1), quiet: waits(0) },
  { code: 'waits-not-recorded', fires: waits(1), quiet: { ...waits(1), ...scenario('all-warm') } },
  { code: 'runs-without-bill', fires: billed(null), quiet: billed(0.01) },
  { code: 'zero-bills', fires: billed(0), quiet: billed(0.01) },
  { code: 'zero-bills', fires: billed(Number.POSITIVE_INFINITY), quiet: billed(0.01) },
  { code: 'zero-bills', fires: counted({ billsUsd: [0] }), quiet: counted({ billsUsd: [0.01] }) },
  { code: 'clock-differences', fires: run({ negativeGapCount: 1 }), quiet: run({}) },
  { code: 'clock-offsets', fires: run({ clocks: CLOCKS }), quiet: run({}) },
  { code: 'makespan-too-short', fires: run({ traits: { sinkWaitMissing: true } }), quiet: run({}) },
  { code: 'unplanned-included', fires: run({ traits: { planned: false } }), quiet: run({}) },
  {
    code: 'unplanned-included',
    fires: run({ traits: { planned: false } }),
    quiet: { ...run({ traits: { planned: false } }), options: { includeUnplanned: false } },
  },
];

const diagnose = (over: Facts) => {
  if ('memory' in over) return diagnosePricing(over);
  const { proof, ...replays } = lay(PLAIN, over) as typeof PLAIN;
  return auditWhatIf({ proof } as never, replays as never);
};

export const whatif: CaseTable = { analysis: 'whatif', diagnose, cases };
