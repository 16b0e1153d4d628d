import { decodeRecords, decodeText, type RawRecord, splitLines } from '../../src/formats/index.ts';
import type { Issue } from '../../src/model/issue.ts';
import { recordFormats } from '../../src/octoflows/index.ts';

type Decoded = { readonly line: number; readonly json: unknown } | { readonly issue: Issue };

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
export async function decodeAll(bytes: Uint8Array, cuts: readonly number[] = []): Promise<Decoded[]> {
  const records: Decoded[] = [];
  let lineCount = 0;
  for await (const batch of decodeRecords(chunksOf(bytes, cuts), 'input', recordFormats())) {
    if ('records' in batch) records.push(...batch.records.map((record) => decode(record, 0)));
    else {
      const before = lineCount;
      lineCount += splitLines(batch, 'input', (record) => records.push(decode(record, before)));
    }
  }
  return records;
}

function decode(record: RawRecord, lineCount: number): Decoded {
  if (!('text' in record)) return record;
  const position = { ...record.position, line: record.position.line + lineCount };
  const decoded = decodeText(record.text, position);
  return 'issue' in decoded ? decoded : { line: position.line, ...decoded };
}
