import { expect, test } from 'vitest';
import { readText } from './read-text.ts';

const invocation = (requestId: string, client_begin: string, begin: number) => ({
  request_id: requestId,
  billing: { _memory: 128 },
  provider_times: { execution: 0, initialization: 0 },
  stats: { cold_start: false, failure: false },
  output: { begin: `${begin}`, end: `${begin + 1}`, container_id: 'c' },
  times: { client_begin },
});

// 2026-01-01 00:00:00 UTC is 1767225600; the client's clock is one hour ahead of it.
test('the zone of the client comes from the invocation that waited least, whichever is the first', async () => {
  const own = {
    a: invocation('a', '2026-01-01 01:00:00.000000', 1767225600 + 600),
    b: invocation('b', '2026-01-01 01:20:00.000000', 1767225600 + 1200.5),
  };
  const { runs, issues } = await readText(JSON.stringify({ _invocations: { thumbnailer: own } }));
  expect(issues).toEqual([]);
  expect(runs.map(({ submittedAtMs }) => submittedAtMs)).toEqual([1767225600000, 1767226800000]);
});
