import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/analyses/analysis.ts';
import { analyzeLog } from '../../src/analyses/workers/log/analyze.ts';
import { createLogCollector } from '../../src/analyses/workers/log/collect.ts';
import { parseLog } from '../../src/analyses/workers/log/options.ts';
import type { LogResult, LogScore } from '../../src/analyses/workers/log/result.ts';
import { viewLog } from '../../src/analyses/workers/log/view.ts';
import { optionalColumns } from '../../src/containers/invocation-map.ts';
import { decodeRows, type RawRow } from '../../src/formats/rows.ts';
import { type Issue, wordIssue } from '../../src/model/issue.ts';
import { Ledger } from '../../src/model/ledger.ts';
import { RowBlock } from '../../src/model/row-block.ts';
import { type Logged, type PlatformSettings, sampleLog, simulatePlatform, writeCsv } from '../platform-log.ts';

type Options = Record<string, string | boolean>;

/** A log as a text → what `wfa workers --map` makes of it. */
async function reconstruct(
  text: string,
  map: string,
  given: Options = {},
): Promise<Outcome<LogResult> & { readonly issues: readonly string[] }> {
  const options = parseLog({ arguments: [], options: { timeUnit: 'ms', ...given, map: [map] } });
  const ledger = new Ledger();
  const collector = createLogCollector(options, ledger);
  const issues: Issue[] = [];
  async function* bytes() {
    // The header by itself: the rows behind it then come as blocks.
    const header = text.indexOf('\n') + 1;
    yield Buffer.from(text.slice(0, header));
    yield Buffer.from(text.slice(header));
  }
  const columns = options.map.columns.map(({ column }) => column);
  const takeRow = (row: RawRow) =>
    'issue' in row ? row.issue : collector.take(row.cells, { uri: 'log', line: row.line });
  for await (const rows of decodeRows(bytes(), 'log', columns, optionalColumns(options.map))) {
    const found = rows instanceof RowBlock ? collector.takeBlock(rows, 'log') : rows.map(takeRow);
    issues.push(...found.filter((issue) => issue !== null));
  }
  const outcome = analyzeLog([collector.finish().facts], options);
  const { invocations, containers } = outcome.result;
  const listed = { invocations: [...invocations], containers: [...containers] };
  const result = { ...outcome.result, ...listed } as LogResult;
  return { ...outcome, result, ledger: [...ledger.entries(), ...outcome.ledger], issues: issues.map(wordIssue) };
}

const PLATFORM: PlatformSettings = {
  seed: 1,
  keepAliveMs: 20_000,
  reuse: 'mru',
  concurrency: 1,
  durationMs: 400_000,
  beginsAtMs: 1_795_000_000_000,
  pools: [
    { app: 'a', func: 'fast', memoryMb: 256, gapMs: 2500, executionMs: 3000, coldStartMs: 800 },
    { app: 'a', func: 'slow', memoryMb: 512, gapMs: 9000, executionMs: 20_000, coldStartMs: 1500 },
  ],
};

const MS_COLUMNS = {
  app: ({ app }: Logged) => app,
  func: ({ func }: Logged) => func,
  mb: ({ memoryMb }: Logged) => memoryMb,
  begin: ({ startAtMs }: Logged) => startAtMs,
  ready: ({ readyAtMs }: Logged) => readyAtMs,
  end: ({ endAtMs }: Logged) => endAtMs,
  cold: ({ cold }: Logged) => cold,
  id: ({ container }: Logged) => container,
};
const MAP = 'start=begin,ready=ready,end=end,pool=func,memory=mb,container=id';

const anyPlatform = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  keepAliveMs: fc.constantFrom(1000, 5000, 20_000, 1e9),
  reuse: fc.constantFrom('mru' as const, 'lru' as const, 'oldest' as const, 'newest' as const),
});

function expectPerfect({ total, pools }: LogScore): void {
  expect(pools.map(({ pool }) => pool).sort()).toEqual(['fast', 'slow']);
  for (const score of [total, ...pools]) {
    expect(score).toMatchObject({ containerError: 0, rightStateFraction: 1, aliveError: 0 });
    expect(score.rightPredecessorCount).toBe(score.reusedCount);
  }
}

describe('a platform whose containers are known', () => {
  test('with its keep-alive and its reuse policy, everything is found, states hidden or not', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlatform, fc.boolean(), async (platform, stated) => {
        const rows = simulatePlatform({ ...PLATFORM, ...platform });
        const given = { keepAlive: `${platform.keepAliveMs}ms`, reuse: platform.reuse, score: true };
        const { result } = await reconstruct(writeCsv(rows, MS_COLUMNS), stated ? `${MAP},cold=cold` : MAP, given);
        expect(result.scores.map(({ states }) => states)).toEqual(stated ? ['recorded', 'hidden'] : ['hidden']);
        for (const score of result.scores) {
          expectPerfect(score);
          const { total } = score;
          expect(total.recordedContainerCount).toBe(new Set(rows.map(({ container }) => container)).size);
          expect(total.reusedCount).toBe(rows.filter(({ cold }) => !cold).length);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('another reuse policy finds fewer predecessors, and with states recorded as many containers', async () => {
    const text = writeCsv(simulatePlatform(PLATFORM), MS_COLUMNS);
    const { result } = await reconstruct(text, `${MAP},cold=cold`, { keepAlive: '20', reuse: 'lru', score: true });
    const [recorded, hidden] = result.scores;
    expect(recorded?.total).toMatchObject({ containerError: 0, rightStateFraction: 1 });
    expect(recorded?.total.rightPredecessorFraction).toBeLessThan(0.9);
    expect(hidden?.total.rightPredecessorFraction).toBeLessThan(0.9);
    // Least recently used first keeps more containers alive, so fewer starts are cold.
    expect(hidden?.total.containerError).toBeLessThan(0);
    expect(hidden?.total.rightStateFraction).toBeLessThan(1);
  });

  test('too short a keep-alive finds too many containers, and a recorded one refutes it', async () => {
    const text = writeCsv(simulatePlatform(PLATFORM), MS_COLUMNS);
    const { result, warnings } = await reconstruct(text, MAP, { keepAlive: '5', score: true });
    expect(result.scores[0]?.total.containerError).toBeGreaterThan(0.2);
    expect(warnings.map(({ code }) => code)).toContain('recorded-idle-longer-than-keep-alive');
    const right = await reconstruct(text, MAP, { keepAlive: '20' });
    expect(right.warnings.map(({ code }) => code)).not.toContain('recorded-idle-longer-than-keep-alive');
  });

  test('its keep-alive lies in the range that is estimated from recorded states', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1e6 }),
        fc.constantFrom(3000, 8000, 20_000),
        async (seed, keepAliveMs) => {
          const rows = simulatePlatform({ ...PLATFORM, seed, keepAliveMs });
          const { keepAlive } = (await reconstruct(writeCsv(rows, MS_COLUMNS), `${MAP},cold=cold`)).result;
          if (keepAlive.flatLowMs !== null) expect(keepAlive.flatLowMs).toBeLessThanOrEqual(keepAliveMs);
          if (keepAlive.flatHighMs !== null) expect(keepAlive.flatHighMs).toBeGreaterThanOrEqual(keepAliveMs);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('a platform that replaces containers at an age', () => {
  const [busy] = PLATFORM.pools as [PlatformSettings['pools'][number]];
  // Calls that hardly ever overlap: where they do, states alone do not tell which of two containers was used at which age.
  const pools = [{ ...busy, gapMs: 8000, executionMs: 50, coldStartMs: 50 }];
  const steady = { ...PLATFORM, pools, durationMs: 4_000_000 };
  const askFor = (rows: readonly Logged[]) =>
    reconstruct(writeCsv(rows, MS_COLUMNS), `${MAP},cold=cold`, { keepAlive: '60', score: true });

  test('the age is found, and with it the containers where states are hidden', async () => {
    const { result, warnings } = await askFor(simulatePlatform({ ...steady, keepAliveMs: 60_000, maxAgeMs: 300_000 }));
    const { maxAgeMs, agedCount, passedOverCount } = result.replacement ?? {};
    expect(agedCount).toBe(passedOverCount);
    expect(maxAgeMs).toBeGreaterThan(285_000);
    expect(maxAgeMs).toBeLessThan(315_000);
    expect(Math.abs(result.scores[1]?.total.containerError ?? 1)).toBeLessThan(0.1);
    expect(warnings.map(({ code }) => code)).toContain('containers-replaced-by-age');
  });

  test('no age is found where containers are replaced at one time, whatever their age, or not at all', async () => {
    const rows = simulatePlatform({ ...steady, keepAliveMs: 60_000 });
    expect((await askFor(rows)).result.replacement).toEqual({ passedOverCount: 0, agedCount: 0, maxAgeMs: null });
    const [before, after] = [1, 2].map((seed) => simulatePlatform({ ...steady, keepAliveMs: 60_000, seed }));
    const shiftMs = 4_000_000;
    const anew = (after as Logged[]).map((row) => ({
      ...row,
      container: `new ${row.container}`,
      startAtMs: row.startAtMs + shiftMs,
      readyAtMs: row.readyAtMs + shiftMs,
      endAtMs: row.endAtMs + shiftMs,
    }));
    expect((await askFor([...(before as Logged[]), ...anew])).result.replacement?.maxAgeMs).toBeNull();
  });
});

describe('the pools of a platform', () => {
  test('found and true containers lie within the bounds; states add up to the time alive; pools to the whole', async () => {
    const rows = simulatePlatform(PLATFORM);
    const { result } = await reconstruct(writeCsv(rows, MS_COLUMNS), MAP, { keepAlive: '20' });
    const { alive, bounds, pools, counts } = result;
    expect(counts.containerCount).toBeGreaterThanOrEqual(bounds.containers.low);
    expect(counts.containerCount).toBeLessThanOrEqual(bounds.containers.high ?? 0);
    expect(alive.alive).toBeGreaterThanOrEqual(bounds.alive.low);
    expect(alive.alive).toBeLessThanOrEqual(bounds.alive.high ?? 0);
    expect((alive.starting ?? 0) + alive.busy + alive.idle + alive.tail).toBeCloseTo(alive.alive, 6);
    expect(pools.reduce((sum, pool) => sum + pool.alive, 0)).toBeCloseTo(alive.alive, 6);
    expect(result.aliveUnit).toBe('gb-seconds');
    // By hand: start to ready, times the memory.
    const starting = rows
      .filter(({ cold }) => cold)
      .reduce((sum, row) => sum + (row.memoryMb / 1024) * ((row.readyAtMs - row.startAtMs) / 1000), 0);
    expect(alive.starting).toBeGreaterThanOrEqual(starting);
  });

  test('two at a time: only one at a time is a finding, with the lines', async () => {
    const rows = simulatePlatform({ ...PLATFORM, concurrency: 2 });
    const text = writeCsv(rows, MS_COLUMNS);
    const one = await reconstruct(text, MAP, { keepAlive: '20' });
    const overlapping = one.ledger.find(({ reason }) => reason === 'overlaps-another');
    expect(overlapping?.count).toBe(one.result.counts.overlappingCount);
    expect(overlapping?.count).toBeGreaterThan(10);
    for (const origin of overlapping?.origins ?? []) {
      const row = rows[Number(origin.replace('log:', '')) - 2] as Logged;
      const before = rows.filter((other) => other.container === row.container && other.startAtMs < row.startAtMs);
      expect(before.some(({ endAtMs }) => endAtMs > row.startAtMs)).toBe(true);
    }
    const two = await reconstruct(text, MAP, { keepAlive: '20', concurrency: '2' });
    expect(two.result.counts.overlappingCount).toBe(0);
    expect(two.ledger).toEqual([]);
    expect(two.result.counts.containerCount).toBeLessThan(one.result.counts.containerCount);
  });
});

const withoutLines = (result: LogResult) => ({
  ...result,
  invocations: result.invocations.map(({ line: _, ...invocation }) => invocation),
});

describe('laws', () => {
  test('the order of rows does not matter', async () => {
    const rows = simulatePlatform(PLATFORM);
    const given = { score: true, reuse: 'lru' };
    const { result } = await reconstruct(writeCsv(rows, MS_COLUMNS), `${MAP},cold=cold`, given);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: rows.length }), async (shuffled) => {
        const other = await reconstruct(writeCsv(shuffled, MS_COLUMNS), `${MAP},cold=cold`, given);
        expect(withoutLines(other.result)).toEqual(withoutLines(result));
      }),
      { numRuns: 10 },
    );
  });

  test('units agree: s, ms, µs and ISO 8601 give the same result', async () => {
    const rows = simulatePlatform(PLATFORM);
    const inUnit = (word: (ms: number) => string | number) =>
      writeCsv(rows, {
        ...MS_COLUMNS,
        begin: ({ startAtMs }) => word(startAtMs),
        ready: ({ readyAtMs }) => word(readyAtMs),
        end: ({ endAtMs }) => word(endAtMs),
      });
    const seconds = (ms: number) => `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}`;
    const iso = (ms: number) => new Date(ms).toISOString();
    const { settings: _, ...ms } = (await reconstruct(inUnit(String), MAP)).result;
    for (const [timeUnit, word] of [
      ['s', seconds],
      ['us', (x: number) => `${x}000`],
      ['us', (x: number) => `${x}.000e3`],
      ['iso', iso],
      ['iso', (x: number) => iso(x).replace('T', ' ').replace('Z', '000+00:00')],
    ] as const) {
      const { settings: __, ...same } = (await reconstruct(inUnit(word), MAP, { timeUnit })).result;
      expect(same).toEqual(ms);
    }
  });

  test('CSV and NDJSON, flat or nested, give the same result', async () => {
    const rows = simulatePlatform(PLATFORM);
    const { result } = await reconstruct(writeCsv(rows, MS_COLUMNS), `${MAP},cold=cold`);
    const records = rows.map((row) => ({
      times: { begin: row.startAtMs, ready: row.readyAtMs, end: String(row.endAtMs) },
      func: row.func,
      limits: { mb: row.memoryMb },
      id: row.container,
      cold: row.cold,
    }));
    const map = 'start=times.begin,ready=times.ready,end=times.end,pool=func,memory=limits.mb,container=id,cold=cold';
    for (const text of [
      records.map((record) => JSON.stringify(record)).join('\n'),
      JSON.stringify(records),
      JSON.stringify(records, null, 2),
    ]) {
      const same = (await reconstruct(text, map)).result;
      expect({ ...withoutLines(same), settings: null }).toEqual({ ...withoutLines(result), settings: null });
    }
  });

  test('plain JSON, from a frozen input, the same every time; tables have a cell for every column', async () => {
    const text = writeCsv(simulatePlatform(PLATFORM), MS_COLUMNS);
    const outcome = await reconstruct(text, `${MAP},cold=cold`, { score: true, keepAlive: 'inf' });
    expect(JSON.parse(JSON.stringify(outcome))).toEqual(outcome);
    expect(await reconstruct(text, `${MAP},cold=cold`, { score: true, keepAlive: 'inf' })).toEqual(outcome);
    for (const { columns, rows } of viewLog(outcome).tables) {
      for (const row of rows) for (const { key } of columns) expect(row[key]).toBeDefined();
    }
    const { columns, rows } = viewLog(outcome).records;
    expect(Object.keys([...rows][0] ?? {})).toEqual(columns);
  });
});

describe('layouts of platforms', () => {
  test('Azure Functions: end and duration in seconds, pools by application and function', async () => {
    const text =
      'app,func,end_timestamp,duration\na1,f1,10.5,0.5\na1,f1,12.0,1.0\na1,f2,12.0,1.25\na2,f1,700.001,0.001\n';
    const given = { timeUnit: 's', keepAlive: '600' };
    const { result } = await reconstruct(text, 'end=end_timestamp,duration=duration,pool=app+func', given);
    expect(result.invocations.map(({ pool, startAtMs, endAtMs }) => [pool, startAtMs, endAtMs])).toEqual([
      ['a1+f1', 10_000, 10_500],
      ['a1+f2', 10_750, 12_000],
      ['a1+f1', 11_000, 12_000],
      ['a2+f1', 700_000, 700_001],
    ]);
    expect(result.counts).toMatchObject({ containerCount: 3, coldCount: 3, warmCount: 1, inferredStateCount: 4 });
    expect(result.aliveUnit).toBe('container-seconds');
    // Three containers: 10 to 12 s, 10.75 to 12 s, 1 ms; each with a tail of 600 s.
    expect(result.alive.alive).toBeCloseTo(2 + 1.25 + 0.001 + 3 * 600, 9);
    const byApp = await reconstruct(text, 'end=end_timestamp,duration=duration,pool=app', given);
    expect(byApp.result.counts).toMatchObject({ containerCount: 3, poolCount: 2 });
  });

  test('AWS Lambda REPORT lines: the end, a duration without the initialisation, and that of cold starts only', async () => {
    const text = [
      '"@timestamp","@requestId","@duration","@initDuration","@memorySizeMB","@log","@logStream"',
      '"2026-11-23 09:00:02.000","r1","800.5","199.5","512","1:/aws/lambda/resize","s1"',
      '"2026-11-23 09:00:04.250","r2","250.0","","512","1:/aws/lambda/resize","s1"',
    ].join('\r\n');
    const map =
      'end=@timestamp,duration=@duration,init=@initDuration,memory=@memorySizeMB,pool=@log,container=@logStream';
    const given = { timeUnit: 'iso', durationUnit: 'ms', keepAlive: '300', score: true };
    const { result } = await reconstruct(text, map, given);
    const at = (text: string) => Date.parse(`2026-11-23T09:00:${text}Z`);
    expect(result.invocations).toMatchObject([
      { startAtMs: at('01.000'), readyAtMs: at('01.000') + 199.5, endAtMs: at('02.000'), state: 'cold', memoryMb: 512 },
      { startAtMs: at('04.000'), readyAtMs: null, endAtMs: at('04.250'), state: 'warm', stateInferred: false },
    ]);
    expect(result.alive).toMatchObject({ starting: 0.5 * 0.1995, tail: 150 });
    expect(result.scores.map(({ total }) => total.rightPredecessorFraction)).toEqual([1, 1]);
  });
});

describe('layouts of platforms with nested or unusual cells', () => {
  test('OpenWhisk activations: annotations are lists of keys and values, a start holds its initialisation', async () => {
    const activation = (start: number, end: number, annotations: Record<string, unknown>) =>
      JSON.stringify({
        name: 'hello',
        start,
        end,
        duration: end - start,
        annotations: Object.entries(annotations).map(([key, value]) => ({ key, value })),
      });
    const text = [
      activation(1000, 1600, { path: 'guest/hello', limits: { memory: 256 }, initTime: 450 }),
      activation(3000, 3100, { path: 'guest/hello', limits: { memory: 256 } }),
    ].join('\n');
    const map = 'start=start,end=end,init=annotations.initTime,pool=annotations.path,memory=annotations.limits.memory';
    const { result } = await reconstruct(text, map, { keepAlive: '60' });
    expect(result.invocations).toMatchObject([
      {
        pool: 'guest/hello',
        startAtMs: 1000,
        readyAtMs: 1450,
        endAtMs: 1600,
        state: 'cold',
        container: 0,
        memoryMb: 256,
      },
      { pool: 'guest/hello', startAtMs: 3000, readyAtMs: null, endAtMs: 3100, state: 'warm', container: 0 },
    ]);
  });

  test('the size can stand in the name of the pool', async () => {
    const text = 'b;e;size\n0;1000;0.5 GB\n5000;6000;256MB\n';
    const { result } = await reconstruct(text, 'start=b,end=e,pool=size', { keepAlive: '1' });
    expect(result.pools.map(({ pool, memoryMb, alive }) => [pool, memoryMb, alive])).toEqual([
      ['0.5 GB', 512, 1],
      ['256MB', 256, 0.5],
    ]);
  });
});

describe('what cannot be true is a finding with its line', () => {
  test('unreadable cells, negative durations, ready outside of start and end, missing cells', async () => {
    const text = [
      'b\te\tready\tcold\tf',
      '0\t1000\t10\tyes\tx',
      'soon\t1000\t10\tyes\tx',
      '2000\t1000\t\tno\tx',
      '3000\t4000\t2500\tno\tx',
      '5000\t6000\t7000\tno\tx',
      '8000\t9000\t8001\tmaybe\tx',
      '8000',
      '9000\t9500\t\t\tx',
    ].join('\n');
    const { result, ledger, issues } = await reconstruct(text, 'start=b,end=e,ready=ready,cold=cold,pool=f');
    expect(result.rowCount).toBe(8);
    expect(result.invocations.map(({ line }) => line)).toEqual([2, 5, 6, 9]);
    expect(issues).toEqual([
      'log:3: b: expected a number of ms, found "soon"',
      'log:7: cold: expected true or false, 1 or 0, cold or warm, yes or no, found "maybe"',
      'log:8: e: expected a number of ms, found nothing',
    ]);
    expect(ledger).toEqual([
      { reason: 'negative-duration', scope: 'record', metric: null, count: 1, origins: ['log:4'] },
      { reason: 'ready-before-its-start', scope: 'metric', metric: 'ready', count: 1, origins: ['log:5'] },
      { reason: 'ready-after-its-end', scope: 'metric', metric: 'ready', count: 1, origins: ['log:6'] },
    ]);
    expect(result.invocations.map(({ readyAtMs }) => readyAtMs)).toEqual([10, null, null, null]);
    expect(result.invocations.map(({ state, stateInferred }) => [state, stateInferred])).toEqual([
      ['cold', false],
      ['warm', false],
      ['warm', false],
      ['warm', true],
    ]);
  });

  test('an invocation that takes no time, or all of its time to get ready, can be true', async () => {
    const text = ['b\te\tready', '0\t0\t0', '1000\t1000\t', '2000\t3000\t3000', '4000\t5000\t4000'].join('\n');
    const { result, ledger, issues } = await reconstruct(text, 'start=b,end=e,ready=ready');
    expect({ ledger, issues }).toEqual({ ledger: [], issues: [] });
    expect(result.invocations.map(({ line, readyAtMs }) => [line, readyAtMs])).toEqual([
      [2, 0],
      [3, null],
      [4, 3000],
      [5, 4000],
    ]);
  });

  test('whatever stands in the cells, there is an invocation, an issue or a finding for every row', async () => {
    const cell = fc.oneof(
      fc.integer().map(String),
      fc.double().map(String),
      fc.string().map((text) => `"${text.replaceAll('"', '""')}"`),
      fc.constantFrom('', 'NaN', '1e999', '-5', 'true', '"', '2026-11-23'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 8 }), async (rows) => {
        const text = ['b,e,c,f', '1,2,no,f', ...rows.map((cells) => cells.join(','))].join('\n');
        const { result, issues, ledger } = await reconstruct(text, 'start=b,end=e,cold=c,pool=f');
        const leftOut = ledger.filter(({ scope }) => scope === 'record').reduce((sum, { count }) => sum + count, 0);
        const broken = issues.filter((issue) => issue.includes('broken CSV')).length;
        expect(result.rowCount).toBe(result.counts.invocationCount + leftOut + issues.length - broken);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
      { numRuns: 200 },
    );
  });
});

describe('for people', () => {
  const digest = (place: number) => `${'0123456789abcdef'.repeat(3)}${String(place).padStart(16, '0')}`;
  const log = (pools: readonly string[]) =>
    ['b\te\tr\tp', ...pools.map((pool, i) => `${i}000\t${i}900\t${i === 0 ? `${i}100` : ''}\t${pool}`)].join('\n');
  const poolsOf = async (pools: readonly string[], columns = 'start=b,end=e,pool=p') => {
    const { result } = await reconstruct(log(pools), columns);
    const table = viewLog({ result, ledger: [], warnings: [] }).tables.find(({ title }) => title?.startsWith('pools'));
    return { result, table, names: table?.rows.map(({ pool }) => pool) };
  };

  test('digests in names of pools are shortened, and stay apart; machine formats have them whole', async () => {
    const [a, b] = [`f${digest(1)}`.slice(1), 'c'.repeat(64)];
    const { names, result } = await poolsOf([`${a}+${b}`, `${b}+${a}`, 'resize']);
    expect(names?.toSorted()).toEqual(['01234567…+cccccccc…', 'cccccccc…+01234567…', 'resize']);
    expect(result.pools.map(({ pool }) => pool)).toContain(`${a}+${b}`);
  });

  test('what differs in its end or its middle only stays apart', async () => {
    const alike = [digest(1), digest(2), `${'x'.repeat(50)}A${'y'.repeat(50)}`, `${'x'.repeat(50)}B${'y'.repeat(50)}`];
    expect(new Set((await poolsOf(alike)).names).size).toBe(4);
  });

  test('start-ups that no row records are not said to take nothing', async () => {
    const none = await poolsOf(['p', 'q']);
    expect(none.result.headline).toContain('start-ups not recorded, ');
    expect(none.table?.rows.map(({ starting }) => starting)).toEqual(['–', '–']);
    expect(none.table?.notes[0]).toContain('not recorded where');
    expect([none.result.alive, ...none.result.pools].map(({ starting }) => starting)).toEqual([null, null, null]);
    const some = await poolsOf(['p', 'q'], 'start=b,end=e,pool=p,ready=r');
    expect(some.result.headline).toContain('% starting');
    expect(some.result.alive.starting).toBeGreaterThan(0);
    expect(some.result.pools.map(({ starting }) => starting === null).toSorted()).toEqual([false, true]);
    expect(some.table?.rows.map(({ starting }) => starting === '–').toSorted()).toEqual([false, true]);
  });
});

test('the bundled log is what its generator gives', () => {
  expect(readFileSync(join(import.meta.dirname, '../../samples/invocations.csv'), 'utf8')).toBe(sampleLog());
});

const read = (rows: readonly string[], map: string, given: Options = {}) =>
  reconstruct(rows.join('\n'), map, { keepAlive: '60', ...given });
const states = ({ result }: Outcome<LogResult>) =>
  result.invocations.map(({ state, stateInferred }) => [state, stateInferred]);

describe('the state of a start in logs of platforms', () => {
  test('a start-up of 0 is a warm start, unless the cold column says otherwise', async () => {
    const map = 'start=s,end=e,init=i';
    const rows = ['s,e,i,c', '0,100,50,true', '1000,1100,0.0,true', '2000,2100,,false', '3000,3100,0,'];
    expect(states(await read(rows, map))).toEqual([
      ['cold', false],
      ['warm', false],
      ['warm', false],
      ['warm', false],
    ]);
    expect(states(await read(rows, `${map},cold=c`))).toEqual([
      ['cold', false],
      ['cold', false],
      ['warm', false],
      ['warm', false],
    ]);
  });

  test.each(['N/A', 'n/a', 'NA', 'NaN', 'null', 'None', '-', ''])('%j in a cold column says nothing', async (word) => {
    const { result, issues } = await read(
      ['s,e,c', '0,100,1.0', `1000,1100,${word}`, '2000,2100,0.0'],
      'start=s,end=e,cold=c',
    );
    expect(issues).toEqual([]);
    expect(result.invocations.map(({ state, stateInferred }) => [state, stateInferred])).toEqual([
      ['cold', false],
      ['warm', true],
      ['warm', false],
    ]);
  });

  test('still refuses other words in a cold column', async () => {
    const { issues } = await read(['s,e,c', '0,100,true', '1000,1100,maybe'], 'start=s,end=e,cold=c');
    expect(issues).toHaveLength(1);
  });
});

describe('memory in logs of platforms', () => {
  test('a row without memory keeps its place, and its GB-seconds are unknown', async () => {
    const rows = ['s,e,f,m', '0,1000,f,1024', '0,1000,g,', '2000,3000,g,null'];
    const { result, warnings, issues } = await read(rows, 'start=s,end=e,pool=f,memory=m', { keepAlive: '1' });
    expect(issues).toEqual([]);
    expect(result.counts).toMatchObject({ invocationCount: 3, containerCount: 3, unsizedCount: 2 });
    expect(result.aliveUnit).toBe('gb-seconds');
    // By hand: 1 GB busy for 1 s, then idle for 1 s.
    expect(result.alive).toMatchObject({ busy: 1, tail: 1, alive: 2 });
    expect(result.invocations.map(({ memoryMb }) => memoryMb)).toEqual([1024, null, null]);
    expect(warnings.map(({ code }) => code)).toContain('memory-missing');
  });

  test.each([
    ['MB', '512', 512],
    ['bytes', '536870912', 512],
    ['bytes', '5.36870912E8', 512],
    ['KiB', '524288', 512],
    ['kib', '524288', 512],
    ['decimal-bytes', '512000000', 512],
    ['decimal-bytes', '5.12E8', 512],
    ['decimal-bytes', '512 MB', 512],
    ['MB', '65536', 65_536],
  ])('--memory-unit %s: %s', async (memoryUnit, memory, memoryMb) => {
    const { result } = await read(['s,e,m', `0,1,${memory}`], 'start=s,end=e,memory=m', { memoryUnit });
    expect(result.invocations[0]?.memoryMb).toBe(memoryMb);
  });

  test('a container of more than 64 GB is an issue that names the flag', async () => {
    const rows = ['s,e,m', '0,1,128', '0,1,512000000', '0,1,65537'];
    const { result, issues } = await read(rows, 'start=s,end=e,memory=m');
    expect(result.counts.invocationCount).toBe(1);
    expect(issues).toHaveLength(2);
    expect(issues[0]).toContain('--memory-unit');
  });

  test('refuses a unit that it does not know, or that nothing is in', async () => {
    await expect(read(['s,e,m', '0,1,1'], 'start=s,end=e,memory=m', { memoryUnit: 'stone' })).rejects.toThrow('stone');
    await expect(read(['s,e', '0,1'], 'start=s,end=e', { memoryUnit: 'bytes' })).rejects.toThrow('--memory-unit');
  });
});

describe('rows and columns in logs of platforms', () => {
  test('leaves repeated ids out, and names rows that are like another', async () => {
    const rows = ['s,e,id', '0,100,a', '0,100,a', '50,150,b', '0,100,c', '70,90,', '80,85,'];
    const { result, ledger, warnings } = await read(rows, 'start=s,end=e,id=id');
    expect(result.counts).toMatchObject({ invocationCount: 5, repeatedCount: 1, twinCount: 0 });
    expect(ledger.map(({ reason }) => reason)).toContain('repeated-id');
    expect(warnings.map(({ code }) => code)).toContain('ids-repeated');
    const without = await read(rows, 'start=s,end=e');
    expect(without.result.counts).toMatchObject({ invocationCount: 6, twinCount: 2 });
    expect(without.warnings.map(({ code }) => code)).toContain('rows-twice');
    const apart = await read(['s,e,k', '0,100,x', '0,100,y', '0,101,x'], 'start=s,end=e,container=k');
    expect(apart.result.counts.twinCount).toBe(0);
  });

  test.each([
    ['CSV', ['s,e', '0,100', '1000,1100'], 'start=s,end=e,init=@initDuration'],
    ['JSON', ['{"s":0,"e":100}', '{"s":1000,"e":1100}'], 'start=s,end=e,init=annotations.initTime'],
  ])('a log in which all starts are warm need not have the start-up: %s', async (_, rows, map) => {
    const { result, warnings } = await read(rows, map);
    expect(result.counts).toMatchObject({ warmCount: 2, coldCount: 0, inferredStateCount: 0 });
    expect(warnings.map(({ code }) => code)).toContain('no-start-up-in-log');
  });

  test('any other column has to be there', async () => {
    await expect(read(['s,e', '0,100'], 'start=s,end=e,cold=x')).rejects.toThrow("no column 'x'");
    await expect(read(['{"s":0,"e":100}'], 'start=s,end=e,container=x')).rejects.toThrow("no column 'x'");
  });
});
