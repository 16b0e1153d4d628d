import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRows, type RawRow } from '../../src/formats/rows.ts';

async function decode(chunks: readonly Uint8Array[], columns: readonly string[]): Promise<RawRow[]> {
  async function* bytes() {
    yield* chunks;
  }
  const decoded: RawRow[] = [];
  for await (const rows of decodeRows(bytes(), 'log', columns)) for (const row of rows) decoded.push(row);
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
  { line: 3, cells: ['2', 'two\nlines'] },
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

/** Lines of the rows, and of the issues with their codes. */
const outline = (rows: readonly RawRow[]) =>
  rows.map((row) => ('issue' in row ? `${row.issue.origin.line} ${row.issue.code}` : row.line));

describe('CSV with something wrong in it: as many rows and issues as there are', () => {
  const around = (...lines: string[]) => ['start,end,name', '1,2,a', ...lines, '3,4,b', '5,6,c', ''].join('\n');

  test.each([
    ['a quote that is never closed', around('7,8,"x'), [2, '3 broken-csv', 4, 5]],
    ['the same in the last line', 'start,end,name\n1,2,a\n3,4,"x', [2, '3 broken-csv']],
    [
      'two stray quotes before words',
      around('7,8,"x', '9,9,y', '7,8,"z'),
      [2, '3 broken-csv', 4, '5 broken-csv', 6, 7],
    ],
    ['two stray quotes that fit', around('7,8,"x', '9,9,y', '7,8,z"'), [2, '3 broken-csv', 4, 5, 6, 7]],
    [
      'a stray quote in the first cell',
      around('"7,8,x', '"9,9",y"', '0,0,"0'),
      [2, '3 broken-csv', 4, '5 broken-csv', 6, 7],
    ],
    ['a cell of several lines', around('7,8,"x', '', 'and y"'), [2, 3, 6, 7]],
    ['a cell with doubled quotes over lines', around('7,8,"x ""y""', 'z """'), [2, 3, 5, 6]],
    ['a quoted word with more behind it', around('7,8,"x" and y'), [2, 3, 4, 5]],
    ['the same with a delimiter in the quotes', around('7,8,"x, y" and z'), [2, '3 broken-csv', 4, 5]],
    ['an inch sign', around('7,8,19" rack', '7,8,5"'), [2, 3, 4, 5, 6]],
    ['a row of more than a megabyte', around(`7,8,${'x'.repeat(1_200_000)}`), [2, '3 record-too-long', 4, 5]],
    ['the same in quotes', around(`7,8,"${'x'.repeat(1_200_000)}"`), [2, '3 record-too-long', 4, 5]],
    [
      'the same behind a quote',
      around('7,8,"y', 'x'.repeat(1_200_000)),
      [2, '3 broken-csv', '4 record-too-long', 5, 6],
    ],
  ])('%s', async (_, text, expected) => {
    expect(outline(await decodeText(text, ['start']))).toEqual(expected);
    const pieces = cut(Buffer.from(text), [1, 20, 27, 28, 29, 31, 33, 34, text.length - 3]);
    expect(await decode(pieces, ['start'])).toEqual(await decodeText(text, ['start']));
  });

  test('a quote before 100,000 rows without any costs itself only', async () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => `${i},${i},x`);
    const decoded = await decodeText(['start,end,name', ...rows, '5,6,"abc', ...rows].join('\n'), ['start']);
    expect(decoded.filter((row) => 'issue' in row)).toMatchObject([{ issue: { origin: { line: 100_002 } } }]);
    expect(decoded).toHaveLength(200_001);
  });

  test('as many cells in quotes as a line can hold are no danger', async () => {
    const [row] = await decodeText(`a,b\n1,${'"",'.repeat(300_000)}`, ['a']);
    expect(row).toEqual({ line: 2, cells: ['1'] });
  });

  test('a header that cannot be read is an error, not the next line', async () => {
    await expect(decodeText('start,"end\n1,2\n', ['start'])).rejects.toMatchObject({ code: 'not-rows' });
    await expect(decodeText(`start,${'x'.repeat(2e6)}\n1,2\n`, ['start'])).rejects.toMatchObject({ code: 'not-rows' });
  });

  test.each([
    ['line feeds', '\n'],
    ['both', '\r\n'],
    ['carriage returns', '\r'],
  ])('lines ended by %s, cut anywhere', async (_, end) => {
    const text = ['', 'a,b', '1,"x"', '2,y', '', '3,z'].join(end);
    const everywhere = Array.from({ length: text.length }, (_, i) => i);
    expect(outline(await decodeText(text, ['a']))).toEqual([3, 4, 6]);
    expect(outline(await decode(cut(Buffer.from(text), everywhere), ['a']))).toEqual([3, 4, 6]);
  });

  test.each([';', '|', ',', '\t'])('a first line that says sep=%s', async (separator) => {
    const text = [`sep=${separator}`, ['a', 'b,;\t|c'].map((name) => `"${name}"`).join(separator), `1${separator}2`];
    expect(await decodeText(text.join('\r\n'), ['b,;\t|c', 'a'])).toEqual([{ line: 3, cells: ['2', '1'] }]);
  });
});

describe('encodings', () => {
  const TABLE = 'start,name,note\r\n1,Müller,x\r\n2,日本 🚀,y\r\n';
  const big = (text: string) => Buffer.from(text, 'utf16le').swap16();

  test.each([
    ['UTF-8', Buffer.from(TABLE)],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${TABLE}`)],
    ['UTF-16, little first, with its mark', Buffer.from(`\ufeff${TABLE}`, 'utf16le')],
    ['UTF-16, little first', Buffer.from(TABLE, 'utf16le')],
    ['UTF-16, big first, with its mark', big(`\ufeff${TABLE}`)],
    ['UTF-16, big first', big(TABLE)],
  ])('%s, cut anywhere', async (_, bytes) => {
    const expected = [
      { line: 2, cells: ['Müller', '1'] },
      { line: 3, cells: ['日本 🚀', '2'] },
    ];
    expect(await decode([bytes], ['name', 'start'])).toEqual(expected);
    const everywhere = Array.from({ length: bytes.length }, (_, i) => i);
    expect(await decode(cut(bytes, everywhere), ['name', 'start'])).toEqual(expected);
  });

  test('JSON in UTF-16', async () => {
    const text = '{"start":1,"name":"Müller"}\n{"start":2,"name":"Möller"}\n';
    for (const bytes of [Buffer.from(`\ufeff${text}`, 'utf16le'), big(text)]) {
      expect((await decode([bytes], ['name'])).map((row) => 'cells' in row && row.cells[0])).toEqual([
        'Müller',
        'Möller',
      ]);
    }
  });

  test.each([
    ['a lone surrogate', Buffer.from('\ufeffa,b,c\n1,x\ud800y,z\n2,y,z\n', 'utf16le')],
    ['another', Buffer.from('\ufeffa,b,c\n1,x\udc00\ud801y,z\n2,y,z\n', 'utf16le')],
    ['a byte of windows-1252', Buffer.from('a,b,c\n1,M\xfcller,z\n2,y,z\n', 'latin1')],
  ])('%s: its row is an issue where its cell is wanted', async (_, bytes) => {
    expect(outline(await decode([bytes], ['a', 'b']))).toEqual(['2 not-utf-8', 3]);
    expect(outline(await decode([bytes], ['a', 'c']))).toEqual([2, 3]);
  });

  test('half a character at the end of UTF-16 is an issue', async () => {
    const bytes = Buffer.from('\ufeffa,b,c\n1,y,z\n2,y,zz', 'utf16le').subarray(0, -1);
    expect(outline(await decode([bytes], ['a', 'c']))).toEqual([2, '3 not-utf-8']);
  });
});
