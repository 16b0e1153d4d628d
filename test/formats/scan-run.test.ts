import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadScanner } from '../../src/engine/scanner.ts';
import { decodeText } from '../../src/formats/index.ts';
import type { DagNode } from '../../src/model/run.ts';
import { keepParts, RUN_PARTS, type RunPart } from '../../src/model/run-parts.ts';
import { prepareReading, RecordScanner, type ScannedPage } from '../../src/octoflows/index.ts';
import { parseRun } from '../../src/octoflows/parse-run.ts';
import { Slots } from '../../src/scanner/slots.ts';
import { anyMutation, mutate, RECORDS } from '../mutations.ts';
import { draws } from '../property-draws.ts';
import { type Json, type WholeRun as Run, readSample } from '../sample-records.ts';

const ORIGIN = { uri: 'input', line: 1 };
const EVERY_CHOICE: readonly (readonly RunPart[])[] = [
  [],
  ['nodes'],
  ['plannedNodes'],
  ['dagDownloads'],
  ['nodes', 'plannedNodes'],
  ['nodes', 'edges'],
  RUN_PARTS,
];
const SCANS = EVERY_CHOICE.map((parts) => ({
  parts: new Set(parts),
  scan: prepareScan(new Set(parts)),
}));

/** The short way for one text; `null`: not plain. */
function prepareScan(parts: ReadonlySet<RunPart>): (text: Buffer) => Run | null {
  const scanner = new RecordScanner(loadScanner(), parts);
  const read = prepareReading(parts);
  return (text) => {
    scanner.add({ text, position: { ...ORIGIN, column: 1 } });
    const [page] = scanner.finish();
    const [record] = page?.records ?? [];
    return page && typeof record === 'number' ? (read(new Slots(page.values), 0, ORIGIN, 'input') as Run | null) : null;
  };
}

/** The long way, which is the one that counts. */
function readLong(text: Buffer): Run | null {
  const decoded = decodeText(text, { uri: 'input', line: 1, column: 1 });
  if ('issue' in decoded) return null;
  const parsed = parseRun(decoded.json, ORIGIN, 'input');
  return 'run' in parsed ? (parsed.run as Run) : null;
}

/** A run that can be compared: what was not read refuses to be looked at. */
function visible(run: Run, parts: ReadonlySet<RunPart>) {
  const { nodes, dagDownloads, plan, ...rest } = run;
  return {
    ...rest,
    plan: plan && {
      plannerName: plan.plannerName,
      sla: plan.sla,
      ...(parts.has('plannedNodes') ? { nodes: [...plan.nodes], path: plan.criticalPathNodeIds } : {}),
    },
    ...(parts.has('nodes') ? { nodes: nodes.map((node) => visibleNode(node, parts)) } : {}),
    ...(parts.has('dagDownloads') ? { dagDownloads } : {}),
  };
}

function visibleNode({ upstream, downstream, ...node }: DagNode, parts: ReadonlySet<RunPart>) {
  return {
    ...node,
    duplicationPredictions: [...node.duplicationPredictions],
    ...(parts.has('edges') ? { upstream, downstream } : {}),
  };
}

/** Whatever the short way makes of the text, it is what the long way makes of it, or nothing. Gives how many scans made a run. */
function expectAgreement(text: Buffer): number {
  const long = readLong(text);
  let count = 0;
  for (const { parts, scan } of SCANS) {
    const short = scan(text);
    if (short === null) continue;
    count++;
    expect(long, 'the short way takes what the long way refuses').not.toBeNull();
    expect(visible(short, parts)).toStrictEqual(visible(long as Run, parts));
  }
  return count;
}

const LAYOUTS = [
  (record: unknown) => JSON.stringify(record),
  // As Python's json.dumps writes it.
  (record: unknown) => JSON.stringify(record, null, 1).replace(/\n */g, ' '),
  (record: unknown) => JSON.stringify(record, null, '\t'),
];

test('every bundled record is read the short way', () => {
  for (const record of [...readSample('older'), ...readSample('newer')]) {
    expect(expectAgreement(Buffer.from(JSON.stringify(record)))).toBe(SCANS.length);
  }
});

test('inputs know the task whose output they are, and a node that was recorded twice counts once', () => {
  const record = readSample('newer')[0] as Json;
  const [first, second, ...others] = record['tasks'] as Json[];
  // The second one leaves no metrics, and the first one is recorded again at the end.
  const tasks = [first, { ...second, metrics: null }, ...others, first];
  const texts = [record, { ...record, tasks }, record].map((each) => Buffer.from(JSON.stringify(each)));
  const runs = texts.map((text) => readLong(text) as Run);
  const [whole, changed] = runs as [Run, Run];
  const ids = changed.tasks.map(({ nodeId }) => nodeId);
  expect(whole.recordedNodeCount).toBe(tasks.length - 1);
  expect(changed.recordedNodeCount).toBe(ids.length);
  expect(changed.remarks).toStrictEqual(['tasks-recorded-twice']);
  expect(whole.remarks).toBeUndefined();
  const indices = changed.tasks.flatMap(({ inputs }) => inputs.map(({ id, taskIndex }) => [id, taskIndex] as const));
  expect(new Set(indices.map(([, index]) => index)).size).toBeGreaterThan(2);
  for (const [id, index] of indices) expect(index).toBe(ids.lastIndexOf(id));
  // One behind the other in one page, none knows the tasks of another.
  const scanner = new RecordScanner(loadScanner(), new Set());
  for (const text of texts) scanner.add({ text, position: { ...ORIGIN, column: 1 } });
  const [page] = scanner.finish() as [ScannedPage];
  const slots = new Slots(page.values);
  const read = prepareReading(new Set());
  let slot = 0;
  const found = page.records.map(() => {
    const run = read(slots, slot, ORIGIN, 'input') as Run | null;
    slot = slots.behind(slot);
    return run;
  });
  expect(page.records).toStrictEqual(texts.map(() => 1));
  expect(found.map((run) => run && visible(run, new Set()))).toStrictEqual(runs.map((run) => visible(run, new Set())));
});

describe('the short way agrees with the long way', () => {
  test.each(LAYOUTS)('in each layout, with keys in any order', (layOut) => {
    for (const record of RECORDS) {
      expect(expectAgreement(Buffer.from(layOut(record)))).toBe(SCANS.length);
      expect(expectAgreement(Buffer.from(layOut(turnAround(record))))).toBe(SCANS.length);
    }
  });

  test('on records with places changed', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: RECORDS.length - 1 }),
        fc.array(anyMutation, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...LAYOUTS),
        (which, mutations, layOut) => {
          let record: unknown = RECORDS[which];
          for (const mutation of mutations) {
            if (typeof record === 'object' && record !== null) record = mutate(record as Json, mutation);
          }
          expectAgreement(Buffer.from(layOut(record ?? null)));
        },
      ),
      { numRuns: draws(3000) },
    );
  });

  test('on texts with bytes changed, left out, doubled and put in', () => {
    const texts = RECORDS.map((record) => JSON.stringify(record));
    fc.assert(
      fc.property(
        fc.nat({ max: texts.length - 1 }),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.constantFrom(...ODD_TEXTS)), { minLength: 1, maxLength: 2 }),
        (which, changes) => {
          let text = texts[which] as string;
          for (const [place, kind, put] of changes) text = change(text, place % text.length, kind, put);
          expectAgreement(Buffer.from(text));
        },
      ),
      { numRuns: draws(6000) },
    );
  });

  test('on numbers of every form', () => {
    const text = JSON.stringify(RECORDS[0]).replace(/"tp_execution_time_ms":[^,]+/, '"tp_execution_time_ms":NUMBER');
    expect(text).toContain('NUMBER');
    const check = (number: string) => expectAgreement(Buffer.from(text.replace('NUMBER', number)));
    for (const number of ODD_NUMBERS) check(number);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        check(JSON.stringify(number));
        check(number.toExponential());
        if (Math.abs(number) < 1e20 && Math.abs(number) > 1e-6) check(String(number));
      }),
      { numRuns: draws(500) },
    );
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat({ max: 16 }), (digits, decimals) => {
        const text = String(Math.abs(digits)).padStart(decimals + 1, '0');
        check(
          `${digits < 0 ? '-' : ''}${text.slice(0, text.length - decimals)}${decimals ? `.${text.slice(-decimals)}` : ''}`,
        );
      }),
      { numRuns: draws(500) },
    );
  });
});

test('numbers of parts that are not read have to be in range too', () => {
  const text = JSON.stringify(RECORDS.find(({ plan }) => plan !== null)).replace(
    /"earliest_start_ms":[^,]+/,
    '"earliest_start_ms":NUMBER',
  );
  expect(text).toContain('NUMBER');
  const count = (number: string) => expectAgreement(Buffer.from(text.replace('NUMBER', number)));
  for (const number of ['72161749093750195', '8640000000000001', '1e16', '1e-31', `0.${'0'.repeat(30)}1`, '1e99'])
    expect(count(number)).toBe(0);
  for (const number of ['0', '721617490937501', '7.2e-05', '0.00012345678901234567', '-1e9'])
    expect(count(number)).toBe(SCANS.length);
});

test('a usage out of range is refused', () => {
  const text = JSON.stringify(RECORDS.find((record) => JSON.stringify(record).includes('"gb_seconds"')));
  expect(expectAgreement(Buffer.from(text.replace(/"gb_seconds":[^,}]+/, '"gb_seconds":1e20')))).toBe(0);
});

test('a cut record is never taken', () => {
  const text = Buffer.from(JSON.stringify(RECORDS[0]));
  for (let to = 0; to < text.length; to++) {
    for (const { scan } of SCANS) expect(scan(text.subarray(0, to))).toBeNull();
  }
});

test('what was not asked for cannot be looked at', () => {
  const scan = prepareScan(new Set());
  const scanned = scan(Buffer.from(JSON.stringify(RECORDS.find(({ plan }) => plan !== null)))) as Run;
  const parsed = keepParts(
    readLong(Buffer.from(JSON.stringify(RECORDS.find(({ plan }) => plan !== null)))) as Run,
    new Set(),
  ) as Run;
  for (const run of [scanned, parsed]) {
    expect(() => run.nodes.length).toThrow('nodes');
    expect(() => [...run.nodes]).toThrow('nodes');
    expect(() => run.plan?.nodes.get('a')).toThrow('plannedNodes');
    expect(() => run.plan?.criticalPathNodeIds[0]).toThrow('plannedNodes');
    expect(() => run.dagDownloads.map(() => 0)).toThrow('dagDownloads');
  }
});

/** The same with the keys of every object in the opposite order. */
function turnAround(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(turnAround);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .reverse()
      .map(([key, part]) => [key, turnAround(part)]),
  );
}

const ODD_TEXTS = [
  '"',
  '\\',
  '\\"',
  '\\u0041',
  ',',
  ':',
  '{',
  '}',
  '[',
  ']',
  'null',
  'nul',
  '1',
  '-',
  '.',
  'e5',
  ' ',
  '\n',
  '\u0001',
  'ä',
  '\u2028',
  '0',
  'x',
  '"a":1,',
  '""',
  ',"plan":null',
];

function change(text: string, at: number, kind: number, put: string): string {
  if (kind === 0) return text.slice(0, at) + text.slice(at + 1);
  if (kind === 1) return text.slice(0, at) + put + text.slice(at + 1);
  if (kind === 2) return text.slice(0, at) + put + text.slice(at);
  return text.slice(0, at) + text.slice(at, at + 40) + text.slice(at);
}

const ODD_NUMBERS = [
  '0',
  '-0',
  '-0.0',
  '00',
  '01',
  '-01',
  '1.',
  '.5',
  '-.5',
  '+1',
  '1e5',
  '1E+5',
  '1e-5',
  '1e',
  '1e+',
  '1e400',
  '-1e400',
  '1e-400',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '900719925474099.3',
  '0.9007199254740993',
  '0.1',
  '0.30000000000000004',
  '123456789012345678901234567890',
  `1${'0'.repeat(307)}`,
  `1${'0'.repeat(308)}`,
  `1${'0'.repeat(309)}`,
  '0x10',
  'NaN',
  'Infinity',
  '-',
  '1 2',
  '"1"',
  'true',
  'null',
  '1.5.5',
];

test('numbers that are not finite are read as null, but not in texts', () => {
  const decode = (text: string) => decodeText(Buffer.from(text), { uri: 'input', line: 1, column: 1 });
  expect(decode('{"a":NaN,"b":[-Infinity,Infinity],"c":"NaN \\" Infinity"}')).toStrictEqual({
    json: { a: null, b: [null, null], c: 'NaN " Infinity' },
    isRepaired: true,
  });
  expect(decode('{"a":"NaN"}')).toStrictEqual({ json: { a: 'NaN' } });
  expect(decode('{"a":NaNs}')).toHaveProperty('issue.code', 'broken-json');
});
