import { auditWorkers } from '../../../src/analyses/workers/diagnostics.ts';
import { type Case, type CaseTable, CLOCKS, type Facts, lay } from './cases.ts';

const keepAlive = (origin: string, over: Facts = {}): Facts => ({ result: { keepAlive: { origin, ...over } } });
const counts = (own: Facts): Facts => ({ result: { counts: own } });
const plan = (over: Facts = {}): Facts => ({
  result: {
    planned: [lay({ borrowedStartupCount: 0, unknownStartupCount: 0, known: { keepAliveOrigin: 'given' } }, over)],
  },
  options: { plan: true },
});
const planScore = (ciLow: number | null, planner = 'all'): Facts =>
  lay(plan(), { result: { planScores: [{ planner, prediction: 'corrected', ciLow }] } }) as Facts;

const PLAIN = {
  result: {
    keepAlive: {
      origin: 'given',
      keepAliveMs: 1000,
      exitLagMs: 0,
      flatLowMs: 1,
      flatHighMs: 2,
      statedCount: 0,
      disagreeingCount: null,
      contradicted: false,
      poolCount: null,
    },
    settings: { reuse: 'mru', poolKeys: ['memory'] },
    gbSeconds: {},
    envelope: [{ containerCount: 1 }],
    counts: { inferredStateCount: 0, inferredReadyCount: 0, inferredEndCount: 0, unseenCount: 0, outlivedCount: 0 },
    planned: [],
    planScores: [],
  },
  facts: [] as Facts[],
  options: { plan: false },
};

const cases: readonly Case[] = [
  { code: 'keep-alive-given', fires: keepAlive('given'), quiet: keepAlive('estimated') },
  { code: 'keep-alive-estimated', fires: keepAlive('estimated'), quiet: keepAlive('not-identifiable') },
  { code: 'keep-alive-not-identifiable', fires: keepAlive('not-identifiable'), quiet: keepAlive('given') },
  {
    code: 'keep-alive-estimated',
    fires: keepAlive('estimated'),
    quiet: keepAlive('estimated', { contradicted: true, statedCount: 100 }),
  },
  { code: 'keep-alive-estimated', fires: keepAlive('estimated'), quiet: keepAlive('estimated', { poolCount: 2 }) },
  {
    code: 'keep-alive-contradicted',
    fires: keepAlive('estimated', { contradicted: true, statedCount: 100, disagreeingCount: 6 }),
    quiet: keepAlive('estimated', { contradicted: false, statedCount: 100, disagreeingCount: 6 }),
  },
  {
    code: 'hidden-pools',
    fires: keepAlive('estimated', { poolCount: 2 }),
    quiet: keepAlive('estimated', { poolCount: 1 }),
  },
  { code: 'keep-alive-outlived', fires: counts({ outlivedCount: 1 }), quiet: counts({ outlivedCount: 0 }) },
  { code: 'memory-not-recorded', fires: { result: { gbSeconds: null } }, quiet: { result: { gbSeconds: {} } } },
  { code: 'reuse-assumed', fires: {}, quiet: 'always' },
  { code: 'only-these-runs', fires: {}, quiet: 'always' },
  { code: 'inferred', fires: counts({ inferredStateCount: 1 }), quiet: counts({ inferredStateCount: 0 }) },
  { code: 'inferred', fires: counts({ inferredReadyCount: 1 }), quiet: counts({ inferredReadyCount: 0 }) },
  { code: 'inferred', fires: counts({ inferredEndCount: 1 }), quiet: counts({ inferredEndCount: 0 }) },
  { code: 'unseen-containers', fires: counts({ unseenCount: 1 }), quiet: counts({ unseenCount: 0 }) },
  {
    code: 'clock-offsets',
    fires: { facts: [{ run: { clocks: CLOCKS }, orphanTaskCount: 0, prewarms: [] }] },
    quiet: { facts: [{ run: {}, orphanTaskCount: 0, prewarms: [] }] },
  },
  {
    code: 'prewarms-from-plan',
    fires: { facts: [{ run: {}, orphanTaskCount: 0, prewarms: [{ readyAtMs: null }] }] },
    quiet: { facts: [{ run: {}, orphanTaskCount: 0, prewarms: [{ readyAtMs: 0 }] }] },
  },
  {
    code: 'tasks-without-start-up',
    fires: { facts: [{ run: {}, orphanTaskCount: 1, prewarms: [] }] },
    quiet: { facts: [{ run: {}, orphanTaskCount: 0, prewarms: [] }] },
  },
  {
    code: 'no-plans',
    fires: { options: { plan: true } },
    quiet: { options: { plan: false } },
  },
  {
    code: 'no-plans',
    fires: lay(plan(), { result: { planned: [] } }) as Facts,
    quiet: { ...plan(), result: { planned: [{ known: {} }] } },
  },
  { code: 'plans-replayed', fires: plan(), quiet: { ...plan(), options: { plan: false } } },
  {
    code: 'keep-alive-not-yet-told',
    fires: plan({ known: { keepAliveOrigin: 'usual' } }),
    quiet: plan({ known: { keepAliveOrigin: 'estimated' } }),
  },
  {
    code: 'keep-alive-not-yet-told',
    fires: plan({ known: { keepAliveOrigin: 'not-identifiable' } }),
    quiet: plan({ known: { keepAliveOrigin: 'given' } }),
  },
  {
    code: 'start-ups-borrowed',
    fires: plan({ borrowedStartupCount: 1 }),
    quiet: plan({ borrowedStartupCount: 0 }),
  },
  { code: 'start-ups-unknown', fires: plan({ unknownStartupCount: 1 }), quiet: plan({ unknownStartupCount: 0 }) },
  { code: 'few-plans', fires: planScore(null), quiet: planScore(0) },
  { code: 'few-plans', fires: planScore(null), quiet: planScore(null, 'UniformPlanner') },
];

function diagnose(over: Facts) {
  const { result, facts, options } = lay(PLAIN, over) as typeof PLAIN;
  return auditWorkers(result as never, facts as never, options as never);
}

export const workers: CaseTable = { analysis: 'workers', diagnose, cases };
