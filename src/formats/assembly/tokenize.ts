/**
 * JSON text → tape: one entry for each value, in order, as `layout.ts` tells. WebAssembly, compiled by AssemblyScript: texts are
 * searched sixteen bytes at a time. Takes plain records only: no escapes, no byte beyond ASCII, no nesting deeper than 64. What is
 * wrong and what is merely not plain are not told apart.
 */
import {
  ARRAY,
  FALSE,
  KEY,
  LONG_NUMBER,
  MOST_ENTRIES,
  MOST_KEY_BYTES,
  NULL,
  NUMBER,
  OBJECT,
  TAPE_AT,
  TEXT,
  TRUE,
} from './layout';

/** Where things stand in memory, below the tape. */
const POWERS: usize = 1024;
const STACK: usize = 2048;
const LENGTHS: usize = 3072;
const SLOTS: usize = 4096;
const FOLLOWERS: usize = 6144;
const NAMES: usize = 8192;
/** A name and its quotes. */
const NAME_BYTES: usize = MOST_KEY_BYTES + 2;

const TAPE: usize = TAPE_AT;

const ENTRY_BYTES: usize = 16;
/** A container and its first key are two entries. */
const LAST_ENTRY: usize = TAPE + <usize>(MOST_ENTRIES - 2) * ENTRY_BYTES;
const DEEPEST: usize = 64;
const CLOSE_OBJECT: u32 = 0x7d;
const CLOSE_ARRAY: u32 = 0x5d;
const SLOT_COUNT: u32 = 512;
const SLOT_SHIFT: u32 = 23;

/** 2^53: up to here whole numbers are exact doubles; and 10^22 is the last exact power of ten. */
const MOST_EXACT: u64 = 0x20000000000000;
const MOST_POWER: usize = 22;
/** More digits may not fit into 64 bits. */
const MOST_DIGITS: usize = 19;

let keyCount: i32 = 0;
/** The number of the last key in the text; 0: it has none. */
let lastKey: i32 = 0;
/** Where the tape ends. */
let tapeEnd: usize = TAPE;

export function initialize(): void {
  let power: f64 = 1;
  for (let i: usize = 0; i <= MOST_POWER; i++, power *= 10) store<f64>(POWERS + i * 8, power);
}

/** Gives the key that stands at `at`, between quotes, the next number, from 1. */
export function addKey(at: usize, length: u32): void {
  const id = ++keyCount;
  memory.copy(NAMES + <usize>id * NAME_BYTES, at - 1, length + 2);
  store<u32>(LENGTHS + <usize>id * 4, length);
  let slot = slotOf(at, length);
  while (load<i32>(SLOTS + <usize>slot * 4) !== 0) slot = (slot + 1) & (SLOT_COUNT - 1);
  store<i32>(SLOTS + <usize>slot * 4, id);
}

/** Fibonacci hashing of a key's length, first and last bytes. */
function slotOf(at: usize, length: u32): u32 {
  const first = load<u32>(at);
  if (length < 4) return (((first & ((1 << (length * 8)) - 1)) + length) * 0x9e3779b1) >> SLOT_SHIFT;
  return ((first ^ (load<u32>(at + length - 4) * 0x85ebca6b) ^ length) * 0x9e3779b1) >> SLOT_SHIFT;
}

/** The number of a key; 0: it has none. */
function findKey(at: usize, length: u32): i32 {
  if (length === 0 || length > <u32>MOST_KEY_BYTES) return 0;
  let slot = slotOf(at, length);
  while (true) {
    const id = load<i32>(SLOTS + <usize>slot * 4);
    if (id === 0) return 0;
    if (load<u32>(LENGTHS + <usize>id * 4) === length && isSame(at, NAMES + <usize>id * NAME_BYTES + 1, length)) {
      return id;
    }
    slot = (slot + 1) & (SLOT_COUNT - 1);
  }
}

function isSame(at: usize, other: usize, length: u32): bool {
  for (; length > 16; at += 16, other += 16, length -= 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(at), v128.load(other)))) return false;
  }
  const wanted = (1 << length) - 1;
  return (i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(other))) & wanted) === wanted;
}

/** How many entries the record from `from` to `to` makes; 0: it is not plain. */
export function tokenize(from: usize, to: usize): i32 {
  // Whatever reads on must stop at the end.
  const after = load<u8>(to);
  store<u8>(to, 0);
  const end = readDocument(from);
  store<u8>(to, after);
  return end === to ? <i32>((tapeEnd - TAPE) / ENTRY_BYTES) : 0;
}

/** Where the document and the white space behind it end; 0: it is not plain. As for all readers below. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: in one piece, so that where it stands is held in registers.
function readDocument(from: usize): usize {
  let at = skipWhite(from);
  let entry = TAPE;
  let key = 0;
  let depth: usize = 0;
  let container: usize = 0;
  let close: u32 = 0;
  while (true) {
    if (entry > LAST_ENTRY) return 0;
    if (close === CLOSE_OBJECT) {
      at = readKey(at, entry);
      if (at === 0) return 0;
      key = lastKey << 8;
      if (key === 0) entry += ENTRY_BYTES;
    } else key = 0;
    const first = <u32>load<u8>(at);
    if (first === 0x7b || first === 0x5b) {
      if (depth === DEEPEST) return 0;
      store<i32>(entry, (first === 0x7b ? OBJECT : ARRAY) | key);
      store<u32>(STACK + depth++ * 4, <u32>container);
      container = entry;
      close = first + 2;
      at = skipWhite(at + 1);
    } else {
      at = readScalar(at, first, entry, key);
      if (at === 0) return 0;
    }
    entry += ENTRY_BYTES;
    // An empty container ends where it begins.
    if (container === entry - ENTRY_BYTES && <u32>load<u8>(at) !== close) continue;
    while (true) {
      at = skipWhite(at);
      if (depth === 0) {
        tapeEnd = entry;
        return at;
      }
      const next = <u32>load<u8>(at++);
      if (next === 0x2c) break;
      if (next !== close) return 0;
      store<u32>(container, <u32>((entry - TAPE) / ENTRY_BYTES), 4);
      container = load<u32>(STACK + --depth * 4);
      close = (load<i32>(container) & 0xff) === OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY;
    }
    at = skipWhite(at);
  }
}

/** Past a key, to its value. */
function readKey(from: usize, entry: usize): usize {
  // Programs write the keys of all objects of a kind in one order.
  const expected = <i32>load<u8>(FOLLOWERS + <usize>lastKey);
  const length = load<u32>(LENGTHS + <usize>expected * 4) + 2;
  let at: usize;
  if (expected !== 0 && isSame(from, NAMES + <usize>expected * NAME_BYTES, length)) {
    lastKey = expected;
    at = from + length;
  } else {
    at = readOtherKey(from, entry);
    if (at === 0) return 0;
  }
  at = skipWhite(at);
  return load<u8>(at) === 0x3a ? skipWhite(at + 1) : 0;
}

function readOtherKey(at: usize, entry: usize): usize {
  if (load<u8>(at) !== 0x22) return 0;
  const from = at + 1;
  const to = endOfText(from);
  if (load<u8>(to) !== 0x22) return 0;
  const length = <u32>(to - from);
  const found = findKey(from, length);
  if (found === 0) putText(entry, KEY, from, length);
  else store<u8>(FOLLOWERS + <usize>lastKey, found);
  lastKey = found;
  return to + 1;
}

function readScalar(at: usize, first: u32, entry: usize, key: i32): usize {
  if (first === 0x22) {
    const to = endOfText(at + 1);
    putText(entry, TEXT | key, at + 1, <u32>(to - at - 1));
    return load<u8>(to) === 0x22 ? to + 1 : 0;
  }
  if (first === 0x2d || first - 0x30 <= 9) return readNumber(at, entry, key);
  const word = load<u32>(at);
  if (word === 0x6c6c756e) store<i32>(entry, NULL | key);
  else if (word === 0x65757274) store<i32>(entry, TRUE | key);
  else {
    store<i32>(entry, FALSE | key);
    return first === 0x66 && load<u32>(at + 1) === 0x65736c61 ? at + 5 : 0;
  }
  return at + 4;
}

function putText(entry: usize, head: i32, from: usize, length: u32): void {
  store<i32>(entry, head);
  store<u32>(entry, <u32>from, 4);
  store<u32>(entry, length, 8);
  store<u32>(entry, load<u32>(from + length - 4), 12);
}

function skipWhite(at: usize): usize {
  while (true) {
    const byte = <u32>load<u8>(at);
    if (byte > 0x20 || !(byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)) return at;
    at++;
  }
}

/** The first byte that cannot stand in a plain text: a quote, a backslash, a control character, or one beyond ASCII. */
function endOfText(at: usize): usize {
  while (true) {
    const bytes = v128.load(at);
    const marks = v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c)));
    // As signed numbers, bytes beyond ASCII are below all others.
    const odd = i8x16.bitmask(v128.or(marks, i8x16.lt_s(bytes, i8x16.splat(0x20))));
    if (odd !== 0) return at + ctz(odd);
    at += 16;
  }
}

/** Digits seen by `readDigits`, as one whole number. */
let digits: u64 = 0;

function readDigits(at: usize): usize {
  let whole = digits;
  let digit = <u32>load<u8>(at) - 0x30;
  while (digit <= 9) {
    whole = whole * 10 + digit;
    digit = <u32>load<u8>(++at) - 0x30;
  }
  digits = whole;
  return at;
}

function readNumber(from: usize, entry: usize, key: i32): usize {
  const negative = load<u8>(from) === 0x2d;
  const wholeAt = negative ? from + 1 : from;
  digits = 0;
  let at = readDigits(wholeAt);
  let count = at - wholeAt;
  if (count === 0 || (count > 1 && load<u8>(wholeAt) === 0x30)) return 0;
  let decimals: usize = 0;
  if (load<u8>(at) === 0x2e) {
    const decimalsAt = at + 1;
    at = readDigits(decimalsAt);
    decimals = at - decimalsAt;
    if (decimals === 0) return 0;
    count += decimals;
  }
  if ((load<u8>(at) | 0x20) === 0x65) return putLong(entry, key, from, skipExponent(at + 1));
  if (count > MOST_DIGITS) return putLong(entry, key, from, at);
  const magnitude = divide(digits, decimals);
  if (F64.isNaN(magnitude)) return putLong(entry, key, from, at);
  store<i32>(entry, NUMBER | key);
  store<f64>(entry, negative ? -magnitude : magnitude, 8);
  return at;
}

function putLong(entry: usize, key: i32, from: usize, to: usize): usize {
  if (to !== 0) putText(entry, LONG_NUMBER | key, from, <u32>(to - from));
  return to;
}

/** Past an exponent's sign and digits. */
function skipExponent(at: usize): usize {
  const sign = load<u8>(at);
  const from = sign === 0x2b || sign === 0x2d ? at + 1 : at;
  const to = readDigits(from);
  return to === from ? 0 : to;
}

/**
 * `whole` / 10^`decimals`, rounded once, for `decimals` up to 19; NaN where that cannot be said. Up to 2^53 both are exact doubles.
 * Above, the quotient of the nearest doubles is corrected by what is left over, which is worked out without error (Dekker 1971);
 * the correction itself is good to far better than one in 10^12, and counts only where that much less or more makes no difference.
 */
function divide(whole: u64, decimals: usize): f64 {
  const high = <f64>whole;
  if (decimals === 0) return whole <= MOST_EXACT ? high : NaN;
  const power = load<f64>(POWERS + decimals * 8);
  const quotient = high / power;
  if (whole <= MOST_EXACT) return quotient;
  const low = <f64>(<i64>(whole - <u64>high));
  const product = quotient * power;
  const correction = (high - product - productError(quotient, power, product) + low) / power;
  const margin = abs(correction) * 1e-12 + quotient * 1e-26;
  const least = quotient + (correction - margin);
  return least === quotient + (correction + margin) ? least : NaN;
}

/** a · b − product, exactly. */
function productError(a: f64, b: f64, product: f64): f64 {
  const highA = highHalf(a);
  const highB = highHalf(b);
  const lowA = a - highA;
  const lowB = b - highB;
  return highA * highB - product + highA * lowB + lowA * highB + lowA * lowB;
}

/** The upper 26 bits of a double (Veltkamp). */
function highHalf(a: f64): f64 {
  const scaled: f64 = 134217729 * a;
  return scaled - (scaled - a);
}
