import { auditPrewarm } from '../../../src/analyses/prewarm/diagnostics.ts';
import type { Case, CaseTable, Facts } from './cases.ts';

const event = (over: Facts = {}): Facts => ({
  planners: [],
  events: [{ outcome: 'warm', savedMs: 1, unusedMs: null, ...over }],
});
const planner = (eventCount: number): Facts => ({ ...event(), planners: [{ planner: 'UniformPlanner', eventCount }] });
const NONE = { planners: [], events: [] };

const cases: readonly Case[] = [
  { code: 'association', fires: event(), quiet: NONE },
  { code: 'records-incomplete', fires: event(), quiet: NONE },
  { code: 'planners-without', fires: planner(0), quiet: planner(1) },
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
