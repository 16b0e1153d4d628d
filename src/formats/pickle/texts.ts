import type { PickleBytes } from './bytes.ts';

// The texts of protocol 0, which are escaped.

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};

/** Reads a line with a Python 2 string in quotes and with backslash escapes; one character a byte. */
export function readQuoted(bytes: PickleBytes): string {
  const line = bytes.line().toString('latin1').trim();
  const quote = line[0];
  if (line.length < 2 || (quote !== "'" && quote !== '"') || !line.endsWith(quote))
    bytes.fail('a string in it is not quoted');
  return line.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S])/g, (whole: string, body: string) => {
    if (body.length === 3 && body.startsWith('x')) return String.fromCharCode(Number.parseInt(body.slice(1), 16));
    if (/^[0-7]/.test(body)) return String.fromCharCode(Number.parseInt(body, 8) & 0xff);
    return ESCAPES[body] ?? whole;
  });
}

/** Reads a line in Python's raw-unicode-escape: Latin-1, and `\uXXXX` or `\UXXXXXXXX` for everything else. */
export function readUnicodeLine(bytes: PickleBytes): string {
  const line = bytes.line().toString('latin1');
  return line.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short?: string, long?: string) => {
    const point = Number.parseInt(short ?? (long as string), 16);
    return point > 0x10ffff ? bytes.fail('a text in it has a character beyond Unicode') : String.fromCodePoint(point);
  });
}
