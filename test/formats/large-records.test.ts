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

/** Nothing large is ever compared: to show how two texts of 18 MB differ takes more memory than there is. */
const show = (record: RawRecord) => ('text' in record ? record.text.toString('latin1', 0, 100) : record);

const large = { a: 1, input: 'y'.repeat(18 << 20), b: [{ c: 'd' }] };
const built = { json: { a: 1, input: null, b: [{ c: 'd' }] } };

test.each([
  ['on a line of its own', `{"e":1}\n${JSON.stringify(large)}\n{"f":2}\n`],
  ['in a list laid out over lines', `[\n{"e":1},\n${JSON.stringify(large, null, 1)},\n{"f":2}]`],
])('one %s', async (_, text) => {
  const records = await decode(text);
  expect(records.map(show)).toEqual(['{"e":1}', expect.objectContaining(built), '{"f":2}']);
});

test('one that is cut is named with its place', async () => {
  const records = await decode(`{"a":\n${JSON.stringify(large).slice(0, -3)}`);
  expect(records.map(show)).toMatchObject([
    {
      issue: { code: 'broken-json', origin: { line: 2 }, problem: 'the text ends too early' },
    },
  ]);
});
