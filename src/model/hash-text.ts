/** Hashes of 64 bits in two halves, which are not cryptographic: they tell names and structures apart. */

/** A hash in two halves of 32 bits. */
export interface HashBits {
  readonly high: number;
  readonly low: number;
}

/** Hashes a text by two multiplicative hashes with different odd constants. */
export function hashBits(text: string): HashBits {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  return { high: mix(high ^ (low >>> 13)), low: mix(low ^ (high >>> 16)) };
}

/** The finalizer of MurmurHash3 (Appleby): every bit of the input changes half of the output's. */
export function mix(bits: number): number {
  const first = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}

/** Writes a hash as 16 hexadecimal digits. */
export const wordBits = ({ high, low }: HashBits): string =>
  (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');

/** Hashes a text to 16 hexadecimal digits. */
export const hashText = (text: string): string => wordBits(hashBits(text));
