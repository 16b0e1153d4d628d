import { range } from 'd3-array';
import { describe, expect, it } from 'vitest';
import { layOutDag } from '../../src/analyses/run/charts/dag-layout.ts';
import { chooseTasks } from '../../src/analyses/run/choose-tasks.ts';
import type { RunTask } from '../../src/analyses/run/result.ts';
import type { ChartFrame } from '../../src/view/view.ts';

const frame = { width: 321, fontSize: 12, textWidth: (text: string) => text.length * 6 } as unknown as ChartFrame;
const task = (nodeId: string, functionName: string, upstream: readonly string[]): RunTask =>
  ({ nodeId, functionName, upstream }) as unknown as RunTask;
const fanOut = (count: number): RunTask[] => {
  const middle = Array.from({ length: count }, (_, i) => task(`work+${i}`, 'work', ['split+a']));
  return [
    task('split+a', 'split', []),
    ...middle,
    task(
      'merge+z',
      'merge',
      middle.map(({ nodeId }) => nodeId),
    ),
  ];
};
const layOut = (tasks: readonly RunTask[]) => layOutDag({ tasks } as never, frame);

describe('layOutDag', () => {
  it.each([5, 66, 1000])('fits %i tasks into 85 mm, none upon another', (count) => {
    const { boxes, width, grouped } = layOut(fanOut(count - 2));
    expect(grouped).toBe(count > 5);
    expect(boxes.reduce((sum, { tasks }) => sum + tasks.length, 0)).toBe(count);
    for (const box of boxes) {
      expect(box.x).toBeGreaterThanOrEqual(-0.01);
      expect(box.x + box.width).toBeLessThanOrEqual(width + 0.01);
      const apart = boxes
        .filter((other) => other !== box)
        .every(
          (other) =>
            other.x + other.width <= box.x + 0.01 ||
            box.x + box.width <= other.x + 0.01 ||
            other.y + other.height <= box.y + 0.01 ||
            box.y + box.height <= other.y + 0.01,
        );
      expect(apart).toBe(true);
    }
  });

  it('says how many tasks share a box, and points down every edge', () => {
    const { boxes, edges } = layOut(fanOut(998));
    expect(boxes.map(({ text }) => text)).toEqual(['split', 'work ×998', 'merge']);
    for (const { from, to } of edges) expect(from.y).toBeLessThan(to.y);
  });

  it.each([
    ['a chain of 5000 tasks', 5000, (i: number) => (i === 0 ? [] : [i - 1])],
    ['150 tasks of which every second half waits for the first', 150, (i: number) => range(i < 75 ? 0 : 75)],
    ['100 tasks that each wait for all before', 100, (i: number) => range(i)],
  ])('groups %s, which would take minutes', (_, count, upstream) => {
    const tasks = range(count).map((i) =>
      task(
        `t+${i}`,
        `f${i}`,
        upstream(i).map((other) => `t+${other}`),
      ),
    );
    const { boxes, edges, grouped } = layOut(tasks);
    expect(grouped).toBe(true);
    expect(boxes.length).toBeLessThanOrEqual(150);
    expect(edges.length).toBeGreaterThan(0);
    expect(boxes.reduce((sum, own) => sum + own.tasks.length, 0)).toBe(count);
  });

  it('draws a damaged record whose tasks wait in a circle', () => {
    const tasks = [task('a', 'a', ['b']), task('b', 'b', ['a'])];
    expect(layOut(tasks).boxes).toHaveLength(2);
  });
});

describe('chooseTasks', () => {
  const tasks = fanOut(3);

  it('takes a function, or the beginning of an id', () => {
    expect(chooseTasks(tasks, 'Work')).toHaveLength(3);
    expect(chooseTasks(tasks, 'work+1').map(({ nodeId }) => nodeId)).toEqual(['work+1']);
  });

  it('suggests what is there', () => {
    expect(() => chooseTasks(tasks, 'wrok')).toThrow(
      expect.objectContaining({
        code: 'unknown-task',
        hint: expect.stringContaining('Its functions are: merge, split, work.'),
      }),
    );
  });
});
