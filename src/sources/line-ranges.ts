import { closeSync, openSync, readSync } from 'node:fs';
import type { LineRange, OpenRanges } from './source.ts';

/** Ranges of a file: enough to keep all threads busy to the end, no more because each costs a little by itself. */
const RANGE_COUNT = 64;
/** Bytes of a range: at least and at most so many, whatever the file's length. */
const LEAST_RANGE_BYTES = 1 << 21;
const MOST_RANGE_BYTES = 1 << 22;
/** Bytes of a buffer: more than most lines have, and few enough to stay in a core's cache, without which reading takes twice as long. */
const BUFFER_BYTES = 1 << 18;
/** Bytes read per call. */
const STEP_BYTES = 1 << 16;
/** Bytes in which the first line is looked for, and by which its format is told. */
const HEAD_BYTES = 1 << 15;
const NEWLINE = 0x0a;

/** A first line of more bytes is no record among many. */
const LONGEST_LINE_BYTES = 1 << 24;

/** Opens a file and divides it into ranges; `null` when `findStart` says that it holds no lines, or the first one does not end. */
export function openRanges(
  path: string | Buffer,
  byteLength: number,
  findStart: (head: Buffer) => number | null,
  rangeBytes = chooseRangeBytes(byteLength),
): Omit<OpenRanges, 'wordError'> | null {
  const file = openSync(path, 'r');
  const start = findStart(readAt(file, 0, HEAD_BYTES));
  if (start === null || !endsLine(file)) {
    closeSync(file);
    return null;
  }
  const ranges: LineRange[] = [];
  for (let from = start; from < byteLength; from += rangeBytes) {
    ranges.push({ file, start, from, to: Math.min(from + rangeBytes, byteLength) });
  }
  return { ranges, close: () => closeSync(file) };
}

/** Is true when the first line ends, or the file does, before it is too long. */
function endsLine(file: number): boolean {
  for (let from = 0; from < LONGEST_LINE_BYTES; from += HEAD_BYTES) {
    const bytes = readAt(file, from, HEAD_BYTES);
    if (bytes.length < HEAD_BYTES || bytes.includes(NEWLINE)) return true;
  }
  return false;
}

const chooseRangeBytes = (byteLength: number): number =>
  Math.min(MOST_RANGE_BYTES, Math.max(LEAST_RANGE_BYTES, Math.ceil(byteLength / RANGE_COUNT)));

function readAt(file: number, from: number, byteLength: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(byteLength);
  return bytes.subarray(0, fill(file, bytes, from));
}

/** Reads until the buffer is full or the file ends; returns the number of bytes read. */
function fill(file: number, bytes: Buffer, from: number): number {
  let length = 0;
  while (length < bytes.length) {
    const count = readSync(file, bytes, length, bytes.length - length, from + length);
    if (count === 0) break;
    length += count;
  }
  return length;
}

/** Creates the buffer into which one thread reads range after range. */
export const createRangeBuffer = (byteLength = BUFFER_BYTES): Buffer => Buffer.allocUnsafeSlow(byteLength);

/**
 * Reads the range's lines, piece by piece. A piece that ends with a line lies in the buffer, until the next one is read; the others,
 * of lines that do not fit or do not end, have memory of their own.
 */
export function* readLineRange(range: LineRange, buffer: Buffer): Generator<Buffer> {
  const from = findFirstLine(range, buffer);
  if (from >= range.to) return;
  const window = new Window(range.file, from, buffer);
  while (!window.isAtEnd) {
    const bytes = window.read();
    const end = endOfLines(bytes, range.to - window.from);
    if (end > 0) {
      yield bytes.subarray(0, end);
      if (window.from + end >= range.to) return;
    }
    const rest = bytes.subarray(end);
    const isPart = window.endsWithin(rest);
    if (isPart && rest.length > 0) yield Buffer.from(rest);
    window.drop(isPart ? bytes.length : end);
  }
}

/** A window shows a stretch of the file and moves on. */
class Window {
  readonly #file: number;
  readonly #buffer: Buffer;
  #length = 0;
  /** Offset in the file at which the window begins. */
  from: number;
  /** Is true when it reaches to the end of the file. */
  isAtEnd = false;

  constructor(file: number, from: number, buffer: Buffer) {
    this.#file = file;
    this.from = from;
    this.#buffer = buffer;
  }

  /** Is true when no more of a line that has begun can be put behind it. */
  endsWithin(line: Buffer): boolean {
    return this.isAtEnd || line.length === this.#buffer.length;
  }

  /** Reads some more behind the bytes at hand, and returns all. */
  read(): Buffer {
    const step = this.#buffer.subarray(this.#length, this.#length + STEP_BYTES);
    const count = fill(this.#file, step, this.from + this.#length);
    this.isAtEnd = count < step.length;
    this.#length += count;
    return this.#buffer.subarray(0, this.#length);
  }

  /** Leaves the first bytes behind. */
  drop(count: number): void {
    this.#buffer.copyWithin(0, count, this.#length);
    this.from += count;
    this.#length -= count;
  }
}

/** Finds the offset of the first line that begins in the range; `to` or beyond when none does. */
function findFirstLine({ file, start, from, to }: LineRange, buffer: Buffer): number {
  if (from === start) return from;
  const step = buffer.subarray(0, STEP_BYTES);
  // The byte before `from` tells whether a line begins there.
  for (let at = from - 1; at < to; at += step.length) {
    const count = fill(file, step, at);
    const found = step.subarray(0, count).indexOf(NEWLINE);
    if (found >= 0) return at + found + 1;
    if (count < step.length) break;
  }
  return to;
}

/** Finds the end of the last whole line among those that begin before `to`. */
function endOfLines(bytes: Buffer, to: number): number {
  const last = bytes.length < to ? -1 : bytes.indexOf(NEWLINE, Math.max(0, to - 1));
  return (last < 0 ? bytes.lastIndexOf(NEWLINE) : last) + 1;
}
