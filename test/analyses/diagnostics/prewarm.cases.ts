import { auditPrewarm } from '../../../src/analyses/prewarm/diagnostics.ts';
import type { Case, CaseTable, Facts } from './cases.ts';

const COUNTS = { planner: 'UniformPlanner', launchedCount: 2, recordedCount: 2 };
const event = (over: Facts = {}): Facts => ({
  planners: [COUNTS],
  events: [{ outcome: 'warm', savedMs: 1, unusedMs: null, ...over }],
});
const launched = (...counts: number[]): Facts => ({
  ...event(),
  planners: counts.map((launchedCount) => ({ ...COUNTS, launchedCount })),
});
const NONE = { planners: [], events: [] };

const cases: readonly Case[] = [
  { code: 'association', fires: event(), quiet: NONE },
  { code: 'records-incomplete', fires: launched(3), quiet: launched(2) },
  { code: 'planners-without', fires: launched(4, 0), quiet: launched(4, 1) },
  { code: 'no-cold-start-to-compare', fires: event({ savedMs: null }), quiet: event({ savedMs: 0 }) },
  {
    code: 'no-cold-start-to-compare',
    fires: event({ savedMs: null }),
    quiet: event({ savedMs: null, outcome: 'cold' }),
  },
  { code: 'unused-is-estimate', fires: event({ unusedMs: 0 }), quiet: event({ unusedMs: null }) },
];

const diagnose = ({ planners, events }: Facts) => auditPrewarm({ planners } as never, events as never);

export const prewarm: CaseTable = { analysis: 'prewarm', diagnose, cases };
