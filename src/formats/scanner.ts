import {
  ABSENT,
  CONTAINER,
  MOST_SLOTS,
  MOST_TEXTS,
  NULL,
  NUMBER,
  RECORDS_AT,
  SLACK_BYTES,
  SLOTS_AT,
  TEXT_ENTRY_BYTES,
  TEXTS_AT,
} from './assembly/layout.ts';
import { type Shape, writeShape } from './shapes.ts';

/** The compiled `assembly/scan.ts` and the memory that it shares with JavaScript. */

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly initialize: () => void;
  readonly scan: (from: number, to: number, shape: number) => number;
}

const PAGE_BYTES = 65_536;
/** Longer records are not plain: memory never shrinks. */
const MOST_RECORD_BYTES = 1 << 26;

/** Scans one record at a time for what a shape keeps of it. What is kept is asked for by slot: the record itself has slot 0. */
export class Scanner {
  readonly #exports: Exports;
  readonly #shape: number;
  /** All of the memory, which moves when it grows. */
  #bytes = Buffer.alloc(0);
  /** Four words, or two doubles, a slot. */
  #words = new Int32Array();
  #doubles = new Float64Array();
  #textWords = new Int32Array();
  readonly #texts: string[] = [];

  constructor(module: WebAssembly.Module, shape: Shape) {
    this.#exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.#exports.initialize();
    this.#shape = writeShape(shape, new DataView(this.#exports.memory.buffer));
    this.#fit(0);
  }

  #fit(recordBytes: number): void {
    const { memory } = this.#exports;
    const missing = RECORDS_AT + recordBytes + SLACK_BYTES - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    const { buffer } = memory;
    if (this.#bytes.buffer === buffer) return;
    this.#bytes = Buffer.from(buffer);
    this.#words = new Int32Array(buffer, SLOTS_AT, MOST_SLOTS * 4);
    this.#doubles = new Float64Array(buffer, SLOTS_AT, MOST_SLOTS * 2);
    this.#textWords = new Int32Array(buffer, TEXTS_AT, MOST_TEXTS * (TEXT_ENTRY_BYTES / 4));
  }

  /** Whether the record is plain and of the shape; if so, it can be asked for until the next one is scanned. */
  scan(record: Uint8Array): boolean {
    if (record.length > MOST_RECORD_BYTES) return false;
    this.#fit(record.length);
    this.#bytes.set(record, RECORDS_AT);
    const textCount = this.#exports.scan(RECORDS_AT, RECORDS_AT + record.length, this.#shape);
    for (let i = 0, at = 0; i < textCount; i++, at += TEXT_ENTRY_BYTES / 4) {
      const from = this.#textWords[at] as number;
      this.#texts[i] = this.#bytes.toString('latin1', from, from + (this.#textWords[at + 1] as number));
    }
    return textCount >= 0;
  }

  isAbsent(slot: number): boolean {
    return this.#words[slot * 4] === ABSENT;
  }

  isNull(slot: number): boolean {
    return this.#words[slot * 4] === NULL;
  }

  isContainer(slot: number): boolean {
    return this.#words[slot * 4] === CONTAINER;
  }

  text(slot: number): string {
    return this.#texts[this.#words[slot * 4 + 1] as number] as string;
  }

  textOrNull(slot: number): string | null {
    return this.isNull(slot) ? null : this.text(slot);
  }

  /** A finite number. */
  number(slot: number): number {
    return this.#words[slot * 4] === NUMBER ? (this.#doubles[slot * 2 + 1] as number) : this.#longNumber(slot);
  }

  #longNumber(slot: number): number {
    const from = this.#words[slot * 4 + 1] as number;
    return Number(this.#bytes.toString('latin1', from, from + (this.#words[slot * 4 + 2] as number)));
  }

  numberOrNull(slot: number): number | null {
    return this.isNull(slot) ? null : this.number(slot);
  }

  /** How many fields, items or entries a container has. */
  count(slot: number): number {
    return this.#words[slot * 4 + 2] as number;
  }

  /** The slot of an object's first field, of a list's first item, or of a map's first key, which has its value next to it. */
  content(slot: number): number {
    return this.#words[slot * 4 + 1] as number;
  }

  /** The slot behind an item, or a value of a map, and all that it contains: the next one's, if there is a next. */
  behind(slot: number): number {
    return this.isContainer(slot) ? (this.#words[slot * 4 + 3] as number) : slot + 1;
  }
}
