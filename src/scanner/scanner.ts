import {
  COPY_AT,
  MOST_RECORD_BYTES,
  NOT_PLAIN,
  ROOM_AT,
  ROOM_BYTES,
  SLOT_BYTES,
  SLOTS_AT,
  TEXT_BYTES_AT,
  TEXT_ENTRY_BYTES,
  TEXTS_AT,
} from './assembly/layout.ts';
import { type Shape, writeShape } from './shapes.ts';
import type { ScannedValues } from './slots.ts';

/** The compiled `assembly/scan.ts` and the memory that it shares with JavaScript. */

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly initialize: () => void;
  readonly clear: () => void;
  readonly scan: (from: number, to: number, shape: number) => number;
  readonly countSlots: () => number;
  readonly countTexts: () => number;
  readonly countTextBytes: () => number;
}

/** Scans records for what a shape keeps of them, until that is taken away. */
export class Scanner {
  readonly #exports: Exports;
  readonly #bytes: Uint8Array;
  readonly #shape: number;
  /** Records that are read to here need not be copied. */
  readonly room: Buffer;

  /** `instance`: of the compiled `assembly/scan.ts`, for this scanner alone from now on. */
  constructor(instance: WebAssembly.Instance, shape: Shape) {
    this.#exports = instance.exports as unknown as Exports;
    this.#exports.initialize();
    const { buffer } = this.#exports.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#shape = writeShape(shape, new DataView(buffer));
    this.room = Buffer.from(buffer, ROOM_AT, ROOM_BYTES);
  }

  /** The record's slot in what is taken next; negative: the record is not plain or not of the shape, or there is `NO_ROOM` for it. */
  scan(record: Uint8Array): number {
    const { length } = record;
    if (record.buffer === this.#bytes.buffer) return this.#scanAt(record.byteOffset, length);
    if (length > MOST_RECORD_BYTES) return NOT_PLAIN;
    this.#bytes.set(record, COPY_AT);
    return this.#scanAt(COPY_AT, length);
  }

  #scanAt(from: number, length: number): number {
    return this.#exports.scan(from, from + length, this.#shape);
  }

  /** Gives the values kept since the last time. */
  take(): ScannedValues {
    const [slotCount, textCount] = [this.#exports.countSlots(), this.#exports.countTexts()];
    const parts = [
      this.#bytes.subarray(SLOTS_AT, SLOTS_AT + slotCount * SLOT_BYTES),
      this.#bytes.subarray(TEXTS_AT, TEXTS_AT + textCount * TEXT_ENTRY_BYTES),
      this.#bytes.subarray(TEXT_BYTES_AT, TEXT_BYTES_AT + this.#exports.countTextBytes()),
    ];
    // All of it is written to.
    const memory = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      memory.set(part, at);
      at += part.length;
    }
    this.#exports.clear();
    return { memory: memory.buffer, slotCount, textCount };
  }
}
