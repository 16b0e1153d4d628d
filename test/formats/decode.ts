import { type DecodedRecord, parseRecords } from '../../src/formats/index.ts';

async function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    if (cut > from && cut < bytes.length) {
      yield bytes.subarray(from, cut);
      from = cut;
    }
  }
  yield bytes.subarray(from);
}

/** All records of the bytes, which arrive in pieces cut at these offsets. */
export async function decodeAll(bytes: Uint8Array, cuts: readonly number[] = []): Promise<DecodedRecord[]> {
  const records: DecodedRecord[] = [];
  for await (const batch of parseRecords(chunksOf(bytes, cuts), 'input')) records.push(...batch);
  return records;
}
