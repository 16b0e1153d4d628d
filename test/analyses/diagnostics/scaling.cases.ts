import { auditScaling } from '../../../src/analyses/scaling/diagnostics.ts';
import { type Case, type CaseTable, CLOCKS, type Facts, lay, plainRun } from './cases.ts';

const fanout = (last: Facts): Facts => ({ result: { fanouts: [{ planner: 'P', last }] } });
const makespan = (ciLow: number): Facts => ({
  result: { makespans: [{ workflow: 'w', makespan: { ciLow, ciHigh: 1, effectiveClusterCount: 10 } }] },
});
const dag = (structureCount: number): Facts => ({ result: { dag: { structureCount } } });
const run = (over: Facts): Facts => ({ facts: [{ run: plainRun(), waitingCount: 0, ...over }] });

const PLAIN = { result: { fanouts: [], makespans: [], dag: null }, facts: [] };

const cases: readonly Case[] = [
  {
    code: 'width-goes-with-workers',
    fires: fanout({ perChildReason: 'goes-with-new-workers' }),
    quiet: fanout({ perChildReason: 'does-not-vary' }),
  },
  {
    code: 'slope-by-few-runs',
    fires: fanout({ perWorkerReason: 'few-runs-decide' }),
    quiet: fanout({ perWorkerReason: 'interval-holds-0' }),
  },
  { code: 'structures-differ-in-more', fires: makespan(0.01), quiet: makespan(0) },
  { code: 'few-structures', fires: dag(3), quiet: dag(4) },
  { code: 'children-wait-for-others', fires: run({ waitingCount: 1 }), quiet: run({}) },
  { code: 'clock-offsets', fires: run({ run: plainRun({ clocks: CLOCKS }) }), quiet: run({}) },
];

const diagnose = (over: Facts) => {
  const laid = lay(PLAIN, over) as typeof PLAIN;
  return auditScaling(laid.result as never, laid.facts as never);
};

export const scaling: CaseTable = { analysis: 'scaling', diagnose, cases };
