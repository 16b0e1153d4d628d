/** Fewest bytes that have to come within the longest silence: a server that drips would hold a reader for ever. */
const LEAST_BYTES = 1024;

/** Watches what comes of a server; time in which nobody waits for it does not count. */
export class PaceWatch {
  readonly #longestMs: number;
  #waitingSinceMs: number;
  #waitedMs = 0;
  #receivedBytes = 0;

  constructor(longestMs: number) {
    this.#longestMs = longestMs;
    this.#waitingSinceMs = performance.now();
  }

  /** Begins to wait, with or without what was waited for before. */
  wait(): void {
    this.#waitingSinceMs = performance.now();
  }

  /** Forgets what came so far: what was asked for has come, and something else is waited for. */
  restart(): void {
    [this.#waitedMs, this.#receivedBytes] = [0, 0];
    this.wait();
  }

  /** Notes bytes; an error of the code ETIMEDOUT when they are too few for the time that was waited. */
  receive(byteLength: number): void {
    this.#waitedMs += performance.now() - this.#waitingSinceMs;
    this.#receivedBytes += byteLength;
    if (this.#receivedBytes >= LEAST_BYTES) this.restart();
    else if (this.#waitedMs > this.#longestMs) throw timedOut();
    this.wait();
  }
}

/** Hands on a body's chunks; an error of the code ETIMEDOUT when less than a kilobyte comes within `longestMs`. */
export async function* watchPace(body: AsyncIterable<Buffer>, longestMs: number): AsyncGenerator<Buffer> {
  const watch = new PaceWatch(longestMs);
  for await (const chunk of body) {
    watch.receive(chunk.length);
    yield chunk;
    watch.wait();
  }
}

/** Creates the error of a server that does not answer in time, with Node's code for it. */
export const timedOut = (): Error => Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' });
