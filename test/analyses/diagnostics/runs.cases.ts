import { findTroubles } from '../../../src/analyses/runs/diagnostics.ts';
import { type Case, type CaseTable, CLOCKS, type Facts, lay, plainRun } from './cases.ts';

const row = (over: Facts): Facts => ({ rows: [over] });
const traits = (...each: readonly Facts[]): Facts => ({ rows: each.map((own) => ({ run: { traits: own } })) });

const cases: readonly Case[] = [
  { code: 'not-submitted', fires: row({ run: { submittedAtMs: null } }), quiet: row({ run: { submittedAtMs: 0 } }) },
  {
    code: 'not-submitted',
    fires: row({ run: { submittedAtMs: null } }),
    quiet: row({ run: { submittedAtMs: null, traits: { lacks: ['submission'] } } }),
  },
  { code: 'incomplete', fires: traits({ complete: false }), quiet: traits({ complete: true }) },
  { code: 'sink-without-metrics', fires: traits({ sinkRecorded: false }), quiet: traits({ sinkRecorded: true }) },
  { code: 'makespan-too-short', fires: traits({ sinkWaitMissing: true }), quiet: traits({ sinkWaitMissing: false }) },
  {
    code: 'startup-never-ended',
    fires: traits({ unfinishedStartupCount: 1 }),
    quiet: traits({ unfinishedStartupCount: 0 }),
  },
  { code: 'without-plan', fires: traits({ planned: false }), quiet: traits({ planned: true }) },
  {
    code: 'resource-usage-not-measured',
    fires: traits({ resourceUsageMeasured: false }),
    quiet: traits({ resourceUsageMeasured: true }),
  },
  {
    code: 'resource-usage-not-measured',
    fires: traits({ resourceUsageMeasured: false, lacks: ['plans'] }),
    quiet: traits({ resourceUsageMeasured: false, lacks: ['resource-usage'] }),
  },
  { code: 'not-recorded', fires: traits({ lacks: ['plans'] }), quiet: traits({ lacks: [] }) },
  { code: 'clock-offsets', fires: row({ run: { clocks: CLOCKS } }), quiet: row({ run: {} }) },
  {
    code: 'clock-differences',
    fires: row({ run: { negativeGapCount: 1 } }),
    quiet: row({ run: { negativeGapCount: 0 } }),
  },
  {
    code: 'absurd-prediction',
    fires: row({ makespanMs: 100, predictedMakespanMs: 1000.1 }),
    quiet: row({ makespanMs: 100, predictedMakespanMs: 1000 }),
  },
  {
    code: 'several-structures',
    fires: traits({ structure: 's1' }, { structure: 's2' }),
    quiet: traits({ structure: 's1' }, { structure: 's1' }),
  },
  {
    code: 'mixed-engine-versions',
    fires: traits({ resourceMeasure: 'a' }, { resourceMeasure: 'b' }),
    quiet: traits({ resourceMeasure: 'a' }, { resourceMeasure: null }),
  },
];

const diagnose = ({ rows }: Facts) =>
  findTroubles(
    (rows as Facts[]).map((over) => lay({ run: plainRun(), makespanMs: 1, predictedMakespanMs: 1 }, over)) as never,
  );

export const runs: CaseTable = { analysis: 'runs', diagnose, cases };
