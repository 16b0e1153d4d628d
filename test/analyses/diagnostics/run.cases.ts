import { auditBill, findTroubles } from '../../../src/analyses/run/diagnostics.ts';
import { type Case, type CaseTable, CLOCKS, type Facts, lay, plainRun } from './cases.ts';
import { diagnosePricing, PRICE_CASES } from './price-cases.ts';

const run = (over: Facts): Facts => ({ run: over });
const traits = (own: Facts): Facts => run({ traits: own });
const result = (own: Facts): Facts => ({ result: own });
const task = (recorded: Facts | null): Facts => result({ tasks: [{ nodeId: 'a', functionName: 'f', recorded }] });
const startup = (over: Facts): Facts =>
  result({
    startups: [lay({ readyAtMs: 0, workerId: 'w', initialTaskIds: [] }, over)],
    tasks: [{ nodeId: 'a', functionName: 'f', recorded: { startedAtMs: 10 } }],
  });
const withPlan = { options: { plan: true } };

const PLAIN = {
  result: {
    tasks: [],
    nodeCount: 1,
    criticalPath: {},
    startups: [],
    workers: [],
    resourceUsageGbSeconds: 1,
  },
  run: plainRun() as Facts,
  detail: { hardcodedDownloadCount: 0, duplicatedInputCount: 0 },
  options: { plan: false },
};

const cases: readonly Case[] = [
  ...PRICE_CASES,
  { code: 'no-bill', fires: { bill: { missing: 'startup-never-ended' } }, quiet: { bill: {} } },
  { code: 'not-submitted', fires: run({ submittedAtMs: null }), quiet: run({ submittedAtMs: 0 }) },
  {
    code: 'not-submitted',
    fires: run({ submittedAtMs: null }),
    quiet: run({ submittedAtMs: null, traits: { lacks: ['submission'] } }),
  },
  { code: 'tasks-without-metrics', fires: task(null), quiet: task({}) },
  {
    code: 'no-critical-path',
    fires: result({ criticalPath: { missing: 'not-submitted' } }),
    quiet: result({ criticalPath: {} }),
  },
  { code: 'makespan-too-short', fires: traits({ sinkWaitMissing: true }), quiet: traits({ sinkWaitMissing: false }) },
  { code: 'clock-offsets', fires: run({ clocks: CLOCKS }), quiet: run({}) },
  { code: 'clock-differences', fires: run({ negativeGapCount: 1 }), quiet: run({ negativeGapCount: 0 }) },
  {
    code: 'clock-differences',
    fires: startup({ readyAtMs: 10.1, initialTaskIds: ['a'] }),
    quiet: startup({ readyAtMs: 10, initialTaskIds: ['a'] }),
  },
  {
    code: 'input-wait-not-recorded',
    fires: task({ inputWaitLacking: true }),
    quiet: task({ inputWaitLacking: false }),
  },
  { code: 'startup-never-ended', fires: startup({ readyAtMs: null }), quiet: startup({ readyAtMs: 0 }) },
  { code: 'startup-of-unknown-worker', fires: startup({ workerId: null }), quiet: startup({ workerId: 'w' }) },
  {
    code: 'startup-of-unknown-worker',
    fires: startup({ workerId: null }),
    quiet: lay(startup({ workerId: null }), { result: { tasks: [] } }) as Facts,
  },
  {
    code: 'startup-of-unknown-worker',
    fires: startup({ workerId: null }),
    quiet: { ...startup({ workerId: null }), ...traits({ lacks: ['workers'] }) },
  },
  {
    code: 'startup-not-recorded',
    fires: result({ workers: [{ workerId: 'w', peakExecutingCount: 1 }] }),
    quiet: { ...result({ workers: [{ workerId: 'w', peakExecutingCount: 1 }] }), ...traits({ lacks: ['startups'] }) },
  },
  {
    code: 'concurrent-tasks',
    fires: result({ workers: [{ workerId: 'w', peakExecutingCount: 2 }] }),
    quiet: result({ workers: [{ workerId: null, peakExecutingCount: 2 }] }),
  },
  {
    code: 'startup-not-recorded',
    fires: lay(startup({}), { result: { workers: [{ workerId: 'other', peakExecutingCount: 1 }] } }) as Facts,
    quiet: lay(startup({}), { result: { workers: [{ workerId: 'w', peakExecutingCount: 1 }] } }) as Facts,
  },
  {
    code: 'invocations-not-recorded',
    fires: traits({ planner: 'WUKONGPlanner-opt' }),
    quiet: traits({ planner: 'WUKONGPlanner' }),
  },
  {
    code: 'invocations-not-recorded',
    fires: traits({ planner: 'WUKONGPlanner-opt' }),
    quiet: traits({ planner: 'UniformPlanner-opt' }),
  },
  {
    code: 'hardcoded-download',
    fires: { detail: { hardcodedDownloadCount: 1 } },
    quiet: { detail: { hardcodedDownloadCount: 0 } },
  },
  {
    code: 'duplicates-not-recorded',
    fires: { detail: { duplicatedInputCount: 1 } },
    quiet: { detail: { duplicatedInputCount: 0 } },
  },
  {
    code: 'concurrent-tasks',
    fires: result({ workers: [{ workerId: 'w', peakExecutingCount: 2 }] }),
    quiet: result({ workers: [{ workerId: 'w', peakExecutingCount: 1 }] }),
  },
  {
    code: 'resource-usage-not-measured',
    fires: result({ resourceUsageGbSeconds: null }),
    quiet: result({ resourceUsageGbSeconds: 0 }),
  },
  {
    code: 'no-plan',
    fires: { ...traits({ planned: false }), ...withPlan },
    quiet: { ...traits({ planned: true }), ...withPlan },
  },
  {
    code: 'no-plan',
    fires: { ...traits({ planned: false }), ...withPlan },
    quiet: { ...traits({ planned: false }), options: { plan: false } },
  },
  {
    code: 'plan-not-followed',
    fires: { ...traits({ planner: 'WUKONGPlanner' }), ...withPlan },
    quiet: { ...traits({ planner: 'UniformPlanner' }), ...withPlan },
  },
  {
    code: 'plan-not-followed',
    fires: { ...traits({ planner: 'WUKONGPlanner', planned: true }), ...withPlan },
    quiet: { ...traits({ planner: 'WUKONGPlanner', planned: false }), ...withPlan },
  },
];

function diagnose(over: Facts) {
  if ('prices' in over) return diagnosePricing(over);
  if ('bill' in over) return auditBill(over as never, plainRun() as never, { prices: null } as never);
  const facts = lay(PLAIN, over) as typeof PLAIN;
  return findTroubles(
    facts.result as never,
    { run: facts.run } as never,
    facts.detail as never,
    facts.options as never,
  );
}

export const runDetail: CaseTable = { analysis: 'run', diagnose, cases };
