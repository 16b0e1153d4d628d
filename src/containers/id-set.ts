/** Words of 32 bits by which an id is known. */
const WORDS = 3;

/**
 * Ids that have come, known by 95 bits of hash each: 12 bytes for an id of any length. Among ten million ids, two that differ are
 * taken for one with a probability of 10⁻¹⁵.
 */
export class IdSet {
  /** Open addressing; three zeros: nothing there. */
  #words = new Int32Array(WORDS << 14);
  #capacity = 1 << 14;
  #count = 0;

  /** Adds an id by its bytes; false: it had come before. */
  add(bytes: Uint8Array, from: number, to: number): boolean {
    // Numbers of 32 bits with a sign: V8 keeps others as objects.
    let a = 0x9e3779b9 | 0;
    let b = 0x243f6a88;
    let c = to - from;
    for (let at = from; at < to; at += 4) {
      const word = wordAt(bytes, at, to);
      a = Math.imul(a ^ word, 0x85ebca6b);
      a ^= a >>> 13;
      b = Math.imul((b + word) | 0, 0xc2b2ae35);
      b ^= b >>> 16;
      c = Math.imul(c ^ word ^ (at - from), 0x27d4eb2f);
      c ^= c >>> 15;
    }
    return this.#insert(mix(a ^ c), mix(b ^ a), mix(c ^ b) | 1);
  }

  addText(text: string): boolean {
    const bytes = Buffer.from(text);
    return this.add(bytes, 0, bytes.length);
  }

  /** Forgets all ids, and gives back their memory: rows will not come any more. */
  forget(): void {
    this.#capacity = 1 << 14;
    this.#words = new Int32Array(WORDS * this.#capacity);
    this.#count = 0;
  }

  #insert(a: number, b: number, c: number): boolean {
    if (3 * this.#count > 2 * this.#capacity) this.#grow();
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
    const mask = this.#capacity - 1;
    for (let place = a & mask; ; place = (place + 1) & mask) {
      const at = WORDS * place;
      if (words[at + 2] === 0 || (words[at] === a && words[at + 1] === b && words[at + 2] === c)) return at;
    }
  }

  #grow(): void {
    const before = this.#words;
    this.#words = new Int32Array(2 * before.length);
    this.#capacity *= 2;
    for (let at = 0; at < before.length; at += WORDS) {
      const c = before[at + 2] as number;
      if (c === 0) continue;
      const place = this.#find(before[at] as number, before[at + 1] as number, c);
      for (let word = 0; word < WORDS; word++) this.#words[place + word] = before[at + word] as number;
    }
  }
}

/** Reads four bytes as a number; those behind the end are 0. */
function wordAt(bytes: Uint8Array, at: number, to: number): number {
  let word = bytes[at] as number;
  if (at + 1 < to) word |= (bytes[at + 1] as number) << 8;
  if (at + 2 < to) word |= (bytes[at + 2] as number) << 16;
  if (at + 3 < to) word |= (bytes[at + 3] as number) << 24;
  return word;
}

/** Spreads what differs over all bits (the finalizer of MurmurHash3). */
function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
