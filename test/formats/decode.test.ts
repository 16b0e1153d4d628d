import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAll } from './decode.ts';

const bytesOf = (text: string) => Buffer.from(text, 'utf8');

const LAYOUTS: Record<string, (records: readonly object[]) => string> = {
  NDJSON: (records) => records.map((record) => `${JSON.stringify(record)}\n`).join(''),
  'NDJSON with CRLF': (records) => records.map((record) => `${JSON.stringify(record)}\r\n`).join(''),
  'array on one line': (records) => JSON.stringify(records),
  'pretty array': (records) => JSON.stringify(records, null, 2),
  'pretty records one after the other': (records) =>
    records.map((record) => JSON.stringify({ first: 1, ...record }, null, 1)).join('\n'),
};

const anyRecord = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 });

test.each(Object.entries(LAYOUTS))('%s gives back any records, split anywhere', async (name, layOut) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyRecord, { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat({ max: 2000 }), { maxLength: 8 }),
      async (records, cuts) => {
        const decoded = await decodeAll(bytesOf(layOut(records)), cuts);
        const wanted = name.startsWith('pretty records') ? records.map((record) => ({ first: 1, ...record })) : records;
        expect(decoded.map((record) => ('json' in record ? JSON.stringify(record.json) : record))).toEqual(
          wanted.map((record) => JSON.stringify(record)),
        );
      },
    ),
    { numRuns: 100 },
  );
});

describe('the line and the column of what is wrong', () => {
  test.each([
    ['a line cut in the middle', '{"a":1}\n{"a":\n{"a":2}\n', 'broken-json', 2, 6],
    ['a wrong word in an array', '[\n{"a":1},\n  {"a": tru }\n]', 'broken-json', 3, 9],
    ['a missing comma', '{"a":1}\n{"a":1 "b":2}\n', 'broken-json', 2, 8],
    ['a bad byte after a two-byte character', Buffer.from('{"ä":1}\n{"ä":"\xff"}\n', 'latin1'), 'not-utf-8', 1, 3],
    ['text after the array', '[{"a":1}]\n  x\n', 'broken-json', 2, 3],
    ['an error on a later line of a pretty record', '[\n {\n  "a": 1,\n  "b": }\n ]', 'broken-json', 4, 8],
  ] as const)('%s', async (_, text, code, line, column) => {
    const decoded = await decodeAll(typeof text === 'string' ? bytesOf(text) : text);
    const issues = decoded.flatMap((record) => ('issue' in record ? [record.issue] : []));
    expect(issues[0]).toMatchObject({ code, origin: { uri: 'input', line }, column });
  });
});

test.each([
  ['nothing', ''],
  ['white space', ' \n\t\r\n '],
  ['a byte-order mark', '\uFEFF'],
])('%s is empty input', async (_, text) => {
  await expect(decodeAll(bytesOf(text))).rejects.toMatchObject({ name: 'UserError', code: 'empty-input' });
});

test('binary input is no run records', async () => {
  await expect(decodeAll(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 10]))).rejects.toMatchObject({
    name: 'UserError',
    code: 'damaged-records',
  });
});
