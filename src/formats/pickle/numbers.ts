import type { PickleBytes } from './bytes.ts';

/** Integers and floats as texts and as bytes. */

/** CPython 3.11 reads no longer decimal integer (`sys.get_int_max_str_digits()`), because the time grows with the square. */
const MOST_DIGITS = 4300;
/** The same bound for integers in binary: 4300 digits are 1786 bytes. */
const MOST_INTEGER_BYTES = 1786;

const narrow = (wide: bigint): number | bigint => {
  const number = Number(wide);
  return Number.isSafeInteger(number) ? number : wide;
};

/** `12`, `-7L`; a number where that is exact, else a `bigint`. */
export function readDecimal(bytes: PickleBytes): number | bigint {
  const line = bytes.line();
  if (line.length > MOST_DIGITS) bytes.fail(`an integer in it has more than ${MOST_DIGITS} digits`);
  const [, digits] = /^\s*([+-]?\d+)L?\s*$/.exec(line.toString('latin1')) ?? [];
  return digits === undefined ? bytes.fail('an integer in it is none') : narrow(BigInt(digits));
}

/** `I01` and `I00` are how protocols 0 and 1 write true and false. */
export function readIntegerOrBoolean(bytes: PickleBytes): number | bigint | boolean {
  const line = bytes.peekLine();
  if (line !== '00' && line !== '01') return readDecimal(bytes);
  bytes.line();
  return line === '01';
}

/** Little-endian two's complement. */
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

/** As Python's `repr` writes a float. */
export function readFloatText(bytes: PickleBytes): number {
  const line = bytes.line();
  const text = line.length > 64 ? '' : line.toString('latin1').trim();
  const found = SPECIAL_FLOATS[text] ?? (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined);
  return found ?? bytes.fail('a float in it is none');
}
