// Words for numbers, the same everywhere: minus signs are U+2212, thin data get few digits, nothing becomes a dash.

const MINUS = '\u2212';
/** Sign of a figure that is `null`: an en dash. */
export const NOT_MEASURED = '\u2013';

/** From here on digits are noise: such numbers are no measurements, and get an exponent. */
const LARGEST_IN_DIGITS = 1e15;

/** Words a number in fixed decimals with a proper minus sign; `–` for null. */
export function wordNumber(x: number | null, decimals: number): string {
  if (x === null) return NOT_MEASURED;
  if (Math.abs(x) >= LARGEST_IN_DIGITS) return wordHuge(x);
  const text = Math.abs(x).toFixed(decimals);
  // −0.0 would look like a loss.
  return x < 0 && Number(text) !== 0 ? MINUS + text : text;
}

function wordHuge(x: number): string {
  const text = Number.isFinite(x)
    ? Math.abs(x).toExponential(2).replace('+', '')
    : `more than ${Number.MAX_VALUE.toExponential(1).replace('+', '')}`;
  return x < 0 ? MINUS + text : text;
}

/** Decimals of a figure at most; what is less than the last of them is worded as less than it. */
const MOST_DECIMALS = 6;

/** Words a number in three significant digits or so: 0.0123, 1.23, 12.3, 1230, 1.00e20, < 0.000001; `–` for null. */
export function wordFigure(x: number | null): string {
  if (x === null) return NOT_MEASURED;
  if (x === 0) return '0';
  const least = 10 ** -MOST_DECIMALS;
  if (Math.abs(x) < least / 2)
    return x < 0 ? `> ${MINUS}${least.toFixed(MOST_DECIMALS)}` : `< ${least.toFixed(MOST_DECIMALS)}`;
  const magnitude = Math.floor(Math.log10(Math.abs(x)));
  return wordNumber(x, Math.min(MOST_DECIMALS, Math.max(0, 2 - magnitude)));
}

/** Words a change as a percentage with its sign: `−8.1`, `+10.3`, `0.0`; without the sign for %. */
export function wordPercentChange(fraction: number | null, decimals = 1): string {
  if (fraction === null) return NOT_MEASURED;
  // Beyond a hundred per cent a decimal only looks exact.
  const text = wordNumber(fraction * 100, Math.abs(fraction) < 1 ? decimals : 0);
  return fraction > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** Words a bound of a change. Beyond a hundredfold nothing is known; digits would only look like knowledge. */
const LARGEST_BOUND = 99.99;

/** `[−11.0, −5.2]`, `[−98.5, > +9999]`; `–` without an interval. */
export function wordPercentInterval(low: number | null, high: number | null, decimals = 1): string {
  if (low === null || high === null) return NOT_MEASURED;
  const word = (bound: number) =>
    bound > LARGEST_BOUND ? `> ${wordPercentChange(LARGEST_BOUND)}` : wordPercentChange(bound, decimals);
  return `[${word(low)}, ${word(high)}]`;
}

/** `−8.1 % [−11.0, −5.2]`. */
export const wordChange = (fraction: number, low: number | null, high: number | null): string =>
  `${wordPercentChange(fraction)} % ${low === null ? '(no interval)' : wordPercentInterval(low, high)}`;

/** `0.003`, `0.52`, `< 0.001`; `–` for null. */
export function wordP(p: number | null): string {
  if (p === null) return NOT_MEASURED;
  if (p < 0.001) return '< 0.001';
  return p.toFixed(p < 0.1 ? 3 : 2);
}

/** `1 run`, `2 runs`. */
export const wordCount = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;

/** A space at which a line may break: not between a figure and its unit, nor inside an interval. */
const BREAK =
  / (?!(?<=\d )(?:%|ms|s|GB-s|MiB|MB)(?![\w-]))(?!(?<=\d, )(?:> )?[+\u2212]?[\d.]+\])(?!(?<=> )[+\u2212\d])/u;

/** Splits a sentence into the pieces that belong on one line each. */
export const splitWords = (text: string): string[] => text.split(BREAK);

/** Milliseconds from 1970 that a date can hold (ECMAScript's time value), before and after. */
const LAST_INSTANT_MS = 8.64e15;

/** Words an instant in UTC as ISO 8601 does, `2026-11-20T18:43:05.120Z`; `null`: beyond what a date can hold. */
export const toIsoInstant = (atMs: number): string | null =>
  Math.abs(atMs) <= LAST_INSTANT_MS ? new Date(atMs).toISOString() : null;

/** `2026-11-20 18:43` in UTC; `no date` beyond what a date can hold. */
export function wordInstant(atMs: number | null): string {
  if (atMs === null) return NOT_MEASURED;
  const iso = toIsoInstant(atMs);
  // Years of more than four digits have a sign and six.
  return iso === null ? 'no date' : iso.slice(0, iso.indexOf('T') + 6).replace('T', ' ');
}

/** `a`, `a and b`, `a, b and c`. */
export function wordList(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** A unit that people read is `scale` × the base unit. */
export interface ReadableUnit {
  readonly name: string;
  readonly scale: number;
}

const READABLE: Readonly<Record<string, ReadableUnit>> = {
  ms: { name: 's', scale: 1e-3 },
  bytes: { name: 'MiB', scale: 2 ** -20 },
  'gb-s': { name: 'GB-s', scale: 1 },
  // A run costs a fraction of a cent.
  usd: { name: 'USD per 1000 runs', scale: 1000 },
  count: { name: '', scale: 1 },
};

/** Chooses the unit that people read: seconds for ms, MiB for bytes, GB-s as they are, USD per 1000 runs. */
export const readableUnit = (unit: string): ReadableUnit => READABLE[unit] ?? { name: unit, scale: 1 };

/** `makespan (s)`; the label alone for counts. */
export function withUnit(label: string, unit: string): string {
  const { name } = readableUnit(unit);
  return name === '' ? label : `${label} (${name})`;
}

/** `0.000513`: millionths and at least three digits, never in powers of ten. */
export const wordUsd = (usd: number): string =>
  usd === 0 ? '0' : usd.toFixed(Math.min(12, Math.max(6, 2 - Math.floor(Math.log10(usd)))));
