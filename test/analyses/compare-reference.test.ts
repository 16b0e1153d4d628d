import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CompareResult } from '../../src/analyses/compare/result.ts';
import type { OverallChange } from '../../src/analyses/design/comparison.ts';
import { askWfa } from '../ask-wfa.ts';
import { ROOT } from '../spawn-wfa.ts';
import { testWithScipy, useReferences } from './reference-process.ts';

/**
 * `wfa compare` against an independent implementation in Python (`test/reference/compare_reference.py`, scipy 1.17.1), whose
 * outputs on the bundled samples stand in `test/golden/reference/`.
 */

const FOLDER = join(ROOT, 'test/golden/reference');
const TOLERANCE = 1e-9;

interface ReferenceComparison extends Record<string, unknown> {
  readonly metric: string;
  readonly exact: boolean;
  readonly arrangements: number;
  readonly extra: {
    readonly fullEnumeration: {
      readonly pValue: number;
      readonly permutationCiLow: number;
      readonly permutationCiHigh: number;
    };
  };
  readonly blocks: readonly {
    readonly workflow: string;
    readonly structureHash: string;
    readonly sla: string;
    readonly nBaseline: number;
    readonly nCandidate: number;
    readonly ratio: number;
    readonly geometricMeanBaseline: number;
    readonly medianCandidate: number;
  }[];
}

interface Reference {
  readonly baseline: string;
  readonly candidate: string;
  readonly files: readonly string[];
  readonly comparisons: readonly ReferenceComparison[];
  readonly joint: {
    readonly covariance: number;
    readonly varianceMakespan: number;
    readonly varianceResourceUsage: number;
    readonly correlation: number;
    readonly degreesOfFreedom: Readonly<Record<string, number>>;
  };
}

const names = readdirSync(FOLDER).sort();
const readReference = (name: string): Reference => JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));

async function compare({ baseline, candidate, files }: Reference): Promise<CompareResult> {
  const data = files.flatMap((file) => ['-d', join(ROOT, file)]);
  const { status, stdout, stderr } = await askWfa(['compare', baseline, candidate, ...data, '-f', 'json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout).result;
}

function expectClose(actual: unknown, expected: unknown, what: string): void {
  if (typeof expected !== 'number') expect(actual, what).toBe(expected ?? null);
  else
    expect(Math.abs((actual as number) - expected), what).toBeLessThanOrEqual(
      TOLERANCE * Math.max(1, Math.abs(expected)),
    );
}

const SAME_FIGURES: readonly (keyof OverallChange)[] = [
  'ratio',
  'changeFraction',
  'ciLow',
  'ciHigh',
  'degreesOfFreedom',
  'logVariance',
  'minimalDetectableFraction',
  'blockCount',
  'blocksAgreeing',
  'runCountBaseline',
  'runCountCandidate',
  'outcome',
  'intervalMethod',
  'levelBaseline',
  'levelCandidate',
  'pooledMedianBaseline',
  'pooledMedianCandidate',
  'pooledMedianRatio',
];
const EXACT_FIGURES: readonly (keyof OverallChange)[] = ['pValue', 'permutationCiLow', 'permutationCiHigh'];

/** A sampled p-value is within five of its standard errors of the full enumeration. */
function expectNear(overall: OverallChange, { pValue }: { pValue: number }): void {
  const standardError = Math.sqrt((pValue * (1 - pValue)) / 9999);
  expect(Math.abs((overall.pValue as number) - pValue)).toBeLessThanOrEqual(5 * standardError + 2e-4);
}

describe.each(names)('%s', (name) => {
  const reference = readReference(name);
  const result = compare(reference);

  test.each(reference.comparisons.map((comparison) => [comparison.metric, comparison] as const))(
    '%s: the pooled figures agree',
    async (metric, wanted) => {
      const overall = (await result).comparisons.find((comparison) => comparison.metric === metric)
        ?.overall as OverallChange;
      for (const key of SAME_FIGURES) expectClose(overall[key], wanted[key], key);
      expect(overall.permutationExact).toBe(wanted.exact);
      if (wanted.exact) {
        expect(overall.arrangementCount).toBe(wanted.arrangements);
        for (const key of EXACT_FIGURES) expectClose(overall[key], wanted[key], key);
      } else expectNear(overall, wanted.extra.fullEnumeration);
    },
  );

  test('workflows, their interaction and the loss of runs agree', async () => {
    for (const { metric, workflows, interaction, loss } of reference.comparisons) {
      const found = (await result).comparisons.find((comparison) => comparison.metric === metric);
      const figures = {
        workflows: found?.workflows.map(({ allEqual: _, ...own }) => own),
        interaction: found?.interaction,
        loss: found?.overall.loss,
      };
      const wanted = new Map(figuresOf({ workflows, interaction, loss }));
      expect(new Map(figuresOf(figures)).size).toBe(wanted.size);
      for (const [path, figure] of figuresOf(figures)) expectClose(figure, wanted.get(path), `${metric}${path}`);
    }
  });

  test('the adjusted p-values agree, where all are exact', async () => {
    if (reference.comparisons.some(({ exact }) => !exact)) return;
    const adjusted = (await result).comparisons.map(({ overall }) => overall.pAdjusted);
    for (const [i, wanted] of reference.comparisons.entries())
      expectClose(adjusted[i], wanted['pAdjusted'], wanted.metric);
  });

  test('every block agrees', async () => {
    for (const { metric, blocks } of reference.comparisons) {
      const found = (await result).comparisons.find((comparison) => comparison.metric === metric)?.blocks ?? [];
      expect(found).toHaveLength(blocks.length);
      for (const wanted of blocks) {
        const block = found.find(
          ({ keys }) =>
            keys['structure'] === wanted.structureHash &&
            keys['sla'] === wanted.sla &&
            keys['workflow'] === wanted.workflow,
        );
        expect([block?.baseline.n, block?.candidate.n]).toEqual([wanted.nBaseline, wanted.nCandidate]);
        expectClose(block?.ratio, wanted.ratio, 'ratio');
        expectClose(block?.baseline.geometricMean, wanted.geometricMeanBaseline, 'geometric mean');
        expectClose(block?.candidate.median, wanted.medianCandidate, 'median');
      }
    }
  });

  test('makespan and resource usage together agree; no region below two degrees of freedom', async () => {
    const { joint } = reference;
    const found = (await result).joint[0];
    const freedom = Math.min(...Object.values(joint.degreesOfFreedom));
    expect(found === undefined).toBe(freedom < 2);
    if (!found) return;
    expectClose(found.covariance.both, joint.covariance, 'covariance');
    expectClose(found.covariance.makespan, joint.varianceMakespan, 'variance of makespan');
    expectClose(found.covariance.resourceUsage, joint.varianceResourceUsage, 'variance of resource usage');
    expectClose(found.correlation, joint.correlation, 'correlation');
    expectClose(found.degreesOfFreedom, freedom, 'degrees of freedom');
  });
});

/** All numbers of a JSON value by path, whatever the seed of a sampled figure. */
function figuresOf(node: unknown, path = ''): [string, unknown][] {
  if (typeof node !== 'object' || node === null) return [[path, node]];
  return Object.entries(node).flatMap(([key, part]) => figuresOf(part, `${path}.${key}`));
}

const runReference = useReferences();

testWithScipy(
  'the reference still says what is written down',
  async () => {
    for (const name of names.filter((candidate) => candidate.startsWith('older'))) {
      const { baseline, candidate, files, ...written } = readReference(name);
      const printed = await runReference('compare_reference.py', baseline, candidate, ...files);
      const again = new Map(figuresOf(JSON.parse(printed)));
      for (const [path, figure] of figuresOf(written)) {
        // Versions may differ, and a direction without extent is rounding.
        if (!/^\.reference|eigenvalues|ellipse95/.test(path)) expectClose(again.get(path), figure, path);
      }
    }
  },
  60_000,
);
