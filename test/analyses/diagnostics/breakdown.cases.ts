import { auditBreakdown } from '../../../src/analyses/breakdown/diagnostics.ts';
import { type Case, type CaseTable, CLOCKS, type Facts, lay, plainRun } from './cases.ts';

const path = (over: Facts = {}): Facts => ({
  planners: [
    {
      planner: 'UniformPlanner',
      criticalPath: lay(
        {
          intervalMethod: 'welch',
          negativeGapCount: 0,
          negativeGapMs: 0,
          unrecordedWaitCount: 0,
          totalCiLow: 1,
          parts: [],
        },
        over,
      ),
    },
  ],
});
const balance = (criticalPath: Facts, plannerCount = 2): Facts => ({
  criticalPath,
  planners: Array.from({ length: plannerCount }, () => ({ planner: 'UniformPlanner', criticalPath: null })),
});
const invocation = (meanMs: number | null): Facts => path({ parts: [{ part: 'invocation', meanMs }] });
const runs = (...traits: readonly Facts[]): Facts => ({
  facts: traits.map((own) => ({ run: plainRun({ traits: own }) })),
});

const PLAIN = {
  ...path(),
  criticalPath: { blocksUsed: 'common', blocks: ['gemm'], leftOutBlocks: [] },
  facts: [],
  options: { includeUnplanned: false, by: 'planner' },
};
const included = { options: { includeUnplanned: true } };

const cases: readonly Case[] = [
  { code: 'clock-offsets', fires: { facts: [{ run: plainRun({ clocks: CLOCKS }) }] }, quiet: runs({}) },
  { code: 'mixes-differ', fires: balance({ blocksUsed: 'own' }), quiet: balance({ blocksUsed: 'common' }) },
  { code: 'mixes-differ', fires: balance({ blocksUsed: 'own' }, 2), quiet: balance({ blocksUsed: 'own' }, 1) },
  { code: 'blocks-left-out', fires: balance({ leftOutBlocks: ['tree'] }), quiet: balance({ leftOutBlocks: [] }) },
  { code: 'negative-gaps', fires: path({ negativeGapCount: 1 }), quiet: path({ negativeGapCount: 0 }) },
  {
    code: 'input-wait-not-recorded',
    fires: path({ unrecordedWaitCount: 1 }),
    quiet: path({ unrecordedWaitCount: 0 }),
  },
  { code: 'invocations-not-recorded', fires: invocation(null), quiet: invocation(0) },
  { code: 'parts-not-recorded', fires: path({ parts: [{ part: 'upload', meanMs: null }] }), quiet: invocation(null) },
  {
    code: 'parts-not-recorded',
    fires: path({ parts: [{ part: 'queueing', meanMs: null }] }),
    quiet: path({
      parts: [
        { part: 'queueing', meanMs: null },
        { part: 'pending', meanMs: 1 },
      ],
    }),
  },
  {
    code: 'edges-not-recorded',
    fires: { facts: [{ run: plainRun({}), path: 'edges-not-recorded' }] },
    quiet: { facts: [{ run: plainRun({}), path: 'sink-without-metrics' }] },
  },
  {
    code: 'unplanned-included',
    fires: { ...runs({ planned: false }), ...included },
    quiet: { ...runs({ planned: true }), ...included },
  },
  {
    code: 'unplanned-included',
    fires: { ...runs({ planned: false }), ...included },
    quiet: { ...runs({ planned: false }), options: { includeUnplanned: false } },
  },
  {
    code: 'mixed-engine-versions',
    fires: runs({ resourceMeasure: 'a' }, { resourceMeasure: 'b' }),
    quiet: runs({ resourceMeasure: 'a' }, { resourceMeasure: 'a' }),
  },
  { code: 'no-interval', fires: path({ totalCiLow: null }), quiet: path({ totalCiLow: 0 }) },
  { code: 'no-interval', fires: path({ totalCiLow: null, intervalMethod: 'none' }), quiet: path({ totalCiLow: 0 }) },
];

function diagnose(over: Facts) {
  const { facts, options, ...result } = lay(PLAIN, over) as typeof PLAIN;
  return auditBreakdown(result as never, facts, options as never);
}

export const breakdown: CaseTable = { analysis: 'breakdown', diagnose, cases };
