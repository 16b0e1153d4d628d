import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { showUri } from './show-uri.ts';

/** Bytes held in memory at most. */
const MOST_HELD_BYTES = 1 << 26;
/** Bytes of a file at most: its rows would be millions of runs. */
const MOST_BYTES = 2 ** 32;

/**
 * Keeps a file's bytes until its end, to be read in any order: the first 64 MiB in memory, longer files in one without a name below the
 * system's folder for temporary files. `UserError` when there is no room, or beyond 4 GiB.
 */
export class Spool {
  readonly #uri: string;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #file: number | null = null;
  #storedBytes = 0;

  constructor(uri: string) {
    this.#uri = uri;
  }

  get byteLength(): number {
    return this.#storedBytes + this.#heldBytes;
  }

  push(chunk: Uint8Array): void {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.byteLength > MOST_BYTES) throw this.#tooLarge();
    if (this.#heldBytes > MOST_HELD_BYTES) this.#store();
  }

  /** Takes bytes out; those beyond the end are left out. */
  slice(start: number, end = this.byteLength): ArrayBuffer {
    if (this.#file !== null) this.#store();
    const from = Math.max(0, start);
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.byteLength) - from));
    if (this.#file === null) this.#copyHeld(bytes, from);
    else this.#readStored(this.#file, bytes, from);
    return bytes.buffer;
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    this.#held = [];
  }

  #copyHeld(bytes: Uint8Array, from: number): void {
    let at = -from;
    for (const chunk of this.#held) {
      const wanted = chunk.subarray(Math.max(0, -at), Math.max(0, bytes.length - at));
      bytes.set(wanted, Math.max(0, at));
      at += chunk.length;
      if (at >= bytes.length) break;
    }
  }

  #readStored(file: number, bytes: Uint8Array, from: number): void {
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(file, bytes, at, bytes.length - at, from + at);
      if (count === 0) throw new Error('the temporary file ends too early');
      at += count;
    }
  }

  #store(): void {
    try {
      this.#file ??= openNameless();
      for (const chunk of this.#held) {
        for (let at = 0; at < chunk.length; ) at += writeSync(this.#file, chunk, at);
        this.#storedBytes += chunk.length;
      }
    } catch (error) {
      throw this.#noRoom(error as Error);
    }
    this.#held = [];
    this.#heldBytes = 0;
  }

  #tooLarge = (): UserError =>
    new UserError('too-large', `${showUri(this.#uri)} begins like a Parquet file, of more than 4 GiB.`, {
      hint: 'wfa reads Parquet files up to that size. Divide it; or is it one at all?',
    });

  #noRoom = (error: Error): UserError =>
    new UserError('unreadable', `Cannot read ${showUri(this.#uri)}: there is no room for it in ${tmpdir()}.`, {
      hint: `Its rows can only be read when all of it is there. Set TMPDIR to a folder with room.\nThe system says: ${error.message}`,
      cause: error,
    });
}

/** Opens a file that nobody else finds, and that is gone with the process. */
function openNameless(): number {
  const path = join(tmpdir(), `wfa-${randomBytes(8).toString('hex')}.parquet`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}
