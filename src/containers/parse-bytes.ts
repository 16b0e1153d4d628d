/** Numbers and instants read in their bytes, to the same last bit as from their text: the plain forms only, NaN for any other. */

const [ZERO, NINE, POINT] = [0x30, 0x39, 0x2e];
/** So many digits make a whole number below 2^53, whatever they are. */
const MOST_DIGITS = 15;
const POWERS = Array.from({ length: MOST_DIGITS + 4 }, (_, exponent) => 10 ** exponent);

/**
 * Reads digits with or without a decimal point, times 10^exponent. Numerator and power of ten are exact, so that the one division or
 * multiplication rounds as the decimal text does.
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one pass over the bytes of a cell, millions of times.
export function parseNumberAt(bytes: Uint8Array, from: number, to: number, exponent: number): number {
  if (to - from > MOST_DIGITS + 1) return Number.NaN;
  let digits = 0;
  let digitCount = 0;
  let decimalCount = 0;
  let point = false;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + (byte - ZERO);
      digitCount++;
      if (point) decimalCount++;
    } else if (byte === POINT && !point) point = true;
    else return Number.NaN;
  }
  if (digitCount === 0 || digitCount > MOST_DIGITS) return Number.NaN;
  const shift = exponent - decimalCount;
  if (shift <= 0) return digits / (POWERS[-shift] as number);
  const number = digits * (POWERS[shift] as number);
  return number <= Number.MAX_SAFE_INTEGER ? number : Number.NaN;
}

const [DASH, COLON, SPACE, T, Z] = [0x2d, 0x3a, 0x20, 0x54, 0x5a];

/** Reads `2026-11-30T12:34:56.789Z` and the like in epoch ms: with T or a space, up to 9 decimals, with Z or nothing, from 1970 on. */
export class InstantReader {
  /** The last day read, as a number: most rows have the same. */
  #day = Number.NaN;
  #dayAtMs = Number.NaN;

  parseAt(bytes: Uint8Array, from: number, to: number): number {
    const end = bytes[to - 1] === Z ? to - 1 : to;
    if (end - from < 19 || end - from > 29) return Number.NaN;
    const separator = bytes[from + 10];
    if (separator !== T && separator !== SPACE) return Number.NaN;
    if (bytes[from + 13] !== COLON || bytes[from + 16] !== COLON) return Number.NaN;
    const dayAtMs = this.#parseDay(bytes, from);
    const hour = pair(bytes, from + 11);
    const minute = pair(bytes, from + 14);
    const second = pair(bytes, from + 17);
    if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
    const secondsAt = dayAtMs / 1000 + hour * 3600 + minute * 60 + second;
    return end === from + 19 ? secondsAt * 1000 : addDecimals(bytes, from + 19, end, secondsAt);
  }

  #parseDay(bytes: Uint8Array, from: number): number {
    if (bytes[from + 4] !== DASH || bytes[from + 7] !== DASH) return Number.NaN;
    const year = pair(bytes, from) * 100 + pair(bytes, from + 2);
    const month = pair(bytes, from + 5);
    const day = pair(bytes, from + 8);
    const number = (year * 100 + month) * 100 + day;
    if (number === this.#day) return this.#dayAtMs;
    const dayAtMs = Date.UTC(year, month - 1, day);
    // 30 February is no day, and no 2 March.
    const isDay = year >= 1970 && new Date(dayAtMs).getUTCDate() === day && month >= 1 && month <= 12;
    this.#day = number;
    this.#dayAtMs = isDay ? dayAtMs : Number.NaN;
    return this.#dayAtMs;
  }
}

/** Reads two digits; NaN: they are none. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - ZERO;
  const ones = (bytes[at + 1] as number) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Adds the decimals behind the point, where seconds and decimals are few enough digits to be exact; in ms. */
function addDecimals(bytes: Uint8Array, from: number, to: number, secondsAt: number): number {
  if (bytes[from] !== POINT || to === from + 1) return Number.NaN;
  let digits = secondsAt;
  for (let at = from + 1; at < to; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    digits = digits * 10 + digit;
  }
  if (digits > Number.MAX_SAFE_INTEGER) return Number.NaN;
  const decimalCount = to - from - 1;
  return decimalCount <= 3
    ? digits * (POWERS[3 - decimalCount] as number)
    : digits / (POWERS[decimalCount - 3] as number);
}
