/** Words of 32 bits by which an id is known. */
const WORDS = 3;

/**
 * Ids that have come, known by 95 bits of hash each: 12 bytes for an id of any length. Among ten million ids, two that differ are
 * taken for one with a probability of 10⁻¹⁵.
 */
export class IdSet {
  /** Open addressing; three zeros: nothing there. */
  #words = new Uint32Array(WORDS << 10);
  #count = 0;

  /** Adds an id by its bytes; false: it had come before. */
  add(bytes: Uint8Array, from: number, to: number): boolean {
    let [a, b, c] = [0x9e3779b9, 0x243f6a88, to - from];
    for (let at = from; at < to; at++) {
      const byte = bytes[at] as number;
      a = Math.imul(a ^ byte, 0x85ebca6b);
      a ^= a >>> 13;
      b = Math.imul(b + byte, 0xc2b2ae35);
      b ^= b >>> 16;
      c = Math.imul(c ^ (byte + at - from), 0x27d4eb2f);
      c ^= c >>> 15;
    }
    return this.#insert(mix(a ^ c), mix(b ^ a), mix(c ^ b) | 1);
  }

  addText(text: string): boolean {
    const bytes = Buffer.from(text);
    return this.add(bytes, 0, bytes.length);
  }

  #insert(a: number, b: number, c: number): boolean {
    if (3 * this.#count > (2 * this.#words.length) / WORDS) this.#grow();
    const place = this.#find(a, b, c);
    if (this.#words[place + 2] !== 0) return false;
    this.#words[place] = a;
    this.#words[place + 1] = b;
    this.#words[place + 2] = c;
    this.#count++;
    return true;
  }

  /** Finds the place of these words, or where they belong. */
  #find(a: number, b: number, c: number): number {
    const words = this.#words;
    const capacity = words.length / WORDS;
    for (let place = (a >>> 0) % capacity; ; place = place + 1 === capacity ? 0 : place + 1) {
      const at = WORDS * place;
      if (words[at + 2] === 0) return at;
      if (words[at] === a >>> 0 && words[at + 1] === b >>> 0 && words[at + 2] === c >>> 0) return at;
    }
  }

  #grow(): void {
    const before = this.#words;
    this.#words = new Uint32Array(2 * before.length);
    for (let at = 0; at < before.length; at += WORDS) {
      const [a, b, c] = [before[at], before[at + 1], before[at + 2]] as [number, number, number];
      if (c === 0) continue;
      this.#words.set([a, b, c], this.#find(a, b, c));
    }
  }
}

/** Spreads what differs over all bits (the finalizer of MurmurHash3). */
function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
