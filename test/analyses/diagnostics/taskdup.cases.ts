import { auditTaskdup } from '../../../src/analyses/taskdup/diagnostics.ts';
import type { Case, CaseTable, Facts } from './cases.ts';

const duplication = (predictedSavingMs: number | null = 1): Facts => ({ planners: [], all: [{ predictedSavingMs }] });
const planner = (duplicationCount: number): Facts => ({
  ...duplication(),
  planners: [{ planner: 'UniformPlanner', duplicationCount }],
});
const NONE = { planners: [], all: [] };

const cases: readonly Case[] = [
  { code: 'duplicate-not-recorded', fires: duplication(), quiet: NONE },
  { code: 'predicted-saving-at-once', fires: duplication(), quiet: NONE },
  { code: 'without-prediction', fires: duplication(null), quiet: duplication(0) },
  { code: 'planners-without', fires: planner(0), quiet: planner(1) },
];

const diagnose = ({ planners, all }: Facts) => auditTaskdup({ planners } as never, all as never);

export const taskdup: CaseTable = { analysis: 'taskdup', diagnose, cases };
