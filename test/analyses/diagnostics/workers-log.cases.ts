import { auditLog } from '../../../src/analyses/workers/log/diagnostics.ts';
import { findPrices } from '../../../src/cost/built-in-prices.ts';
import { type Case, type CaseTable, type Facts, lay } from './cases.ts';

const keepAlive = (origin: string, over: Facts = {}): Facts => ({ result: { keepAlive: { origin, ...over } } });
const counts = (own: Facts): Facts => ({ result: { counts: own } });
const init = (coldCount: number, also = 'container'): Facts => ({
  ...counts({ coldCount }),
  columns: [
    { key: 'init', column: 'a' },
    { key: also, column: 'b' },
  ],
});
const AZURE = findPrices('azure-functions-consumption');
const billed = (bill: Facts, repeatedCount = 0): Facts => ({
  prices: AZURE,
  result: { bill: { unbilledCount: 0, largestMb: 128, ...bill }, counts: { repeatedCount } },
});
const replaced = (passedOverCount: number, agedCount: number, maxAgeMs: number | null): Facts => ({
  result: { replacement: { passedOverCount, agedCount, maxAgeMs }, counts: { coldCount: 100 } },
});
const findings = (own: Facts): Facts => ({ findings: own });

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
    replacement: null as Facts | null,
    settings: { reuse: 'mru' },
    envelope: [{ containerCount: 1 }],
    counts: {
      inferredStateCount: 0,
      unknownReadyCount: 0,
      unseenCount: 0,
      outlivedCount: 0,
      coldCount: 0,
      twinCount: 0,
      repeatedCount: 0,
      unsizedCount: 0,
    },
    aliveUnit: 'gb-seconds',
    scores: [],
    bill: null,
  },
  columns: [] as Facts[],
  prices: null,
  findings: { overlapping: [], twins: [], sharedCount: 0, longestIdleMs: null },
};

const cases: readonly Case[] = [
  { code: 'keep-alive-given', fires: keepAlive('given'), quiet: keepAlive('estimated') },
  { code: 'keep-alive-estimated', fires: keepAlive('estimated'), quiet: keepAlive('not-identifiable') },
  { code: 'keep-alive-not-identifiable', fires: keepAlive('not-identifiable'), quiet: keepAlive('given') },
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
  {
    code: 'recorded-idle-longer-than-keep-alive',
    fires: findings({ longestIdleMs: 1000 }),
    quiet: findings({ longestIdleMs: 999.9 }),
  },
  { code: 'containers-replaced-by-age', fires: replaced(3, 3, 60_000), quiet: replaced(3, 0, null) },
  { code: 'containers-replaced', fires: replaced(6, 0, null), quiet: replaced(5, 0, null) },
  { code: 'containers-replaced', fires: replaced(9, 3, 60_000), quiet: replaced(9, 4, 60_000) },
  { code: 'reuse-assumed', fires: {}, quiet: 'always' },
  { code: 'only-this-log', fires: {}, quiet: 'always' },
  { code: 'overlapping-invocations', fires: findings({ overlapping: [0] }), quiet: findings({ overlapping: [] }) },
  { code: 'containers-in-several-pools', fires: findings({ sharedCount: 1 }), quiet: findings({ sharedCount: 0 }) },
  { code: 'inferred', fires: counts({ inferredStateCount: 1 }), quiet: counts({ inferredStateCount: 0 }) },
  { code: 'inferred', fires: counts({ unknownReadyCount: 1 }), quiet: counts({ unknownReadyCount: 0 }) },
  { code: 'unseen-containers', fires: counts({ unseenCount: 1 }), quiet: counts({ unseenCount: 0 }) },
  { code: 'rows-twice', fires: counts({ twinCount: 1 }), quiet: counts({ twinCount: 0 }) },
  { code: 'ids-repeated', fires: counts({ repeatedCount: 1 }), quiet: counts({ repeatedCount: 0 }) },
  { code: 'memory-missing', fires: counts({ unsizedCount: 1 }), quiet: counts({ unsizedCount: 0 }) },
  { code: 'no-start-up-in-log', fires: init(0), quiet: init(1) },
  { code: 'no-start-up-in-log', fires: init(0), quiet: init(0, 'cold') },
  {
    code: 'no-memory',
    fires: { result: { aliveUnit: 'container-seconds' } },
    quiet: { result: { aliveUnit: 'gb-seconds' } },
  },
  { code: 'no-billed-durations', fires: { prices: AZURE }, quiet: billed({}) },
  { code: 'no-billed-durations', fires: { prices: AZURE }, quiet: {} },
  { code: 'prices', fires: billed({}), quiet: {} },
  { code: 'memory-beyond-platform', fires: billed({ largestMb: 1537 }), quiet: billed({ largestMb: 1536 }) },
  { code: 'bill-incomplete', fires: billed({ unbilledCount: 1 }), quiet: billed({ unbilledCount: 0 }) },
  { code: 'bill-without-repeated', fires: billed({}, 1), quiet: billed({}, 0) },
  { code: 'bill-without-repeated', fires: billed({}, 1), quiet: counts({ repeatedCount: 1 }) },
  { code: 'score', fires: { result: { scores: [0] } }, quiet: { result: { scores: [] } } },
];

function diagnose(over: Facts) {
  const { result, columns, prices, findings: found } = lay(PLAIN, over) as typeof PLAIN;
  return auditLog(result as never, found, { concurrency: 1, map: { columns }, prices } as never);
}

export const workersLog: CaseTable = { analysis: 'workers/log', diagnose, cases };
