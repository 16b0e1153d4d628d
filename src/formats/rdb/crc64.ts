/**
 * Computes CRC-64 as Redis does over its snapshots: Jones' polynomial 0xad93d23594c935a9, reflected, no initial and final value. In
 * two halves of 32 bits, because BigInt arithmetic is fifty times slower.
 */
export class Crc64 {
  #low = 0;
  #high = 0;

  update(bytes: Uint8Array): void {
    let [low, high] = [this.#low, this.#high];
    for (let i = 0; i < bytes.length; i++) {
      const index = (low ^ (bytes[i] as number)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (TABLE.low[index] as number);
      high = (high >>> 8) ^ (TABLE.high[index] as number);
    }
    this.#low = low;
    this.#high = high;
  }

  digest(): bigint {
    return (BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0);
  }
}

/** Polynomial 0xad93d23594c935a9 with its bits in reverse order. */
const POLYNOMIAL = 0x95ac9329ac4bc9b5n;

const TABLE = tabulate();

function tabulate() {
  const low = new Int32Array(256);
  const high = new Int32Array(256);
  for (let i = 0; i < 256; i++) {
    let crc = BigInt(i);
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n;
    low[i] = Number(BigInt.asIntN(32, crc));
    high[i] = Number(BigInt.asIntN(32, crc >> 32n));
  }
  return { low, high };
}
