import { describe, expect, test } from 'vitest';
import { decodePlatformLog, findPlatformLog } from '../../src/formats/platform-logs/index.ts';
import { PLATFORM_COLUMNS } from '../../src/formats/platform-logs/platform-row.ts';

const STREAM = '2026/08/29/[$LATEST]0123456789abcdef0123456789abcdef';
const REPORT =
  'REPORT RequestId: 11111111-2222-4333-8444-555555555555\tDuration: 12.5 ms\tBilled Duration: 213 ms\tMemory Size: 512 MB\tMax Memory Used: 64 MB\tInit Duration: 200.25 ms\t';
const AT_MS = Date.UTC(2026, 7, 29, 10, 0, 0, 250);
const OF_REPORT = {
  duration: '12.5',
  init: '200.25',
  billed: '213',
  memory: '512 MB',
  used: '64 MB',
  id: '11111111-2222-4333-8444-555555555555',
};

async function read(text: string) {
  const log = findPlatformLog(text);
  if (log === null) return null;
  async function* bytes() {
    yield Buffer.from(text);
  }
  const rows = [];
  for await (const batch of decodePlatformLog(log, bytes(), 'log', PLATFORM_COLUMNS)) {
    for (const row of batch) {
      if ('issue' in row) continue;
      const entries = PLATFORM_COLUMNS.map((column, i) => [column, row.cells[i]] as const);
      rows.push(Object.fromEntries(entries.filter(([, cell]) => cell !== undefined)));
    }
  }
  return rows;
}

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a list of tests.
describe("a log of a platform's own", () => {
  test.each([
    ['aws logs tail', `2026-08-29T10:00:00.250000+00:00 ${STREAM} ${REPORT}`, STREAM],
    ['sam logs', `${STREAM} 2026-08-29T10:00:00.250000 ${REPORT.replaceAll('\t', '  ')}`, STREAM],
    [
      'sam logs in colours',
      `\x1b[36m${STREAM}\x1b[0m \x1b[33m2026-08-29T10:00:00.250000\x1b[0m ${REPORT.replaceAll('\t', '  ')}`,
      STREAM,
    ],
    [
      'with a trace and a state below it',
      `2026-08-29T10:00:00.250Z ${REPORT}\nXRAY TraceId: 1-5e\tSampled: true\nStatus: timeout`,
      undefined,
    ],
    ['with a zone', `2026-08-29T12:00:00.250+02:00 ${REPORT}`, undefined],
    ['an export of the console', `timestamp,message\n${AT_MS},"${REPORT}"`, undefined],
  ])('%s: a REPORT with its instant', async (_, text, container) => {
    const own = container === undefined ? {} : { container };
    expect(await read(`START RequestId: 1\n${text}\nEND`)).toEqual([{ ...OF_REPORT, ...own, end: AT_MS, pool: 'all' }]);
  });

  test('filter-log-events: the stream is the container, other messages are passed over', async () => {
    const events = ['START RequestId: 1\n', REPORT].map((message) => ({
      logStreamName: STREAM,
      timestamp: AT_MS,
      message,
    }));
    expect(await read(JSON.stringify({ events }, null, 4))).toEqual([
      { ...OF_REPORT, container: STREAM, end: AT_MS, pool: 'all' },
    ]);
  });

  test.each([
    [
      'a list taken out of an answer',
      (events: readonly object[]) => events.map((own) => ({ ...own, logStreamName: STREAM })),
    ],
    [
      'what a subscriber is sent',
      (logEvents: readonly object[]) => ({ logGroup: '/aws/lambda/f', logStream: STREAM, logEvents }),
    ],
    [
      'get-log-events, which names no stream',
      (events: readonly object[]) => ({ events: events.map((own) => ({ ...own, ingestionTime: 1 })) }),
    ],
  ])('%s: reports count, reports of start-ups do not', async (name, wrap) => {
    const messages = [
      REPORT,
      'INIT_REPORT Init Duration: 9999.00 ms\tPhase: init\tStatus: timeout\n',
      'RESTORE_REPORT Restore Duration: 5 ms',
    ];
    const rows = await read(JSON.stringify(wrap(messages.map((message) => ({ timestamp: AT_MS, message })))));
    const container = name.startsWith('get-log') ? {} : { container: STREAM };
    const pool = name.startsWith('what') ? '/aws/lambda/f' : 'all';
    expect(rows).toEqual([{ ...OF_REPORT, ...container, end: AT_MS, pool }]);
  });

  test('a restored snapshot, seconds, and memory with decimals', async () => {
    const fields = 'Duration: 1.5 s\tBilled Duration: 1550 ms\tMemory Size: 3.000 MB\tMax Memory Used: 1 GB';
    const restored = 'Restore Duration: 500.25 ms\tBilled Restore Duration: 50 ms';
    expect(await read(`2026-08-29T10:00:00.250Z REPORT RequestId: r\t${fields}\t${restored}\t\n`)).toEqual([
      {
        duration: '1500',
        init: '500.25',
        billed: '1550',
        memory: '3.000 MB',
        used: '1 GB',
        id: 'r',
        end: AT_MS,
        pool: 'all',
      },
    ]);
  });

  test('messages of Step Functions are of no log of invocations', () => {
    const message = JSON.stringify({ id: '1', type: 'ExecutionStarted', previous_event_id: '0' });
    expect(findPlatformLog(JSON.stringify({ events: [{ logStreamName: 's', timestamp: 1, message }] }))).toBeNull();
  });

  test('get-query-results: UTC, decimal bytes, no start-up when warm', async () => {
    const fields = {
      '@timestamp': '2026-08-29 10:00:00.250',
      '@requestId': 'r',
      '@duration': '12.5',
      '@billedDuration': '13.0',
      '@memorySize': '5.12E8',
      '@maxMemoryUsed': '64000000',
      '@logStream': STREAM,
      '@log': '123456789012:/aws/lambda/resize',
    };
    const results = [Object.entries(fields).map(([field, value]) => ({ field, value }))];
    expect(await read(JSON.stringify({ results }))).toEqual([
      {
        end: AT_MS,
        duration: '12.5',
        billed: '13.0',
        memory: 512,
        used: 64,
        id: 'r',
        container: STREAM,
        pool: '/aws/lambda/resize',
      },
    ]);
  });
});

describe('results of CloudWatch Insights as the console saves them', () => {
  const NAMES = ['@timestamp', '@requestId', '@duration', '@initDuration', '@memorySize'];
  const WARM = ['2026-08-29 10:00:00.250', 'w', '12.5', '', '5.12E8'];
  const COLD = ['2026-08-29 10:00:00.250', 'c', '1.5', '200.25', '5.12E8'];
  const warm = { end: AT_MS, id: 'w', duration: '12.5', memory: 512, pool: 'all' };

  test.each([
    ['CSV', [NAMES, WARM, COLD].map((cells) => cells.join(',')).join('\n')],
    [
      'CSV with quotes, blank lines and CRLF',
      [NAMES, WARM, [], COLD].map((cells) => cells.map((cell) => `"${cell}"`).join(',')).join('\r\n'),
    ],
    [
      'JSON',
      JSON.stringify(
        [WARM, COLD].map((cells) =>
          Object.fromEntries(NAMES.flatMap((name, i) => (cells[i] === '' ? [] : [[name, cells[i]]]))),
        ),
        null,
        1,
      ),
    ],
  ])('%s: a warm invocation has no start-up', async (_, text) => {
    expect(await read(text)).toEqual([warm, { ...warm, id: 'c', duration: '1.5', init: '200.25' }]);
  });

  test('a message over several lines is one cell', async () => {
    const text = `@timestamp,@message,@duration\n2026-08-29 10:00:00.250,"${REPORT}\n",12.5\n`;
    expect(await read(text)).toEqual([{ ...OF_REPORT, end: AT_MS, pool: 'all' }]);
  });
});

describe("a log of a platform's JSON", () => {
  test("Lambda's JSON lines: only platform.report counts", async () => {
    const metrics = {
      durationMs: 12.5,
      billedDurationMs: 213,
      memorySizeMB: 512,
      maxMemoryUsedMB: 64,
      initDurationMs: 200,
    };
    const lines = [
      { time: '2026-08-29T10:00:00.000Z', type: 'platform.start', record: { requestId: 'r' } },
      { timestamp: '2026-08-29T10:00:00.100Z', level: 'INFO', message: 'platform.report is near' },
      { time: '2026-08-29T10:00:00.250Z', type: 'platform.report', record: { requestId: 'r', metrics } },
    ];
    expect(await read(lines.map((line) => JSON.stringify(line)).join('\n'))).toEqual([
      { end: AT_MS, duration: 12.5, init: 200, billed: 213, memory: 512, used: 64, id: 'r', pool: 'all' },
    ]);
  });

  test('X-Ray: the initialization comes before the invocation', async () => {
    const segment = {
      id: 's',
      name: 'resize',
      origin: 'AWS::Lambda::Function',
      start_time: 1_788_000_000.25,
      end_time: 1_788_000_001.5,
      aws: { request_id: 'r' },
      subsegments: [{ name: 'Initialization', start_time: 1_788_000_000, end_time: 1_788_000_000.25 }],
    };
    const documents = [{ ...segment, origin: 'AWS::Lambda' }, segment];
    const Segments = documents.map((own) => ({ Id: own.id, Document: JSON.stringify(own) }));
    const traces = [{ Id: '1', Segments }];
    const layouts = [
      { Traces: traces },
      { UnprocessedTraceIds: [], ResponseMetadata: { RetryAttempts: 0 }, Traces: traces },
      traces,
      Segments,
      documents.map((own) => ({ trace_id: '1-5e', ...own })),
    ];
    for (const layout of layouts) {
      expect(await read(JSON.stringify(layout, null, 1))).toEqual([
        {
          start: 1_788_000_000_000,
          ready: 1_788_000_000_250,
          end: 1_788_000_001_500,
          init: 250,
          id: 'r',
          pool: 'resize',
        },
      ]);
    }
    const lines = documents.map((own) => JSON.stringify({ trace_id: '1-5e', ...own }));
    expect(await read(lines.join('\n'))).toHaveLength(1);
    expect(await read(JSON.stringify([{ trace_id: 't', name: 'step', start_time: 1, end_time: 2 }]))).toBeNull();
  });
});

describe('activations of OpenWhisk', () => {
  const annotations = [
    { key: 'initTime', value: 40 },
    { key: 'path', value: 'guest/resize' },
    { key: 'limits', value: { memory: 256 } },
  ];
  const activation = { activationId: 'a', name: 'resize', start: 1000, end: 1100, annotations };
  const rowOf = (id: string) => ({ start: 1000, end: 1100, init: 40, memory: 256, id, pool: 'guest/resize' });
  const pretty = (own: object) => `ok: got activation a\n${JSON.stringify(own, null, 4)}\n`;
  const second = {
    ...activation,
    activationId: 'b',
    annotations: { initTime: 40, path: 'guest/resize', limits: { memory: 256 } },
  };

  test.each([
    ['below the words of the command', pretty(activation) + pretty(second)],
    ['in a list', JSON.stringify([activation, second])],
    ['one a line', `${JSON.stringify(activation)}\n${JSON.stringify(second)}`],
    ['in a view of the database', JSON.stringify({ rows: [activation, second].map((doc) => ({ id: 'x', doc })) })],
    ['found in the database', JSON.stringify({ docs: [activation, second], bookmark: 'nil' })],
  ])('%s', async (_, text) => {
    expect(await read(text)).toEqual([rowOf('a'), rowOf('b')]);
  });

  test('a sequence is no invocation beside its actions, nor is a trigger', async () => {
    const sequence = {
      ...second,
      annotations: [
        { key: 'kind', value: 'sequence' },
        { key: 'path', value: 'guest/both' },
      ],
    };
    const trigger = { activationId: 't', name: 'every', start: 1000, end: 0, annotations: [] };
    expect(await read(JSON.stringify([activation, sequence, trigger]))).toEqual([rowOf('a')]);
    await expect(read(JSON.stringify([sequence, trigger]))).rejects.toMatchObject({
      message: 'log holds no invocation that has ended.',
      hint: expect.stringContaining('sequences and triggers run in no container'),
    });
  });
});

describe('a log that cannot be used', () => {
  test('without instants it is refused, with the command that writes them', async () => {
    await expect(read(REPORT)).rejects.toMatchObject({
      code: 'not-rows',
      hint: expect.stringContaining('aws logs tail GROUP --format detailed'),
    });
    const results = [[{ field: '@duration', value: '1' }]];
    await expect(read(JSON.stringify({ results }))).rejects.toMatchObject({
      hint: expect.stringContaining('Add @timestamp to the query'),
    });
  });

  test('a document that is cut is refused; a table is no such log', async () => {
    const events = JSON.stringify({ events: [{ logStreamName: STREAM, timestamp: AT_MS, message: REPORT }] });
    await expect(read(events.slice(0, -9))).rejects.toMatchObject({
      message: expect.stringContaining('cut or damaged'),
    });
    expect(await read('start,end\n1,2\n')).toBeNull();
  });
});
