import { isUtf8 } from 'node:buffer';
import { PickleError } from './values.ts';

/** Reads a pickle's bytes from left to right. Lengths are checked before anything is taken; `PickleError` when bytes are missing. */
export class PickleBytes {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  error(problem: string): PickleError {
    return new PickleError(problem, this.#at);
  }

  fail(problem: string): never {
    throw this.error(problem);
  }

  /** Takes the next bytes, not copied. */
  take(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) this.fail('it ends too early');
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }

  /** Checks that as many bytes are left, and takes none. */
  expect(length: number): void {
    if (length > this.#bytes.length - this.#at) this.fail('it ends too early');
  }

  uint8(): number {
    if (this.#at >= this.#bytes.length) this.fail('it ends too early');
    return this.#bytes[this.#at++] as number;
  }

  uint16 = (): number => this.take(2).readUInt16LE();
  uint32 = (): number => this.take(4).readUInt32LE();
  int32 = (): number => this.take(4).readInt32LE();
  float64 = (): number => this.take(8).readDoubleBE();

  /** Reads a length in 8 bytes. Beyond 2^53 it loses its last digits, but no such length fits. */
  uint64 = (): number => Number(this.take(8).readBigUInt64LE());

  /** Takes the bytes up to the next line feed, and that too without returning it. */
  line(): Buffer {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) this.fail('it ends inside a line');
    const line = this.#bytes.subarray(this.#at, end);
    this.#at = end + 1;
    return line;
  }

  /** Reads the next line as it stands, if it is short; else ''. */
  peekLine(): string {
    const end = this.#bytes.subarray(this.#at, this.#at + 3).indexOf(0x0a);
    return end < 0 ? '' : this.#bytes.toString('latin1', this.#at, this.#at + end);
  }

  text(length: number): string {
    return this.decode(this.take(length));
  }

  decode(bytes: Buffer): string {
    if (!isUtf8(bytes)) this.fail('a text in it is not UTF-8');
    return bytes.toString('utf8');
  }
}
