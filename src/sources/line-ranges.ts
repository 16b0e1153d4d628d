import { closeSync, openSync, readSync } from 'node:fs';
import type { LineRange, OpenRanges } from './source.ts';

/** A local file of lines, read in ranges by several threads at once. */

/** Long beside a line, short enough to stay in a processor's cache while it is worked on. */
const RANGE_BYTES = 1 << 19;
/** The last line of a range goes on behind it: most do so for less than this. */
const USUAL_LINE_BYTES = 1 << 18;
/** So many bytes of it are read at a time. */
const STEP_BYTES = 1 << 15;
const HEAD_BYTES = 1024;
const NEWLINE = 0x0a;

/** Opens a file, unless `findStart` says that it holds no lines. */
export function openRanges(
  path: string,
  byteLength: number,
  findStart: (head: Buffer) => number | null,
  rangeBytes = RANGE_BYTES,
): Omit<OpenRanges, 'wordError'> | null {
  const file = openSync(path, 'r');
  const start = findStart(readAt(file, 0, HEAD_BYTES));
  if (start === null) {
    closeSync(file);
    return null;
  }
  const ranges: LineRange[] = [];
  for (let from = start; from < byteLength; from += rangeBytes) {
    ranges.push({ file, start, from, to: Math.min(from + rangeBytes, byteLength) });
  }
  return { ranges, close: () => closeSync(file) };
}

function readAt(file: number, from: number, byteLength: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(byteLength);
  return bytes.subarray(0, fill(file, bytes, from));
}

/** Reads until the buffer is full or the file ends; gives how many bytes that were. */
function fill(file: number, bytes: Buffer, from: number): number {
  let length = 0;
  while (length < bytes.length) {
    const count = readSync(file, bytes, length, bytes.length - length, from + length);
    if (count === 0) break;
    length += count;
  }
  return length;
}

/** Room for a range and what its last line has behind it, used again and again by one thread. */
export const createRangeBuffer = (rangeBytes = RANGE_BYTES, lineBytes = USUAL_LINE_BYTES): Buffer =>
  Buffer.allocUnsafeSlow(1 + rangeBytes + lineBytes);

/** The range's lines. The first chunk is in the buffer, until the next range is read; others hold the rest of a long line. */
export function* readLineRange({ file, start, from, to }: LineRange, buffer: Buffer): Generator<Buffer> {
  // Whether a line begins at `from`, the byte before it tells.
  const readFrom = Math.max(start, from - 1);
  const rangeBytes = to - readFrom;
  let length = fill(file, buffer.subarray(0, rangeBytes), readFrom);
  const first = from === start ? 0 : buffer.subarray(0, length).indexOf(NEWLINE) + 1;
  if (readFrom + first >= to || (first === 0 && from > start)) return;
  if (length === rangeBytes && buffer[length - 1] !== NEWLINE) length = readToLineEnd(file, readFrom, buffer, length);
  yield buffer.subarray(first, length);
  if (length === buffer.length && buffer[length - 1] !== NEWLINE) yield* readOn(file, readFrom + length);
}

/** Reads on behind the first bytes of the buffer, to the end of the line, the file or the buffer; gives how many are there then. */
function readToLineEnd(file: number, readFrom: number, buffer: Buffer, length: number): number {
  while (true) {
    const step = buffer.subarray(length, length + STEP_BYTES);
    const bytes = step.subarray(0, fill(file, step, readFrom + length));
    const end = bytes.indexOf(NEWLINE) + 1;
    if (end > 0) return length + end;
    length += bytes.length;
    if (bytes.length < STEP_BYTES) return length;
  }
}

/** The rest of a line. */
function* readOn(file: number, from: number): Generator<Buffer> {
  while (true) {
    const bytes = readAt(file, from, RANGE_BYTES);
    const end = bytes.indexOf(NEWLINE);
    yield end < 0 ? bytes : bytes.subarray(0, end + 1);
    if (end >= 0 || bytes.length < RANGE_BYTES) return;
    from += bytes.length;
  }
}
