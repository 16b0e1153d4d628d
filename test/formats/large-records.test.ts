import { expect, test } from 'vitest';
import { createFormats, decodeRecords, type RawRecord, takeRecords } from '../../src/formats/index.ts';

/** Records of more than 16 MB are built piece by piece, beside others that are not. */

async function decode(text: string): Promise<readonly RawRecord[]> {
  const bytes = Buffer.from(text);
  const chunks = async function* () {
    for (let from = 0; from < bytes.length; from += 1 << 20) yield bytes.subarray(from, from + (1 << 20));
  };
  const records: RawRecord[] = [];
  const formats = createFormats({ isIdle: (key, isText) => isText && key === 'input' });
  for await (const batch of decodeRecords(chunks(), 'x', formats))
    takeRecords(batch, 'x', (record) => records.push(record));
  return records;
}

const large = { a: 1, input: 'y'.repeat(1 << 24), b: [{ c: 'd' }] };
const built = { json: { a: 1, input: null, b: [{ c: 'd' }] } };

test.each([
  ['on a line of its own', `{"e":1}\n${JSON.stringify(large)}\n{"f":2}\n`],
  ['in a list laid out over lines', `[\n{"e":1},\n${JSON.stringify(large, null, 1)},\n{"f":2}]`],
])('one %s', async (_, text) => {
  const records = await decode(text);
  expect(records).toHaveLength(3);
  expect(records[1]).toMatchObject(built);
  const others = [records[0], records[2]].map((record) =>
    record && 'text' in record ? record.text.toString() : record,
  );
  expect(others).toEqual(['{"e":1}', '{"f":2}']);
});

test('one that is cut is named with its place', async () => {
  const [record] = await decode(`{"a":\n${JSON.stringify(large).slice(0, -3)}`);
  expect(record).toMatchObject({
    issue: { code: 'broken-json', origin: { line: 2 }, problem: 'the text ends too early' },
  });
});
