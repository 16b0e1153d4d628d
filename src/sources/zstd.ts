import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

/** The fault says why zstd data cannot be unpacked. */
export type ZstdFault = 'cut' | 'damaged' | 'too-large' | 'dictionary';

/** The error is a fault of the packed data, to be worded by whoever knows their name. */
export class ZstdError extends Error {
  readonly fault: ZstdFault;

  constructor(fault: ZstdFault) {
    super(`zstd data: ${fault}`);
    this.name = 'ZstdError';
    this.fault = fault;
  }
}

/** Bytes handed to the decoder at a time, and taken from it at most. */
const STEP_BYTES = 1 << 17;

/**
 * Unpacks zstd frames (RFC 8878) with the reference decoder, zstd 1.5.7 in WebAssembly: any number of frames, skippable ones among
 * them. It verifies checksums, and holds a frame's window and a block: 128 MiB, its own default (`--long=27`); a frame that asks for
 * more is refused, as is one that needs a dictionary. Throws `ZstdError`.
 */
export class ZstdStream {
  readonly #program = loadProgram();
  readonly #context = this.#program.ZSTD_createDCtx();
  /** Addresses of the bytes going in, of those coming out, and of the six words that describe both. */
  readonly #packed = this.#program.malloc(STEP_BYTES);
  readonly #plain = this.#program.malloc(STEP_BYTES);
  readonly #words = this.#program.malloc(6 * 4);
  /** Is true when a frame has begun and not ended. */
  #isWithin = false;

  /** Yields what the bytes complete, in memory of its own. */
  *push(packed: Uint8Array): Generator<Buffer> {
    for (let from = 0; from < packed.length; from += STEP_BYTES) {
      yield* this.#unpack(packed.subarray(from, from + STEP_BYTES));
    }
  }

  /** Checks that the last frame is whole. */
  end(): void {
    if (this.#isWithin) throw new ZstdError('cut');
  }

  /** Gives the memory back. */
  close(): void {
    this.#program.ZSTD_freeDCtx(this.#context);
    for (const address of [this.#packed, this.#plain, this.#words]) this.#program.free(address);
  }

  *#unpack(packed: Uint8Array): Generator<Buffer> {
    new Uint8Array(this.#program.memory.buffer).set(packed, this.#packed);
    let [taken, mayGiveMore] = [0, false];
    while (taken < packed.length || mayGiveMore) {
      const [nowTaken, given] = this.#step(packed.length, taken);
      if (given > 0) yield Buffer.from(new Uint8Array(this.#program.memory.buffer, this.#plain, given));
      taken = nowTaken;
      // At the end of a frame all has been given; to ask once more would be to begin the next one.
      mayGiveMore = given === STEP_BYTES && this.#isWithin;
    }
  }

  /** Calls the decoder once; returns how many bytes it has taken of all at hand, and how many it has given. */
  #step(length: number, taken: number): readonly [taken: number, given: number] {
    const input = this.#words;
    const output = input + 3 * 4;
    this.#view(input).set([this.#packed, length, taken, this.#plain, STEP_BYTES, 0]);
    const hint = this.#program.ZSTD_decompressStream(this.#context, output, input);
    const fault = faultOf(hint);
    if (fault !== null) throw new ZstdError(fault);
    const [, , nowTaken = 0, , , given = 0] = this.#view(input);
    this.#isWithin = hint !== 0;
    return [nowTaken, given];
  }

  /** The memory moves when it grows. */
  #view = (address: number): Uint32Array => new Uint32Array(this.#program.memory.buffer, address, 6);
}

/** Unpacks zstd data that are all there to exactly so many bytes. Throws `ZstdError` when they are others. */
export function unpackZstd(packed: Uint8Array, byteLength: number): Uint8Array {
  const stream = new ZstdStream();
  const plain = new Uint8Array(byteLength);
  let at = 0;
  try {
    for (const chunk of stream.push(packed)) {
      if (chunk.length > byteLength - at) throw new ZstdError('damaged');
      plain.set(chunk, at);
      at += chunk.length;
    }
    stream.end();
  } finally {
    stream.close();
  }
  if (at < byteLength) throw new ZstdError('damaged');
  return plain;
}

/** Error numbers of the decoder (zstd_errors.h) that have words of their own. */
const FAULTS: Readonly<Record<number, ZstdFault>> = { 16: 'too-large', 30: 'dictionary', 32: 'dictionary' };
const MOST_ERROR_NUMBER = 120;

/** Reads the fault from what the decoder returned: the negative of an error's number, or what it would like to have next. */
function faultOf(returned: number): ZstdFault | null {
  return returned < 0 && returned >= -MOST_ERROR_NUMBER ? (FAULTS[-returned] ?? 'damaged') : null;
}

/** The program's exports, by their names in zstd.h; addresses and lengths are numbers. */
interface Program {
  readonly memory: WebAssembly.Memory;
  readonly malloc: (byteLength: number) => number;
  readonly free: (address: number) => void;
  readonly ZSTD_createDCtx: () => number;
  readonly ZSTD_freeDCtx: (context: number) => void;
  readonly ZSTD_decompressStream: (context: number, output: number, input: number) => number;
}

let program: Program | null = null;

/** Loads the program that the build put beside the bundle, once. */
function loadProgram(): Program {
  if (program === null) {
    const module = new WebAssembly.Module(readFileSync(join(packageRoot(), 'dist/zstd.wasm')));
    const { exports } = new WebAssembly.Instance(module, { env: { emscripten_notify_memory_growth: () => {} } });
    program = exports as unknown as Program;
  }
  return program;
}
