import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunTraits } from '../../src/model/run-facts.ts';
import { createSharing } from '../../src/model/share-traits.ts';
import { draws } from '../property-draws.ts';

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
    { numRuns: draws(2000) },
  );
});

test.each([
  'workflow',
  'structure',
  'planner',
  'sla',
  'source',
  'memory',
  'day',
  'nodeCount',
  'taskCount',
  'unfinishedStartupCount',
] as const)(
  'traits that all differ in %s are told apart in a time that does not grow with the square of their number',
  (key) => {
    const [plain] = fc.sample(anyTraits, { numRuns: 1, seed: 1 }) as [RunTraits];
    const isCount = typeof plain[key] === 'number';
    const different = Array.from({ length: 20_000 }, (_, i) => ({ ...plain, [key]: isCount ? i : `name ${i}` }));
    const share = createSharing();
    for (const traits of different) share(traits);
    expect(share({ ...(different[19_999] as RunTraits) })).toBe(different[19_999]);
  },
  4000,
);
