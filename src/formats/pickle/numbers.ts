import type { PickleBytes } from './bytes.ts';

/** Digits of a decimal integer at most, as in CPython 3.11 (`sys.get_int_max_str_digits()`): the time grows with the square. */
const MOST_DIGITS = 4300;
/** Bytes of a binary integer at most: 4300 digits are 1786 bytes. */
const MOST_INTEGER_BYTES = 1786;

const narrow = (wide: bigint): number | bigint => {
  const number = Number(wide);
  return Number.isSafeInteger(number) ? number : wide;
};

/** Reads a line such as `12` or `-7L`: a number where that is exact, else a `bigint`. */
export function readDecimal(bytes: PickleBytes): number | bigint {
  const line = bytes.line();
  if (line.length > MOST_DIGITS) bytes.fail(`an integer in it has more than ${MOST_DIGITS} digits`);
  const [, digits] = /^\s*([+-]?\d+)L?\s*$/.exec(line.toString('latin1')) ?? [];
  return digits === undefined ? bytes.fail('an integer in it is none') : narrow(BigInt(digits));
}

/** Reads a line with an integer; `01` and `00` are true and false in protocols 0 and 1. */
export function readIntegerOrBoolean(bytes: PickleBytes): number | bigint | boolean {
  const line = bytes.peekLine();
  if (line !== '00' && line !== '01') return readDecimal(bytes);
  bytes.line();
  return line === '01';
}

/** Reads `length` bytes of little-endian two's complement: a number where that is exact, else a `bigint`. */
export function readBinaryInteger(bytes: PickleBytes, length: number): number | bigint {
  if (length > MOST_INTEGER_BYTES) bytes.fail(`an integer in it has ${length} bytes, more than ${MOST_INTEGER_BYTES}`);
  if (length === 0) return 0;
  const digits = Buffer.from(bytes.take(length)).reverse().toString('hex');
  return narrow(BigInt.asIntN(length * 8, BigInt(`0x${digits}`)));
}

const SPECIAL_FLOATS: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

/** Reads a line with a float as Python's `repr` writes it. */
export function readFloatText(bytes: PickleBytes): number {
  const line = bytes.line();
  const text = line.length > 64 ? '' : line.toString('latin1').trim();
  const found = SPECIAL_FLOATS[text] ?? (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined);
  return found ?? bytes.fail('a float in it is none');
}
