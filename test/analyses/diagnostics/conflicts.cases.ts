import { auditConflicts } from '../../../src/analyses/conflicts/diagnostics.ts';
import { type Case, type CaseTable, CLOCKS, type Facts, lay, plainRun } from './cases.ts';

const contrast = (against: string, blockCount: number, differenceMs: number | null = null): Facts => ({
  result: { meetings: [{ contrasts: [{ against, blockCount, differenceMs }] }] },
});
const run = (over: Facts): Facts => ({ facts: [{ run: plainRun(over) }] });

const PLAIN = { result: { meetings: [] }, facts: [] };

const cases: readonly Case[] = [
  { code: 'meetings-were-chosen', fires: contrast('alone', 1, 5), quiet: contrast('alone', 1, null) },
  { code: 'never-alone', fires: contrast('alone', 0), quiet: contrast('alone', 1) },
  { code: 'never-alone', fires: contrast('alone', 0), quiet: contrast('without', 0) },
  { code: 'clock-offsets', fires: run({ clocks: CLOCKS }), quiet: run({}) },
];

const diagnose = (over: Facts) => {
  const laid = lay(PLAIN, over) as typeof PLAIN;
  return auditConflicts(laid.result as never, laid.facts as never);
};

export const conflicts: CaseTable = { analysis: 'conflicts', diagnose, cases };
