import { analyzeClaims } from '../../../src/analyses/claim/analyze.ts';
import { auditClaim, auditClaims } from '../../../src/analyses/claim/diagnostics.ts';
import { parseClaims } from '../../../src/analyses/claim/options.ts';
import { type Case, type CaseTable, type Facts, lay } from './cases.ts';
import { designCases, toFacts } from './compare.cases.ts';
import { diagnosePricing, PRICE_CASES } from './price-cases.ts';

/** A judged claim about which nothing is to be said. */
const judged = (over: Facts = {}): Facts => ({
  judged: lay(
    {
      line: 3,
      baseline: 'u',
      candidate: 'n',
      metricWords: 'makespan',
      verdict: 'direction-only',
      otherReading: { claimedFraction: -0.346, verdict: 'cannot-tell' },
      blocked: {
        ratio: 1,
        allEqual: false,
        blockCount: 2,
        outcome: 'different',
        pAdjusted: 0.01,
        loss: { pValue: 1, baseline: { measured: 10, missing: 0 }, candidate: { measured: 10, missing: 0 } },
      },
    },
    over,
  ),
});
const blocked = (over: Facts): Facts => judged({ blocked: over });
const list = (count: number, intervalMethod = 'welch'): Facts => ({ count, intervalMethod });

const cases: readonly Case[] = [
  ...designCases,
  ...PRICE_CASES,
  {
    code: 'memory-is-resource-usage',
    fires: judged({ metricWords: 'memory' }),
    quiet: judged({ metricWords: 'resource usage' }),
  },
  {
    code: 'other-reading',
    fires: judged({ otherReading: { verdict: 'supported' } }),
    quiet: judged({ otherReading: { verdict: 'direction-only' } }),
  },
  {
    code: 'other-reading',
    fires: judged({ otherReading: { verdict: 'supported' } }),
    quiet: judged({ otherReading: { verdict: 'supported' }, verdict: 'supported' }),
  },
  { code: 'no-common-block', fires: blocked({ blockCount: 0 }), quiet: blocked({ blockCount: 1 }) },
  { code: 'zero-figures', fires: blocked({ ratio: null }), quiet: blocked({ ratio: 1 }) },
  { code: 'zero-figures', fires: blocked({ ratio: null }), quiet: blocked({ ratio: null, allEqual: true }) },
  { code: 'zero-figures', fires: blocked({ ratio: null }), quiet: blocked({ ratio: null, blockCount: 0 }) },
  {
    code: 'interval-finds-test-does-not',
    fires: blocked({ outcome: 'hint' }),
    quiet: blocked({ outcome: 'different' }),
  },
  {
    code: 'unequal-loss',
    fires: blocked({ loss: { pValue: 0.0499 } }),
    quiet: blocked({ loss: { pValue: 0.05 } }),
  },
  { code: 'many-claims', fires: list(14), quiet: list(13) },
  { code: 'borrowed-spread', fires: list(1, 'welch-borrowed'), quiet: list(1, 'paired-t') },
];

function diagnose(facts: Facts) {
  const { runs, options, judged: one, count, intervalMethod } = facts;
  if ('prices' in facts) return diagnosePricing(facts);
  if (runs) {
    const { metric = 'makespan', ...others } = options as Facts;
    const claim = { arguments: [`non-uniform vs uniform: ${metric} -5 %`], options: others };
    return analyzeClaims((runs as Facts[]).map(toFacts), parseClaims(claim as never), 1).warnings;
  }
  if (one) {
    const { metricWords } = one as { readonly metricWords: string };
    return auditClaim(one as never, { metricWords, metric: { key: 'resource-usage' } } as never, { isList: true });
  }
  return auditClaims(Array.from({ length: count as number }, () => ({ blocked: { intervalMethod } })) as never);
}

export const claim: CaseTable = { analysis: 'claim', diagnose, cases };
