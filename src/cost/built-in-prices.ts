import type { PriceTable, SizePrice } from './price-table.ts';

/** The prices of one second by GB of memory and by GHz of the processor that comes with it (Cloud Run functions, 1st generation). */
const GCP_USD_PER_GB_SECOND = 0.0000025;
const GCP_USD_PER_GHZ_SECOND = 0.00001;

const gcpSize = (memoryMb: number, ghz: number): SizePrice => ({
  memoryMb,
  usdPerSecond: (memoryMb / 1024) * GCP_USD_PER_GB_SECOND + ghz * GCP_USD_PER_GHZ_SECOND,
});

/**
 * AWS Lambda, us-east-1, first tier of volume. The date is the day from which on the start of the runtime (INIT) is billed for all
 * functions (https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/). Each `source` says where the prices
 * were seen, which is not the list itself.
 */
const AWS = {
  source:
    'https://aws.amazon.com/lambda/pricing/ as quoted in 2024 by https://cloudchipr.com/blog/aws-lambda-pricing; the date is that of billed start-ups',
  date: '2025-08-01',
  region: 'us-east-1',
  usdPerMillionRequests: 0.2,
  sizes: null,
  memoryStepMb: 1,
  mostMemoryMb: 10_240,
  stepMs: 1,
  leastMs: 1,
  billsStartup: true,
} as const;

/** The tables that `--prices` knows by name, the default one first. */
export const BUILT_IN_PRICES: readonly PriceTable[] = [
  { name: 'aws-lambda-x86', ...AWS, usdPerGbSecond: 0.0000166667 },
  { name: 'aws-lambda-arm', ...AWS, usdPerGbSecond: 0.0000133334 },
  {
    // 1st generation. Billed "from the time your function receives a request to the time it completes": the list does not name the
    // start before that.
    name: 'gcp-functions',
    source:
      'https://cloud.google.com/functions/pricing-1stgen as quoted on 2024-09-25 by https://modal.com/blog/google-cloud-function-pricing-guide',
    date: '2024-09-25',
    region: 'tier 1',
    usdPerMillionRequests: 0.4,
    usdPerGbSecond: null,
    sizes: [
      gcpSize(128, 0.2),
      gcpSize(256, 0.4),
      gcpSize(512, 0.8),
      gcpSize(1024, 1.4),
      gcpSize(2048, 2.4),
      gcpSize(4096, 4.8),
      gcpSize(8192, 4.8),
    ],
    memoryStepMb: 1,
    mostMemoryMb: 8192,
    stepMs: 100,
    leastMs: 100,
    billsStartup: false,
  },
  {
    // Billed for the time that functions execute, by the memory in use, which records do not tell: what is allocated is the most that
    // it can be.
    name: 'azure-functions-consumption',
    source:
      'https://azure.microsoft.com/pricing/details/functions/ as quoted on 2025-05-22 by https://modal.com/blog/azure-function-pricing-guide',
    date: '2025-05-22',
    region: 'East US',
    usdPerMillionRequests: 0.2,
    usdPerGbSecond: 0.000016,
    sizes: null,
    memoryStepMb: 128,
    mostMemoryMb: 1536,
    stepMs: 1,
    leastMs: 100,
    billsStartup: false,
  },
];

/** The table that a cost is of unless another one is asked for; whoever uses it says so. */
export const DEFAULT_PRICES = BUILT_IN_PRICES[0] as PriceTable;

/** Finds a built-in table; `undefined`: there is none of that name. */
export const findPrices = (name: string): PriceTable | undefined =>
  BUILT_IN_PRICES.find((table) => table.name === name);
