import { describe, expect, it } from 'vitest';
import { listPathParts, PATH_PARTS, type PathParts, traceCriticalPath } from '../../src/model/critical-path.ts';
import { isComplete, makespanMs } from '../../src/model/timeline.ts';
import { type WholeRun as Run, readSample, sampleRuns, toRun } from '../sample-records.ts';

const sumOf = (parts: PathParts) => listPathParts(true).reduce((sum, part) => sum + (parts[part] ?? 0), 0);

function traced(run: Run) {
  const path = traceCriticalPath(run);
  if (typeof path === 'string') throw new Error(path);
  return path;
}

const withTasks = (run: Run, change: (task: Run['tasks'][number]) => Run['tasks'][number]): Run => ({
  ...run,
  tasks: run.tasks.map(change),
});

describe('the observed critical path', () => {
  const complete = sampleRuns().filter((run) => isComplete(run) && run.submittedAtMs !== null);

  it('sums to the makespan within 1 ms for every complete run of the samples', () => {
    expect(complete.length).toBeGreaterThan(160);
    for (const run of complete) {
      const path = traced(run);
      expect(Math.abs(sumOf(path.parts) - (makespanMs(run) ?? Number.NaN))).toBeLessThan(1e-3);
      expect(path.negativeGapCount).toBe(0);
      expect(PATH_PARTS.every((part) => (path.parts[part] ?? -1) >= 0)).toBe(true);
    }
  });

  it('goes from a root to the sink, each task after one of its upstream tasks', () => {
    for (const run of complete) {
      const { nodeIds } = traced(run);
      const upstream = new Map(run.nodes.map((node) => [node.id, node.upstream]));
      expect(nodeIds.at(-1)).toBe(run.sinkNodeId);
      expect(run.rootNodeIds).toContain(nodeIds[0]);
      for (const [i, id] of nodeIds.slice(1).entries()) expect(upstream.get(id)).toContain(nodeIds[i]);
    }
  });

  it('keeps the sum when clocks disagree, and counts the gaps', () => {
    for (const run of complete.slice(0, 40)) {
      const before = traced(run);
      const last = before.nodeIds.at(-2);
      // The clock of the worker that ran the last task but one is a minute ahead.
      const skewed = withTasks(run, (task) =>
        task.nodeId === last ? { ...task, startedAtMs: task.startedAtMs + 60_000 } : task,
      );
      const path = traced(skewed);
      expect(Math.abs(sumOf(path.parts) - path.makespanMs)).toBeLessThan(1e-3);
      expect(path.makespanMs).toBe(before.makespanMs);
      expect(path.negativeGapCount).toBeGreaterThan(0);
      expect(path.negativeGapMs).toBeLessThan(-50_000);
    }
  });

  it('gives a reason where it cannot be followed', () => {
    const run = complete[0] as Run;
    const [, before] = traced(run).nodeIds.slice(-2).reverse();
    expect(traceCriticalPath({ ...run, submittedAtMs: null })).toBe('not-submitted');
    const without = (id: string | undefined) => ({ ...run, tasks: run.tasks.filter((task) => task.nodeId !== id) });
    expect(traceCriticalPath(without(run.sinkNodeId))).toBe('sink-without-metrics');
    expect(traceCriticalPath(without(before))).toBe('tasks-without-metrics');
  });

  it('ends where the record has a circle', () => {
    const run = toRun(readSample('newer')[0]);
    const [first = ''] = traced(run).nodeIds;
    const nodes = run.nodes.map((node) => (node.id === first ? { ...node, upstream: [run.sinkNodeId] } : node));
    expect(traceCriticalPath({ ...run, nodes })).toBe('tasks-without-metrics');
  });
});
