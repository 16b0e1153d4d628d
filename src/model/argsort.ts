/** Digits of 16 bits: four passes over a double. */
const [DIGIT_BITS, DIGIT_COUNT] = [16, 4];
const BUCKET_COUNT = 2 ** DIGIT_BITS;
/** Below this, a comparison sort is done before the buckets are cleared. */
const FEW = 4096;

// Each loop is a function of its own: V8 compiles what a function has done so far, and starts again when it does more.

/** The positions of the numbers in ascending order; equal ones keep theirs. No NaN. O(n): radix sort by least significant digit. */
export function argsort(numbers: Float64Array): Uint32Array {
  let order: Uint32Array = positionsTo(numbers.length);
  if (isAscending(numbers)) return order;
  if (numbers.length < FEW) return order.sort((a, b) => (numbers[a] as number) - (numbers[b] as number) || a - b);
  const digits = sortableDigits(numbers);
  let spare: Uint32Array = new Uint32Array(order.length);
  for (let digit = 0; digit < DIGIT_COUNT; digit++) {
    const counts = countDigits(digits, digit);
    // Instants of one campaign share their first bits: nothing to move.
    if (counts[digits[digit] as number] === order.length) continue;
    scatter(order, spare, digits, digit, startsOf(counts));
    [order, spare] = [spare, order];
  }
  return order;
}

function positionsTo(count: number): Uint32Array {
  const positions = new Uint32Array(count);
  for (let i = 0; i < count; i++) positions[i] = i;
  return positions;
}

function isAscending(numbers: Float64Array): boolean {
  for (let i = 1; i < numbers.length; i++) if ((numbers[i] as number) < (numbers[i - 1] as number)) return false;
  return true;
}

/** The bits of each double such that unsigned order is numeric order: negative numbers inverted, others with their sign set. */
function sortableDigits(numbers: Float64Array): Uint16Array {
  const digits = new Uint16Array(numbers.length * DIGIT_COUNT);
  const view = new DataView(digits.buffer);
  const [sign, top, all] = [0x8000, DIGIT_COUNT - 1, 0xffff];
  // +0 makes −0 equal to 0.
  numbers.forEach((number, i) => void view.setFloat64(i * 8, number + 0, true));
  for (let i = 0; i < digits.length; i += DIGIT_COUNT) {
    const negative = ((digits[i + top] as number) & sign) !== 0;
    for (let d = 0; d < DIGIT_COUNT; d++) {
      const flip = negative ? all : d === top ? sign : 0;
      digits[i + d] = (digits[i + d] as number) ^ flip;
    }
  }
  return digits;
}

function countDigits(digits: Uint16Array, digit: number): Uint32Array {
  const counts = new Uint32Array(BUCKET_COUNT);
  for (let i = digit; i < digits.length; i += DIGIT_COUNT) {
    const bucket = digits[i] as number;
    counts[bucket] = (counts[bucket] as number) + 1;
  }
  return counts;
}

function startsOf(counts: Uint32Array): Uint32Array {
  let start = 0;
  return counts.map((count) => {
    start += count;
    return start - count;
  });
}

function scatter(from: Uint32Array, to: Uint32Array, digits: Uint16Array, digit: number, starts: Uint32Array): void {
  for (let i = 0; i < from.length; i++) {
    const position = from[i] as number;
    const bucket = digits[position * DIGIT_COUNT + digit] as number;
    const place = starts[bucket] as number;
    starts[bucket] = place + 1;
    to[place] = position;
  }
}
