import { gzipSync } from 'node:zlib';
import { mutate, RECORDS } from '../mutations.ts';
import type { Json } from '../sample-records.ts';

/** Odd inputs of every kind, from a source of random numbers. */

/** A whole number from 0 up to but not including `end`. */
export type Below = (end: number) => number;

export interface FuzzInput {
  readonly kind: string;
  readonly bytes: Buffer;
  /** Records that stand in the input, each of which has to become a run or an issue; `null`: not known. */
  readonly recordCount: number | null;
}

const TEXTS = RECORDS.map((record) => JSON.stringify(record));
const pick = <Item>(items: readonly Item[], below: Below): Item => items[below(items.length)] as Item;
const times = <Item>(count: number, make: (i: number) => Item): Item[] =>
  Array.from({ length: count }, (_, i) => make(i));

const ODD_VALUES = [
  '"12"',
  '1e999',
  '-1e999',
  'NaN',
  'Infinity',
  '1e308',
  '123456789012345678901234567890',
  '-0',
  '0.1e-400',
  'true',
  '""',
  '"\\ud800"',
  '"\\u0000"',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '[[[[[[[[]]]]]]]]',
  '{"a":1,"a":2}',
];

/** A line with something odd in it, which is still one line. */
function oddLine(below: Below): string {
  const text = pick(TEXTS, below);
  switch (below(6)) {
    case 0:
      return JSON.stringify(mutateSome(pick(RECORDS, below), below)) ?? 'null';
    case 1:
      return text.replace(/:-?\d+(\.\d+)?/g, (number) => (below(40) === 0 ? `:${pick(ODD_VALUES, below)}` : number));
    case 2: {
      const [at, length] = [below(text.length), below(50)];
      return text.slice(0, at) + text.slice(at + length);
    }
    case 3: {
      const at = below(text.length);
      return (
        text.slice(0, at) + pick(['"', '\\', '{', '}', '[', ']', ',', ':', 'é', '\u0000', ' '], below) + text.slice(at)
      );
    }
    case 4:
      return text.replace(/"([a-z_]+)":/g, (key, name) =>
        below(60) === 0 ? `${key}null,"${pick(['__proto__', 'constructor', name, ''], below)}":` : key,
      );
    default:
      return text;
  }
}

function mutateSome(record: Json, below: Below): unknown {
  let mutated: unknown = record;
  for (let left = below(4); left >= 0 && typeof mutated === 'object' && mutated !== null; left--) {
    mutated = mutate(mutated as Json, {
      place: below(1e6),
      kind: pick(['replace', 'delete', 'add'] as const, below),
      by: below(1e6),
    });
  }
  return mutated;
}

const linesOf = (count: number, below: Below): string[] => times(count, () => oddLine(below));

function ndjson(below: Below): FuzzInput {
  const lines = linesOf(1 + below(8), below).map((line) => line.replaceAll('\n', ' '));
  const text = lines.join(pick(['\n', '\r\n', '\n\n', '\n \n'], below)) + pick(['', '\n'], below);
  return { kind: 'ndjson', bytes: Buffer.from(text), recordCount: lines.filter((line) => line.trim() !== '').length };
}

function spoiledBytes(below: Below): FuzzInput {
  const bytes = Buffer.from(`${linesOf(3, below).join('\n')}\n`);
  for (let left = below(20); left >= 0; left--) {
    const at = below(bytes.length);
    // A new line feed, or one less, would change how many lines there are.
    if (bytes[at] !== 0x0a) bytes[at] = pick([0xff, 0xc3, 0x80, 0xed, 0xa0, 0x22, 0x5c, 0x7b, 0x30, 0x01], below);
  }
  return { kind: 'spoiled bytes', bytes, recordCount: bytes.toString('latin1').trimEnd().split('\n').length };
}

function document(below: Below): FuzzInput {
  const lines = linesOf(1 + below(5), below);
  const text = below(2) === 0 ? `[${lines.join(',\n')}]` : lines.map((line) => `{\n${line.slice(1)}`).join('\n');
  return { kind: 'document', bytes: Buffer.from(text), recordCount: null };
}

function packed(below: Below): FuzzInput {
  const { bytes, recordCount } = ndjson(below);
  const whole = gzipSync(bytes);
  if (below(3) === 0)
    return { kind: 'gzip', bytes: whole, recordCount: /^\s*[[{]\s*[^"\s]/.test(bytes.toString()) ? null : recordCount };
  if (below(2) === 0) return { kind: 'cut gzip', bytes: whole.subarray(0, 1 + below(whole.length)), recordCount: null };
  whole[below(whole.length)] = below(256);
  return { kind: 'spoiled gzip', bytes: whole, recordCount: null };
}

function randomBytes(below: Below): FuzzInput {
  const head = pick<readonly number[]>(
    [
      [],
      [0x28, 0xb5, 0x2f, 0xfd],
      [0x53, 0x2a, 0x4d, 0x18],
      [0x1f, 0x8b],
      [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [0x7b],
      [0x5b],
      [0xef, 0xbb, 0xbf],
      [0xff, 0xfe, 0x7b, 0],
      [0xfe, 0xff],
      [...Buffer.from('PAR1')],
      [...Buffer.from('REDIS0013')],
      [...Buffer.from('VALKEY080')],
    ],
    below,
  );
  const bytes = Buffer.from([...head, ...times(below(3000), () => below(256))]);
  return { kind: 'random bytes', bytes, recordCount: null };
}

function deep(below: Below): FuzzInput {
  const depth = 10 ** (1 + below(6));
  const [open, close] = pick(
    [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const,
    below,
  );
  const inner = `${open.repeat(depth)}1${below(2) === 0 ? close.repeat(depth) : ''}`;
  const line = pick(TEXTS, below).replace(/\}$/, `,"extra":${inner}}`);
  return { kind: 'deep nesting', bytes: Buffer.from(`${line}\n${TEXTS[0]}\n`), recordCount: 2 };
}

/** A line of 50 MB is a record like any other. */
function longLine(below: Below): FuzzInput {
  const filler = pick(['"x": "', '"x": [1,', '"x": {"y":'], below);
  const close = filler.endsWith('"') ? '"' : filler.endsWith(',') ? '1]' : '"y"}';
  const body = filler.endsWith(',') ? '1,'.repeat(25e6) : 'y'.repeat(50e6);
  const line = pick(TEXTS, below).replace(/\}$/, `,${filler}${body}${close}}`);
  return { kind: 'a line of 50 MB', bytes: Buffer.from(`${line}\n${TEXTS[1]}\n`), recordCount: 2 };
}

const KINDS = [
  ndjson,
  ndjson,
  ndjson,
  spoiledBytes,
  spoiledBytes,
  document,
  document,
  packed,
  packed,
  randomBytes,
  deep,
];
/** Long lines take as long as hundreds of the others. */
const LONG_LINE_EVERY = 400;

export const makeInput = (below: Below): FuzzInput =>
  below(LONG_LINE_EVERY) === 0 ? longLine(below) : pick(KINDS, below)(below);
