import { MOST_ENTRIES, MOST_KEY_BYTES, MOST_KEYS, SLACK_BYTES, TAPE_AT, TEXT_AT } from './assembly/layout.ts';

/** The compiled `assembly/tokenize.ts` and the memory that it shares with JavaScript. */

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly initialize: () => void;
  readonly addKey: (at: number, length: number) => void;
  readonly tokenize: (from: number, to: number) => number;
}

const PAGE_BYTES = 65_536;
/** Longer records are not plain: memory never shrinks. */
const MOST_TEXT_BYTES = 1 << 26;
/** What most records fit into, from the start. */
const USUAL_TEXT_BYTES = 1 << 20;

export class Tokenizer {
  readonly #exports: Exports;
  /** Four words an entry, and two doubles an entry, on the same memory. */
  words = new Int32Array();
  doubles = new Float64Array();
  /** All of the memory. */
  bytes = Buffer.alloc(0);

  /** The keys get the numbers from 1 on. */
  constructor(module: WebAssembly.Module, keys: readonly string[]) {
    if (keys.length > MOST_KEYS) throw new Error('more keys than the tokenizer has numbers for');
    this.#exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.#fit(USUAL_TEXT_BYTES);
    this.#exports.initialize();
    for (const key of keys) {
      if (key.length > MOST_KEY_BYTES) throw new Error(`the key ${key} is too long`);
      this.bytes.write(`"${key}"`, TEXT_AT, 'latin1');
      this.#exports.addKey(TEXT_AT + 1, key.length);
    }
  }

  /** How many entries the record makes; 0: it is not plain. */
  tokenize(record: Uint8Array): number {
    if (record.length > MOST_TEXT_BYTES) return 0;
    this.#fit(record.length);
    this.bytes.set(record, TEXT_AT);
    return this.#exports.tokenize(TEXT_AT, TEXT_AT + record.length);
  }

  #fit(textBytes: number): void {
    const { memory } = this.#exports;
    const missing = TEXT_AT + textBytes + SLACK_BYTES - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    if (this.bytes.buffer === memory.buffer) return;
    this.words = new Int32Array(memory.buffer, TAPE_AT, MOST_ENTRIES * 4);
    this.doubles = new Float64Array(memory.buffer, TAPE_AT, MOST_ENTRIES * 2);
    this.bytes = Buffer.from(memory.buffer);
  }
}
