// biome-ignore-all lint/correctness/noPrecisionLoss: numbers of 64 bits are exact here.
// biome-ignore-all lint/complexity/noExcessiveCognitiveComplexity: each reader in one piece, so that where it stands is held in registers.
/**
 * JSON text → slots and texts, as `layout.ts` tells, guided by a shape: what the shape keeps is written down behind what was kept
 * of the records before, the rest is checked only. WebAssembly, compiled by AssemblyScript: texts are searched sixteen bytes at a
 * time. Takes plain records only: what the shape accepts, without escapes, without bytes beyond ASCII, each key once. What is wrong
 * and what is merely not plain are not told apart.
 */
import {
  ABSENT,
  ACCEPTS_ANY,
  ACCEPTS_LIST,
  ACCEPTS_MAP,
  ACCEPTS_NULL,
  ACCEPTS_NUMBER,
  ACCEPTS_OBJECT,
  ACCEPTS_TEXT,
  CONTAINER,
  EXPECTED,
  FEW_PLACES,
  LONG_NUMBER,
  MANY_PLACES,
  MOST_SLOTS,
  MOST_TEXT_BYTES,
  MOST_TEXTS,
  NAME_BYTES,
  NAME_INDEX,
  NAME_LENGTH,
  NAME_SHAPE,
  NAME_TEXT,
  NO_ROOM,
  NOT_PLAIN,
  NULL,
  PLACES_AT,
  POWERS_AT,
  SHAPE_ACCEPTS,
  SHAPE_CHOICE_COUNT,
  SHAPE_CHOICES,
  SHAPE_ITEM,
  SHAPE_KEPT,
  SHAPE_KEY_COUNT,
  SHAPE_KEYS,
  SHAPE_REQUIRED,
  SLOT_BYTES,
  SLOTS_AT,
  TEXT,
  TEXT_BYTES_AT,
  TEXT_ENTRY_BYTES,
  TEXTS_AT,
} from './layout';

const TEXTS: usize = TEXTS_AT;
const TEXT_STRIDE: usize = TEXT_ENTRY_BYTES;
const TEXT_BYTES: usize = TEXT_BYTES_AT;
const TEXT_BYTES_END: usize = TEXT_BYTES_AT + MOST_TEXT_BYTES;
const PLACES: usize = PLACES_AT;
const SLOTS: usize = SLOTS_AT;
const SLOT_STRIDE: usize = SLOT_BYTES;
const SLOTS_END: usize = SLOTS_AT + MOST_SLOTS * SLOT_BYTES;
const NAME_STRIDE: usize = NAME_BYTES;
const POWERS: usize = POWERS_AT;
const FEW_MASK: u32 = FEW_PLACES - 1;
const MANY_MASK: u32 = MANY_PLACES - 1;
/** A hash is the upper bits of a product, as many as the most places need. */
const HASH_SHIFT: u64 = 48;
/** Odd, and of no pattern: 2^53 divided by the golden ratio, and by π. */
const FACTOR: u64 = 5566755282872655;
const OTHER_FACTOR: u64 = 2867080569611329;
/** Depth to which values that no shape describes may be nested. */
const DEEPEST: i32 = 64;

const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;
/** Most programs write these; both bytes are read at once. */
const COMMA_SPACE: u16 = 0x202c;
const COLON_SPACE: u16 = 0x203a;
const OPEN_LIST: u32 = 0x5b;
const OPEN_OBJECT: u32 = 0x7b;
const CLOSE_OBJECT: u32 = 0x7d;

/** 2^53: up to here whole numbers are exact doubles; and 10^22 is the last exact power of ten. */
const MOST_EXACT: u64 = 0x20000000000000;
const MOST_POWER: usize = 22;
/** More digits may not fit into 64 bits. */
const MOST_DIGITS: usize = 19;
/** Numbers of no more characters are finite, with an exponent of two digits too. */
const SURELY_FINITE_BYTES: usize = 128;

/** The slots, and the bytes of texts, that are taken end here. */
let slotsEnd: usize = SLOTS;
let textBytesEnd: usize = TEXT_BYTES;
let textCount: u32 = 0;
let hasRoom: bool = true;
let placeMask: u32 = FEW_MASK;
/** Maps are numbered, so that a key that comes twice in one is noticed. Maps that are kept do not lie in one another. */
let mapCount: u32 = 0;

export function initialize(): void {
  let power: f64 = 1;
  for (let i: usize = 0; i <= MOST_POWER; i++, power *= 10) store<f64>(POWERS + i * 8, power);
  clear();
}

/** Forgets what was kept. */
export function clear(): void {
  slotsEnd = SLOTS;
  textBytesEnd = TEXT_BYTES;
  textCount = 0;
  mapCount = 0;
  placeMask = FEW_MASK;
}

/** The slot of the record from `from` to `to`; `NOT_PLAIN` or `NO_ROOM`: nothing is kept of it. */
export function scan(from: usize, to: usize, shape: usize): i32 {
  // Whatever reads on must stop at the end.
  const after = load<u8>(to);
  store<u8>(to, 0);
  const slot = slotsEnd;
  const bytesBefore = textBytesEnd;
  const textsBefore = textCount;
  hasRoom = true;
  let at: usize = 0;
  if (takeSlots(1) !== 0) at = readValue(skipWhite(from), shape, slot);
  if (at !== 0) at = skipWhite(at);
  store<u8>(to, after);
  if (at === to) return <i32>((slot - SLOTS) / SLOT_STRIDE);
  slotsEnd = slot;
  textBytesEnd = bytesBefore;
  textCount = textsBefore;
  return hasRoom ? NOT_PLAIN : NO_ROOM;
}

export function countSlots(): i32 {
  return <i32>((slotsEnd - SLOTS) / SLOT_STRIDE);
}

export function countTexts(): i32 {
  return <i32>textCount;
}

export function countTextBytes(): i32 {
  return <i32>(textBytesEnd - TEXT_BYTES);
}

/** Past a value of the shape, which goes to the slot unless that is 0; 0: it is not plain. As for all readers below. */
function readValue(at: usize, shape: usize, slot: usize): usize {
  const accepts = load<u32>(shape, SHAPE_ACCEPTS);
  if ((accepts & ACCEPTS_ANY) !== 0) return skipValue(at, 0);
  const first = <u32>load<u8>(at);
  if (first === QUOTE) return (accepts & ACCEPTS_TEXT) !== 0 ? readText(at, shape, slot) : 0;
  if (first === OPEN_OBJECT) {
    if ((accepts & ACCEPTS_OBJECT) !== 0) return readObject(at, shape, slot);
    return (accepts & ACCEPTS_MAP) !== 0 ? readItems(at, first, shape, slot) : 0;
  }
  if (first === OPEN_LIST) return (accepts & ACCEPTS_LIST) !== 0 ? readItems(at, first, shape, slot) : 0;
  if (first === 0x6e) {
    if ((accepts & ACCEPTS_NULL) === 0 || !isNull(at)) return 0;
    if (slot !== 0) putKind(slot, NULL, 0);
    return at + 4;
  }
  return (accepts & ACCEPTS_NUMBER) !== 0 ? readNumber(at, slot) : 0;
}

function isNull(at: usize): bool {
  return load<u32>(at) === 0x6c6c756e;
}

/** Room for so many slots more; 0: there is none. */
function takeSlots(count: usize): usize {
  const first = slotsEnd;
  slotsEnd += count * SLOT_STRIDE;
  if (slotsEnd <= SLOTS_END) return first;
  hasRoom = false;
  return 0;
}

function putKind(slot: usize, kind: u32, word: u32): void {
  store<u32>(slot, word);
  store<u32>(slot, kind, 4);
}

/** `content`: behind the slot that was taken for what is said of it. */
function putContainer(slot: usize, content: usize, count: u32): void {
  putKind(slot, CONTAINER, <u32>((content - SLOTS) / SLOT_STRIDE));
  putKind(content - SLOT_STRIDE, <u32>((slotsEnd - SLOTS) / SLOT_STRIDE), count);
}

function readObject(from: usize, shape: usize, slot: usize): usize {
  const keyCount = <usize>load<u32>(shape, SHAPE_KEY_COUNT);
  let fields: usize = 0;
  let kept: u32 = 0;
  if (slot !== 0) {
    kept = load<u32>(shape, SHAPE_KEPT);
    // Those behind the last that is kept have none.
    const fieldCount = <usize>(32 - clz(kept));
    fields = takeSlots(1 + fieldCount);
    if (fields === 0) return 0;
    fields += SLOT_STRIDE;
    for (let i: usize = 0; i < fieldCount; i++) putKind(fields + i * SLOT_STRIDE, ABSENT, 0);
  }
  let seen: u32 = 0;
  let last = shape;
  let at = skipWhite(from + 1);
  if (load<u8>(at) !== CLOSE_OBJECT) {
    while (true) {
      // Programs write the keys of all objects of a kind in one order.
      let key = <usize>load<u32>(last, EXPECTED);
      if (key !== 0 && isSame(at, key + NAME_TEXT, load<u32>(key, NAME_LENGTH))) {
        at += load<u32>(key, NAME_LENGTH);
      } else {
        const to = endOfText(at);
        if (to === 0) return 0;
        key = findName(load<u32>(shape, SHAPE_KEYS), <u32>keyCount, at, <u32>(to - at));
        if (key !== 0) store<u32>(last, <u32>key, EXPECTED);
        at = to;
      }
      if (load<u16>(at) === COLON_SPACE && load<u8>(at, 2) > 0x20) at += 2;
      else {
        at = skipColon(at);
        if (at === 0) return 0;
      }
      if (key === 0) at = skipValue(at, 0);
      else {
        const index = load<u32>(key, NAME_INDEX);
        const bit: u32 = 1 << index;
        // JSON.parse would keep the last of two.
        if ((seen & bit) !== 0) return 0;
        seen |= bit;
        at = readValue(at, load<u32>(key, NAME_SHAPE), (kept & bit) !== 0 ? fields + <usize>index * SLOT_STRIDE : 0);
        last = key;
      }
      if (at === 0) return 0;
      if (load<u16>(at) === COMMA_SPACE && load<u8>(at, 2) > 0x20) {
        at += 2;
        continue;
      }
      at = skipWhite(at);
      const next = <u32>load<u8>(at);
      if (next !== COMMA) {
        if (next !== CLOSE_OBJECT) return 0;
        break;
      }
      at = skipWhite(at + 1);
    }
  }
  const required = load<u32>(shape, SHAPE_REQUIRED);
  if ((seen & required) !== required) return 0;
  if (slot !== 0) putContainer(slot, fields, 0);
  return at + 1;
}

/** A list, or a map: an object whose keys may be any, but each once. */
function readItems(from: usize, open: u32, shape: usize, slot: usize): usize {
  const close = open + 2;
  const item = <usize>load<u32>(shape, SHAPE_ITEM);
  let content: usize = 0;
  if (slot !== 0) {
    content = takeSlots(1);
    if (content === 0) return 0;
    content += SLOT_STRIDE;
  }
  const map = ++mapCount;
  let count: u32 = 0;
  let at = skipWhite(from + 1);
  if (<u32>load<u8>(at) !== close) {
    while (true) {
      if (open === OPEN_OBJECT) {
        const keyAt = at;
        at = endOfText(at);
        if (at === 0) return 0;
        if (slot !== 0 && !putKey(takeSlots(1), keyAt + 1, <u32>(at - keyAt - 2), map)) return 0;
        at = skipColon(at);
        if (at === 0) return 0;
      }
      let entry: usize = 0;
      if (slot !== 0) {
        entry = takeSlots(1);
        if (entry === 0) return 0;
      }
      at = readValue(at, item, entry);
      if (at === 0) return 0;
      count++;
      if (load<u16>(at) === COMMA_SPACE && load<u8>(at, 2) > 0x20) {
        at += 2;
        continue;
      }
      at = skipWhite(at);
      const next = <u32>load<u8>(at);
      if (next !== COMMA) {
        if (next !== close) return 0;
        break;
      }
      at = skipWhite(at + 1);
    }
  }
  if (slot !== 0) putContainer(slot, content, count);
  return at + 1;
}

/** False: there is no room for it, or the map is not plain. */
function putKey(slot: usize, from: usize, length: u32, map: u32): bool {
  if (slot === 0 || isOdd(from, length) || !putText(slot, from, length)) return false;
  const entry = TEXTS + <usize>load<u32>(slot) * TEXT_STRIDE;
  if (load<u32>(entry, 12) === map) return false;
  store<u32>(entry, map, 12);
  return true;
}

/** Objects put keys that are whole numbers first, and `__proto__` is no key of theirs: such maps are not plain. */
function isOdd(from: usize, length: u32): bool {
  if (load<u16>(from) === 0x5f5f) return true;
  for (let at = from; at < from + length; at++) if (<u32>load<u8>(at) - 0x30 > 9) return false;
  return length > 0;
}

function readText(from: usize, shape: usize, slot: usize): usize {
  const to = endOfText(from);
  if (to === 0) return 0;
  const choices = <usize>load<u32>(shape, SHAPE_CHOICES);
  if (choices !== 0 && findName(choices, load<u32>(shape, SHAPE_CHOICE_COUNT), from, <u32>(to - from)) === 0) return 0;
  return slot === 0 || putText(slot, from + 1, <u32>(to - from - 2)) ? to : 0;
}

/** False: there is no room for it. */
function putText(slot: usize, from: usize, length: u32): bool {
  let place = placeOf(from, length);
  let text = textAt(place);
  while (text < textCount) {
    const entry = TEXTS + <usize>text * TEXT_STRIDE;
    if (load<u32>(entry, 4) === length && isSame(from, TEXT_BYTES + load<u32>(entry), length)) break;
    place = (place + 1) & placeMask;
    text = textAt(place);
  }
  if (text >= textCount) {
    text = addText(place, from, length);
    if (text === textCount) return false;
  }
  putKind(slot, TEXT, text);
  return true;
}

/** The text that has this place; not below `textCount`: none. What was forgotten may still stand there, or one with another place. */
function textAt(place: u32): u32 {
  const text = load<u32>(PLACES + <usize>place * 4);
  return text < textCount && load<u32>(TEXTS + <usize>text * TEXT_STRIDE, 8) === place ? text : u32.MAX_VALUE;
}

/** A text that was not there before; `textCount`: there is no room for it. */
function addText(place: u32, from: usize, length: u32): u32 {
  if (textCount === <u32>MOST_TEXTS || textBytesEnd + length > TEXT_BYTES_END) {
    hasRoom = false;
    return textCount;
  }
  const text = textCount++;
  const entry = TEXTS + <usize>text * TEXT_STRIDE;
  store<u32>(entry, <u32>(textBytesEnd - TEXT_BYTES));
  store<u32>(entry, length, 4);
  store<u32>(entry, 0, 12);
  copy(textBytesEnd, from, length);
  textBytesEnd += length;
  settle(text, place);
  if (placeMask === FEW_MASK && textCount > FEW_MASK / 2) spread();
  return text;
}

function settle(text: u32, place: u32): void {
  store<u32>(PLACES + <usize>place * 4, text);
  store<u32>(TEXTS + <usize>text * TEXT_STRIDE, place, 8);
}

/** Many places for the texts, which had few. */
function spread(): void {
  placeMask = MANY_MASK;
  for (let text: u32 = 0; text < textCount; text++) store<u32>(TEXTS + <usize>text * TEXT_STRIDE, u32.MAX_VALUE, 8);
  for (let text: u32 = 0; text < textCount; text++) {
    const entry = TEXTS + <usize>text * TEXT_STRIDE;
    let place = placeOf(TEXT_BYTES + load<u32>(entry), load<u32>(entry, 4));
    while (textAt(place) < textCount) place = (place + 1) & placeMask;
    settle(text, place);
  }
}

/** Copies 16 bytes at a time, so up to 15 bytes behind the copy are written over. */
function copy(to: usize, from: usize, length: u32): void {
  for (const end = to + length; to < end; to += 16, from += 16) v128.store(to, v128.load(from));
}

/** Fibonacci hashing of a text's length and ends. */
function placeOf(from: usize, length: u32): u32 {
  const first = load<u64>(from);
  if (length < 8) return hashOf((first & (((<u64>1) << (length * 8)) - 1)) + length);
  const last = load<u64>(from + length - 8);
  return hashOf(first ^ (last * OTHER_FACTOR) ^ length);
}

function hashOf(bits: u64): u32 {
  return <u32>((bits * FACTOR) >> HASH_SHIFT) & placeMask;
}

/** Among so many names, the one whose text stands there, in quotes; 0: none of them. */
function findName(first: usize, count: u32, at: usize, length: u32): usize {
  for (let name = first, end = first + <usize>count * NAME_STRIDE; name < end; name += NAME_STRIDE) {
    if (load<u32>(name, NAME_LENGTH) === length && isSame(at, name + NAME_TEXT, length)) return name;
  }
  return 0;
}

function isSame(at: usize, other: usize, length: u32): bool {
  for (; length > 16; at += 16, other += 16, length -= 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(at), v128.load(other)))) return false;
  }
  const wanted = (1 << length) - 1;
  return (i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(other))) & wanted) === wanted;
}

/** Past any value. */
function skipValue(at: usize, depth: i32): usize {
  const first = <u32>load<u8>(at);
  if (first === QUOTE) return endOfText(at);
  if (first === OPEN_OBJECT || first === OPEN_LIST) {
    if (depth === DEEPEST) return 0;
    const close = first + 2;
    at = skipWhite(at + 1);
    if (<u32>load<u8>(at) === close) return at + 1;
    while (true) {
      if (first === OPEN_OBJECT) {
        at = endOfText(at);
        if (at !== 0) at = skipColon(at);
        if (at === 0) return 0;
      }
      at = skipValue(at, depth + 1);
      if (at === 0) return 0;
      at = skipWhite(at);
      const next = <u32>load<u8>(at);
      if (next === close) return at + 1;
      if (next !== COMMA) return 0;
      at = skipWhite(at + 1);
    }
  }
  if (first === 0x6e) return isNull(at) ? at + 4 : 0;
  if (first === 0x74) return load<u32>(at) === 0x65757274 ? at + 4 : 0;
  if (first === 0x66) return load<u32>(at + 1) === 0x65736c61 ? at + 5 : 0;
  return readNumber(at, 0);
}

function skipWhite(at: usize): usize {
  while (true) {
    const byte = <u32>load<u8>(at);
    if (byte > 0x20 || !(byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)) return at;
    at++;
  }
}

function skipColon(at: usize): usize {
  at = skipWhite(at);
  return load<u8>(at) === COLON ? skipWhite(at + 1) : 0;
}

/** Past the closing quote of the text whose opening quote stands there. */
function endOfText(at: usize): usize {
  if (load<u8>(at++) !== QUOTE) return 0;
  while (true) {
    const bytes = v128.load(at);
    // As signed numbers, control characters and bytes beyond ASCII are below all others; exchanging bit 1 puts the quote next to them.
    const ends = i8x16.lt_s(v128.xor(bytes, i8x16.splat(0x02)), i8x16.splat(0x21));
    const odd = i8x16.bitmask(v128.or(ends, i8x16.eq(bytes, i8x16.splat(0x5c))));
    if (odd !== 0) {
      at += ctz(odd);
      return load<u8>(at) === QUOTE ? at + 1 : 0;
    }
    at += 16;
  }
}

/** The first byte that is no digit. */
function skipDigits(at: usize): usize {
  while (true) {
    // Ten bytes from the least signed number on are digits.
    const places = i8x16.sub(v128.load(at), i8x16.splat(<i8>0xb0));
    const others = i8x16.bitmask(i8x16.gt_s(places, i8x16.splat(-119)));
    if (others !== 0) return at + ctz(others);
    at += 16;
  }
}

/** The digits from here to there behind those of `whole`, as one whole number. */
function addDigits(whole: u64, at: usize, to: usize): u64 {
  for (; at + 8 <= to; at += 8) whole = whole * 100_000_000 + eightDigits(load<u64>(at));
  for (; at < to; at++) whole = whole * 10 + (load<u8>(at) - 0x30);
  return whole;
}

/** All eight at once: neighbours are joined to pairs, pairs to fours, fours to the number (Lemire 2018). */
function eightDigits(bytes: u64): u64 {
  bytes = ((bytes & 0x0f0f_0f0f_0f0f_0f0f) * 2561) >> 8;
  bytes = ((bytes & 0x00ff_00ff_00ff_00ff) * 6553601) >> 16;
  return ((bytes & 0x0000_ffff_0000_ffff) * 42949672960001) >> 32;
}

function readNumber(from: usize, slot: usize): usize {
  const negative = load<u8>(from) === 0x2d;
  const wholeAt = negative ? from + 1 : from;
  const wholeTo = skipDigits(wholeAt);
  let count = wholeTo - wholeAt;
  if (count === 0 || (count > 1 && load<u8>(wholeAt) === 0x30)) return 0;
  let at = wholeTo;
  let decimals: usize = 0;
  if (load<u8>(at) === 0x2e) {
    at = skipDigits(wholeTo + 1);
    decimals = at - wholeTo - 1;
    if (decimals === 0) return 0;
    count += decimals;
  }
  const hasExponent = (load<u8>(at) | 0x20) === 0x65;
  const to = hasExponent ? skipExponent(at + 1) : at;
  if (slot === 0) return isModest(wholeTo - wholeAt, decimals, hasExponent, to) ? to : 0;
  if (hasExponent || count > MOST_DIGITS) return putLong(slot, from, to);
  let digits = addDigits(0, wholeAt, wholeTo);
  if (decimals !== 0) digits = addDigits(digits, wholeTo + 1, at);
  const magnitude = divide(digits, decimals);
  if (F64.isNaN(magnitude)) return putLong(slot, from, at);
  store<f64>(slot, negative ? -magnitude : magnitude);
  return at;
}

function putLong(slot: usize, from: usize, to: usize): usize {
  if (to === 0 || to - from > SURELY_FINITE_BYTES) return 0;
  if (!putText(slot, from, <u32>(to - from))) return 0;
  store<u32>(slot, LONG_NUMBER, 4);
  return to;
}

/**
 * Is true when a number is 0 or surely from 10^-30 to 10^15. A number that is not kept has to be: nobody looks at it to judge its
 * range. `to`: behind its exponent, which may be up to 9 either way; 0: there is none that is read here.
 */
function isModest(wholeDigits: usize, decimals: usize, hasExponent: bool, to: usize): bool {
  if (!hasExponent) return wholeDigits <= 15 && decimals <= 30;
  if (to === 0 || wholeDigits > 6 || decimals > 20) return false;
  const tens = load<u8>(to - 2);
  return tens <= 0x30 || tens > 0x39;
}

/** Past an exponent's sign and one or two digits. */
function skipExponent(at: usize): usize {
  const sign = load<u8>(at);
  const from = sign === 0x2b || sign === 0x2d ? at + 1 : at;
  const to = skipDigits(from);
  return to - from === 1 || to - from === 2 ? to : 0;
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
