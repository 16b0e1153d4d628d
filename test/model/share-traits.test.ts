import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunTraits } from '../../src/model/run-facts.ts';
import { createSharing } from '../../src/model/share-traits.ts';

const few = fc.constantFrom('a', 'b');
const anyTraits: fc.Arbitrary<RunTraits> = fc.record(
  {
    workflow: few,
    structure: few,
    planner: few,
    sla: few,
    source: few,
    memory: few,
    day: few,
    planned: fc.boolean(),
    complete: fc.boolean(),
    nodeCount: fc.nat({ max: 1 }),
    taskCount: fc.nat({ max: 1 }),
    optimizations: fc.constantFrom([], ['a'], ['a', 'b'], ['a,b'], ['']),
    resourceMeasure: fc.constantFrom(null, 'gb-seconds' as const, 'byte-seconds' as const),
    resourceUsageMeasured: fc.boolean(),
    sinkRecorded: fc.boolean(),
    sinkWaitMissing: fc.boolean(),
    unfinishedStartupCount: fc.nat({ max: 1 }),
  },
  { noNullPrototype: true },
);

test('equal traits become one object, and traits that differ in anything stay as they were', () => {
  fc.assert(
    fc.property(anyTraits, anyTraits, fc.nat({ max: 16 }), (one, other, which) => {
      const share = createSharing();
      const key = Object.keys(one)[which] as keyof RunTraits;
      const nearly = { ...one, [key]: other[key] };
      expect(share(one)).toBe(one);
      expect(share(structuredClone(one))).toBe(one);
      expect(share(nearly)).toStrictEqual(nearly);
      expect(share(nearly) === one).toBe(JSON.stringify(nearly) === JSON.stringify(one));
    }),
    { numRuns: 2000 },
  );
});
