import { expect, test } from 'vitest';
import { askWfa } from '../ask-wfa.ts';

/** A command without its planners lists those in the data, and proposes what answers. */

test.each([
  ['preload', /As in: wfa preload \S+-opt -d sample:/],
  ['compare', /As in: wfa compare \S+ \S+-opt -d sample:/],
])('%s proposes planners that it can say something of', async (command, proposal) => {
  const { status, stderr } = await askWfa([command, '-d', 'sample:']);
  expect(status).toBe(2);
  const [, , line = ''] = stderr.split('\n');
  expect(line).toMatch(proposal);
  const words = line
    .replace(/.*As in: wfa /, '')
    .trim()
    .split(' ');
  expect(await askWfa([...words, '-f', 'json'])).toMatchObject({ status: 0 });
});
