import { describe, expect, test } from 'vitest';
import { type Bill, createBiller } from '../../src/cost/bill.ts';
import { BUILT_IN_PRICES, findPrices } from '../../src/cost/built-in-prices.ts';
import { type PricedRun, priceRuns } from '../../src/cost/price-runs.ts';
import type { PriceTable } from '../../src/cost/price-table.ts';
import { type BillableUse, listBillableUse } from '../../src/model/billable-use.ts';
import { METRICS, measureRun } from '../../src/model/metrics.ts';
import { readSample, toRun } from '../sample-records.ts';

const RUNS = readSample('newer').map((record, i) => toRun(record, i + 1));
const USES = RUNS.map(listBillableUse);

function billSample(prices: string, runId: string): Bill {
  const bill = createBiller(findPrices(prices) as PriceTable, USES);
  const written = bill(USES[RUNS.findIndex((run) => run.runId.startsWith(runId))] ?? 'not-priced');
  if (typeof written === 'string') throw new Error(written);
  return written;
}

/*
 * Three bundled runs, in ms as the record has them: from ready to the end of the last task, + a cold start.
 * A gemm:              2 GB  857.054, 1120.146; 8 GB 1912.737; no prewarm
 * B text_analysis:     8 GB  541.006 + 737.078, 2134.015 + 1386.386, 6744.593, 1379.214, 255.641; 2 GB 1310.720; prewarm 2 GB
 * C image_transformer: 8 GB 8031.485 + 1008.641, 3683.442, 970.840 + 850.211, 929.548 + 1672.370, 989.445 + 2244.686,
 *                           994.757 + 2049.262; prewarm 8 GB
 * The median cold start of all bundled runs of that file takes 1474.188 ms at 2 GB (of 179), and 1235.284 ms at 8 GB (of 119).
 */
const A = '1795340925851';
const B = '1795341081010';
const C = '1795341343872';

describe('a bill worked out by hand', () => {
  // Each session and its cold start together are rounded up to a whole ms.
  const awsGbMs = {
    [A]: { sessions: 2 * (858 + 1121) + 8 * 1913, prewarms: 0, requests: 3 },
    [B]: { sessions: 8 * (1279 + 3521 + 6745 + 1380 + 256) + 2 * 1311, prewarms: 2 * 1475, requests: 7 },
    [C]: { sessions: 8 * (9041 + 3684 + 1822 + 2602 + 3235 + 3045), prewarms: 8 * 1236, requests: 7 },
  };
  test.each([
    ['aws-lambda-x86', 0.0000166667],
    ['aws-lambda-arm', 0.0000133334],
  ])('of %s: %f USD per GB-s, 0.20 USD per million requests', (prices, usdPerGbSecond) => {
    for (const [runId, { sessions, prewarms, requests }] of Object.entries(awsGbMs)) {
      const bill = billSample(prices, runId);
      expect(bill.executionUsd + bill.startupUsd).toBeCloseTo((sessions / 1000) * usdPerGbSecond, 12);
      expect(bill.prewarmUsd).toBeCloseTo((prewarms / 1000) * usdPerGbSecond, 12);
      expect(bill.requestsUsd).toBeCloseTo(requests * 0.0000002, 15);
      expect(bill.totalUsd).toBeCloseTo(((sessions + prewarms) / 1000) * usdPerGbSecond + requests * 0.0000002, 12);
    }
    // The start-ups as they were, without rounding.
    expect(billSample(prices, A).startupUsd).toBe(0);
    expect(billSample(prices, B).startupUsd).toBeCloseTo(8 * (0.737078 + 1.386386) * usdPerGbSecond, 10);
  });

  test('of gcp-functions: whole 100 ms, start-ups not billed, 0.40 USD per million requests', () => {
    // 2 GB: 2 × 0.0000025 + 2.4 GHz × 0.00001 = 0.000029 USD per s; 8 GB: 8 × 0.0000025 + 4.8 × 0.00001 = 0.000068.
    const usd = (at2Gb: number, at8Gb: number, requests: number) =>
      (at2Gb / 1000) * 0.000029 + (at8Gb / 1000) * 0.000068 + requests * 0.0000004;
    const total = (runId: string) => billSample('gcp-functions', runId).totalUsd;
    expect(total(A)).toBeCloseTo(usd(900 + 1200, 2000, 3), 12);
    expect(total(B)).toBeCloseTo(usd(1400 + 100, 600 + 2200 + 6800 + 1400 + 300, 7), 12);
    expect(total(C)).toBeCloseTo(usd(0, 8100 + 3700 + 1000 + 1000 + 1000 + 1000 + 100, 7), 12);
    expect(billSample('gcp-functions', B)).toMatchObject({ startupUsd: 0, prewarmUsd: 0.1 * 0.000029 });
  });

  test('of azure-functions-consumption: whole ms, 100 at least, start-ups not billed, 0.20 USD per million requests', () => {
    const usd = (gbMs: number, requests: number) => (gbMs / 1000) * 0.000016 + requests * 0.0000002;
    const total = (runId: string) => billSample('azure-functions-consumption', runId).totalUsd;
    expect(total(A)).toBeCloseTo(usd(2 * (858 + 1121) + 8 * 1913, 3), 12);
    expect(total(B)).toBeCloseTo(usd(8 * (542 + 2135 + 6745 + 1380 + 256) + 2 * 1311 + 2 * 100, 7), 12);
    expect(total(C)).toBeCloseTo(usd(8 * (8032 + 3684 + 971 + 930 + 990 + 995) + 8 * 100, 7), 12);
  });
});

/** Means over the bundled runs with a bill: test/reference/cost_reference.py samples/newer.ndjson.gz (or older), Python 3.11.7. */
const REFERENCE: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  newer: {
    'aws-lambda-x86': [
      100, 0.0008722710399487471, 0.000435859909641253, 7.3704814076e-5, 1.3240000000000002e-6, 0.0013831597636660001,
    ],
    'aws-lambda-arm': [
      100, 0.0006978189254053066, 0.00034868897377469336, 5.8964028152000005e-5, 1.3240000000000002e-6,
      0.0011067959273319999,
    ],
    'gcp-functions': [100, 0.000546379, 0.0, 3.442e-6, 2.6480000000000003e-6, 0.000552469],
    'azure-functions-consumption': [100, 0.00083738592, 0.0, 5.44e-6, 1.3240000000000002e-6, 0.00084414992],
  },
  older: {
    'aws-lambda-x86': [
      66, 0.0004171700212021285, 0.00038410355103878064, 5.688395215151515e-6, 1.4696969696969698e-6,
      0.0008084316644257575,
    ],
    'aws-lambda-arm': [
      66, 0.00033373701816775123, 0.0003072837626777033, 4.550729824242424e-6, 1.4696969696969698e-6,
      0.000647041207639394,
    ],
    'gcp-functions': [
      66, 0.00039285227272727274, 0.0, 2.8863636363636364e-7, 2.9393939393939397e-6, 0.0003960803030303031,
    ],
    'azure-functions-consumption': [
      66, 0.00040048703030303026, 0.0, 3.151515151515151e-7, 1.4696969696969698e-6, 0.0004022718787878788,
    ],
  },
};

describe.each(['newer', 'older'] as const)('all runs of %s', (name) => {
  const uses = readSample(name).map((record, i) => listBillableUse(toRun(record, i + 1)));
  test.each(BUILT_IN_PRICES)('have the bills of an independent computation, by $name', (prices) => {
    const bill = createBiller(prices, uses);
    const bills = uses.map(bill).filter((written) => typeof written !== 'string');
    const meanOf = (key: keyof Bill) => bills.reduce((sum, own) => sum + own[key], 0) / bills.length;
    const [count, ...parts] = REFERENCE[name]?.[prices.name] ?? [];
    expect(bills).toHaveLength(count ?? 0);
    const keys = ['executionUsd', 'startupUsd', 'prewarmUsd', 'requestsUsd', 'totalUsd'] as const;
    for (const [i, key] of keys.entries()) expect(meanOf(key) / (parts[i] || 1)).toBeCloseTo(parts[i] ? 1 : 0, 9);
  });
});

const FLAT: PriceTable = {
  name: 'flat',
  source: null,
  date: null,
  region: null,
  usdPerMillionRequests: 0,
  usdPerGbSecond: 1,
  sizes: null,
  memoryStepMb: 1,
  mostMemoryMb: null,
  stepMs: 1,
  leastMs: 0,
  billsStartup: true,
};

const use = (sessions: BillableUse['sessions'], prewarmsMb: readonly number[] = []): BillableUse => ({
  sessions,
  prewarmsMb,
});
const total = (prices: PriceTable, own: BillableUse, others: readonly BillableUse[] = []) => {
  const written = createBiller(prices, [own, ...others])(own);
  return typeof written === 'string' ? written : written.totalUsd;
};

describe('a bill', () => {
  test('rounds a session up to the next step, and not at it, whatever the clock adds below its resolution', () => {
    const steps = { ...FLAT, stepMs: 100 };
    expect(total(steps, use([[1024, 100.0005, null]]))).toBeCloseTo(0.1, 12);
    expect(total(steps, use([[1024, 100.01, null]]))).toBeCloseTo(0.2, 12);
    expect(total(steps, use([[1024, 0, null]]))).toBe(0);
    expect(total({ ...steps, leastMs: 100 }, use([[1024, 0, null]]))).toBeCloseTo(0.1, 12);
  });

  test('rounds start-up and execution up together', () => {
    expect(total({ ...FLAT, stepMs: 100 }, use([[1024, 60, 60]]))).toBeCloseTo(0.2, 12);
    expect(total({ ...FLAT, stepMs: 100, billsStartup: false }, use([[1024, 60, 60]]))).toBeCloseTo(0.1, 12);
  });

  test('rounds memory up to its step', () => {
    expect(total({ ...FLAT, memoryStepMb: 128 }, use([[1000, 1000, null]]))).toBeCloseTo(1, 12);
    expect(total({ ...FLAT, memoryStepMb: 1 }, use([[512, 1000, null]]))).toBeCloseTo(0.5, 12);
  });

  test('takes a prewarm as long as the median cold start of its size, or of the nearest size, of all runs', () => {
    const others = [use([[1024, 0, 100]]), use([[1024, 0, 300]]), use([[4096, 0, 5000]])];
    expect(total(FLAT, use([], [1024]), others)).toBeCloseTo(0.2, 12);
    expect(total(FLAT, use([], [2048]), others)).toBeCloseTo(2 * 0.2, 12);
    expect(total(FLAT, use([], [3072]), others)).toBeCloseTo(3 * 5, 12);
    expect(total(FLAT, use([], [1024]))).toBe('prewarm-startup-unknown');
  });

  test('counts a request for each session and each prewarm', () => {
    expect(total({ ...FLAT, usdPerGbSecond: 0, usdPerMillionRequests: 1e6 }, use([[1, 0, 1]], [1, 1]))).toBe(3);
  });

  test('cannot be written for a size without a price, which is said', () => {
    const sizes = { ...FLAT, usdPerGbSecond: null, sizes: [{ memoryMb: 512, usdPerSecond: 1 }] };
    expect(total(sizes, use([[512, 2000, null]]))).toBe(2);
    expect(() => total(sizes, use([[1024, 1, null]]))).toThrow('--prices: flat has no price for workers of 1024 MB');
  });
});

describe('priced runs', () => {
  const cost = METRICS.filter(({ key }) => key === 'cost');
  const [run] = RUNS;
  if (!run) throw new Error('no run');

  test('have a figure in USD, and are left as they are where no cost is asked for', () => {
    const measured: PricedRun = measureRun(run, cost);
    expect(measured.measurements).toEqual({ cost: 'not-priced' });
    const [priced] = priceRuns([measured], FLAT);
    expect(priced?.measurements['cost']).toBe(priced?.bill?.totalUsd);
    expect(priceRuns([measured], null)).toEqual([measured]);
    expect(measureRun(run, []).use).toBeUndefined();
  });

  test('keep the reason where a run has no bill', () => {
    const measured: PricedRun = measureRun({ ...run, recordedNodeCount: run.recordedNodeCount - 1 }, cost);
    const [priced] = priceRuns([measured], FLAT);
    expect(priced).toMatchObject({ measurements: { cost: 'tasks-without-metrics' } });
    expect(priced?.bill).toBeUndefined();
  });
});
