import { expect, test } from 'vitest';
import { blockLabels } from '../../src/analyses/design/block-labels.ts';
import { analyzeRuns } from '../../src/analyses/runs/analyze.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { sampleRuns } from '../sample-records.ts';

const [FIRST] = sampleRuns();
if (!FIRST) throw new Error('no sample');

const named = (workflow: string, structureHash: string) => describeRun({ ...FIRST, workflow, structureHash });

/** Names that a key joined with a separator takes for one another. */
const PAIRS = [
  [
    ['a"|"b', 'c'],
    ['a', 'b"|"c'],
  ],
  [
    ['a\nb', 'c'],
    ['a', 'b\nc'],
  ],
  [
    ['a","b', 'c'],
    ['a', 'b","c'],
  ],
  [
    ['a\0b', 'c'],
    ['a', 'b\0c'],
  ],
] as const;

test.each(PAIRS)('runs keeps %j and %j apart', (...pair) => {
  const rows = pair.map(([workflow, structure]) => ({
    run: named(workflow, structure),
    makespanMs: null,
    resourceUsageGbSeconds: null,
    predictedMakespanMs: null,
  }));
  const { workflows, groups } = analyzeRuns(rows, { list: false }).result;
  expect(workflows.map(({ runCount }) => runCount)).toEqual([1, 1]);
  expect(groups.map(({ runCount }) => runCount)).toEqual([1, 1]);
});

test('labels of blocks differ where blocks do', () => {
  const edited = [named('a', 'x'.repeat(40)), named('a', 'y'.repeat(40))];
  const label = blockLabels(edited, ['workflow', 'structure'])(edited[0] as (typeof edited)[0]);
  const runs = [...edited, named(label, 'z'.repeat(40)), named('a · b', 'x'), named('a \\u00b7 b', 'x')];
  const labels = runs.map(blockLabels(runs, ['workflow', 'structure']));
  expect(new Set(labels).size).toBe(runs.length);
  expect(labels[2]).toBe(`${label} (2)`);
});
