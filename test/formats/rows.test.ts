import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRows, type RawRow } from '../../src/formats/rows.ts';

async function decode(chunks: readonly Uint8Array[], columns: readonly string[]): Promise<RawRow[]> {
  async function* bytes() {
    yield* chunks;
  }
  const decoded: RawRow[] = [];
  for await (const rows of decodeRows(bytes(), 'log', columns)) decoded.push(...rows);
  return decoded;
}

const decodeText = (text: string, columns: readonly string[]) => decode([Buffer.from(text)], columns);

/** The bytes, cut wherever. */
const cut = (bytes: Buffer, places: readonly number[]): Uint8Array[] => {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
};

const CSV = '\ufeffname,"the ""end""",n\r\n"a, b",1,x\r\n"two\nlines",2,é\r\n\r\n,,\r\nlast,3,z';
const CSV_ROWS = [
  { line: 2, cells: ['1', 'a, b'] },
  { line: 4, cells: ['2', 'two\nlines'] },
  { line: 6, cells: ['', ''] },
  { line: 7, cells: ['3', 'last'] },
];
const JSON_TEXT = '{"a":{"b":1},"c":"é"}\n\n{"a":{"b":null},"c":[{"key":"k","value":7}]}\nbroken\n{"a.b":4}\n';

describe('rows', () => {
  test('of CSV: quotes, quoted line breaks, a byte-order mark, empty lines, columns in the order asked for', async () => {
    expect(await decodeText(CSV, ['the "end"', 'name'])).toEqual(CSV_ROWS);
  });

  test.each([';', '\t', ','])('separated by %j, as the header tells', async (separator) => {
    const text = [
      ['a', '"b,;\tc"', 'd'],
      ['1', '2', '3'],
    ]
      .map((row) => row.join(separator))
      .join('\n');
    expect(await decodeText(text, ['d', 'b,;\tc'])).toEqual([{ line: 2, cells: ['3', '2'] }]);
  });

  test('of NDJSON: nested fields, lists of keys and values, names with dots; a broken line is an issue', async () => {
    expect(await decodeText(JSON_TEXT, ['a.b', 'c.k'])).toEqual([
      { line: 1, cells: [1, undefined] },
      { line: 3, cells: [null, 7] },
      { issue: expect.objectContaining({ code: 'broken-json', origin: { uri: 'log', line: 4 } }) },
      { line: 5, cells: [4, undefined] },
    ]);
  });

  test.each([
    ['CSV', CSV, ['the "end"', 'name']],
    ['NDJSON', JSON_TEXT, ['a.b', 'c.k']],
  ] as const)('%s cut anywhere gives the same rows', async (_, text, columns) => {
    const whole = await decodeText(text, columns);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(200), { maxLength: 6 }), async (places) => {
        expect(await decode(cut(Buffer.from(text), places), columns)).toEqual(whole);
      }),
    );
  });

  test('a quote that is never closed is one issue, where it began', async () => {
    const rows = await decodeText('a,b\n1,2\n3,"4\n5,6\n', ['a']);
    expect(rows).toEqual([
      { line: 2, cells: ['1'] },
      { issue: expect.objectContaining({ code: 'broken-csv', origin: { uri: 'log', line: 3 } }) },
    ]);
  });

  test('a quote that takes in more than a megabyte ends there; what follows is read again', async () => {
    const filler = Array.from({ length: 400_000 }, (_, i) => `${i},x`);
    const rows = await decodeText(['a,b', '1,2', '3,"4', ...filler].join('\n'), ['a']);
    expect(rows[0]).toEqual({ line: 2, cells: ['1'] });
    expect(rows.filter((row) => 'issue' in row).length).toBeGreaterThan(0);
  });

  test('a name in other letters is found; one that is not there is an error that names the nearest', async () => {
    expect(await decodeText('Begin,End\n1,2\n', ['begin'])).toEqual([{ line: 2, cells: ['1'] }]);
    await expect(decodeText('begin,end\n1,2\n', ['begni'])).rejects.toMatchObject({
      code: 'unknown-column',
      hint: 'Did you mean begin? There are begin, end.',
    });
    await expect(decodeText('{"a":{"b":1}}\n', ['a.c'])).rejects.toMatchObject({
      code: 'unknown-column',
      hint: 'Did you mean a.b? There are a.b.',
    });
  });
});
