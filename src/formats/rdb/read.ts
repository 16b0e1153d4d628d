import { UserError } from '../../errors.ts';
import { Crc64 } from './crc64.ts';
import { type RdbEvent, type RdbRequest, type RdbStep, readSnapshot, type StoredString } from './layout.ts';
import { unpackLzf } from './lzf.ts';

/**
 * Reads an RDB snapshot (Redis 5 to 13, Valkey 80; from 9 on every type of value is passed over that is no string) as its bytes arrive.
 * Holds no more than one string. Expired keys are read like others: the snapshot is of its own time.
 */
export class RdbReader {
  readonly #uri: string;
  readonly #steps: RdbStep;
  readonly #checksum = new Crc64();
  #request: RdbRequest;
  /** Bytes that have arrived: those at hand from `#at` on, and the chunks after them. */
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #later: Buffer[] = [];
  #laterLength = 0;
  #ended = false;

  /** `wanted`: whether the string under a key is to be read; others are passed over without holding them. */
  constructor(uri: string, wanted: (key: string) => boolean) {
    this.#uri = uri;
    const fail = (problem: string) => damaged(uri, problem);
    this.#steps = readSnapshot({ wanted, fail, unpack: (stored) => unpackString(stored, fail) });
    this.#request = this.#steps.next().value as RdbRequest;
  }

  /** Yields the events that the bytes complete. Their strings may share memory with the chunk. `UserError` when it is damaged. */
  *push(chunk: Uint8Array): Generator<RdbEvent> {
    this.#later.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#laterLength += chunk.length;
    while (!this.#ended && this.#isReady()) yield* this.#step();
    if (this.#ended) this.#finish();
  }

  /** Checks that the snapshot has ended with its input. */
  end(): void {
    if (!this.#ended || this.#remaining() < CHECKSUM_BYTES) {
      throw new UserError(
        'cut-short',
        `Cannot read ${this.#uri}: the Redis snapshot ends too early: the file was cut.`,
        {
          hint: 'Copy it again, or save a new snapshot with redis-cli --rdb FILE.',
        },
      );
    }
    if (!WHOLE_MARK.test(this.#behind())) throw this.#goesOn();
  }

  /** Takes what stands behind the checksum, as far as it can matter. */
  #behind(): string {
    const rest = Buffer.concat([this.#buffer.subarray(this.#at), ...this.#later]);
    return rest.toString('latin1', CHECKSUM_BYTES, CHECKSUM_BYTES + LONGEST_MARK + 1);
  }

  #goesOn = (): UserError =>
    new UserError('not-run-records', `${this.#uri} goes on after the end of its Redis snapshot.`, {
      hint: 'An append-only file begins like a snapshot. Save a real one with redis-cli --rdb FILE.',
    });

  #remaining = (): number => this.#buffer.length - this.#at + this.#laterLength;

  /** Passes over as many bytes as are at hand and requested; returns whether the request can be met. */
  #isReady(): boolean {
    if ('take' in this.#request) return this.#remaining() >= this.#request.take;
    const skipped = Math.min(this.#request.skip, this.#remaining());
    this.#take(skipped);
    this.#request = { skip: this.#request.skip - skipped };
    return this.#request.skip === 0;
  }

  *#step(): Generator<RdbEvent> {
    let next = this.#steps.next('take' in this.#request ? this.#take(this.#request.take) : NOTHING);
    while (!next.done && 'kind' in next.value) {
      if (next.value.kind === 'end') this.#ended = true;
      else yield next.value;
      next = this.#steps.next(NOTHING);
    }
    if (!next.done) this.#request = next.value as RdbRequest;
  }

  #take(length: number): Buffer {
    if (this.#buffer.length - this.#at < length) {
      this.#buffer = Buffer.concat([this.#buffer.subarray(this.#at), ...this.#later]);
      this.#at = 0;
      this.#later = [];
      this.#laterLength = 0;
    }
    const taken = this.#buffer.subarray(this.#at, this.#at + length);
    this.#at += length;
    this.#checksum.update(taken);
    return taken;
  }

  /** Takes the checksum. Only the mark by which a transfer ends may follow, as in what `redis-cli --rdb -` writes. */
  #finish(): void {
    if (this.#remaining() < CHECKSUM_BYTES) return;
    if (!END_MARK.test(this.#behind())) throw this.#goesOn();
    const rest = Buffer.concat([this.#buffer.subarray(this.#at), ...this.#later]);
    const expected = rest.readBigUInt64LE();
    // 0: the server was told to write none.
    if (expected !== 0n && expected !== this.#checksum.digest()) {
      throw damaged(this.#uri, 'its checksum does not fit what it holds');
    }
  }
}

/** Forty hexadecimal digits, or the first of them, and the ends of lines around them. */
const END_MARK = /^[\r\n]{0,4}[0-9a-fA-F]{0,40}[\r\n]{0,4}$/;
const WHOLE_MARK = /^[\r\n]{0,4}([0-9a-fA-F]{40}[\r\n]{0,4})?$/;
const LONGEST_MARK = 48;
const CHECKSUM_BYTES = 8;
const NOTHING = Buffer.alloc(0);

function damaged(uri: string, problem: string): UserError {
  return new UserError('damaged-dump', `Cannot read ${uri}: it is a Redis snapshot, but ${problem}.`, {
    hint: 'Copy it again, or save a new snapshot with redis-cli --rdb FILE; or read the server itself: redis://HOST',
  });
}

/** Unpacks a stored string; throws `fail` when its packed bytes are damaged. */
export function unpackString({ bytes, plainLength }: StoredString, fail: (problem: string) => Error): Buffer {
  if (plainLength === null) return bytes;
  const plain = unpackLzf(bytes, plainLength);
  if (plain) return plain;
  throw fail('a packed string in it does not unpack');
}
