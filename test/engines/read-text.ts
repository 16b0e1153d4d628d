import { recognizeRuns } from '../../src/engine/engine-records.ts';
import { inputFormats } from '../../src/engine/input-formats.ts';
import type { TaskMap } from '../../src/engines/index.ts';
import { decodeRecords, decodeText, type RawRecord, takeRecords } from '../../src/formats/index.ts';
import type { ReadRun } from '../../src/model/engine-records.ts';
import { type Issue, wordIssue } from '../../src/model/issue.ts';
import type { Run } from '../../src/model/run.ts';

/** Reads a text as any command does. */
export const readText = (text: string, table: TaskMap | null = null, uri = 'dir/input.txt') =>
  readBytes(Buffer.from(text), table, uri);

/** Reads bytes as any command does. */
export async function readBytes(content: Uint8Array, table: TaskMap | null = null, uri = 'dir/input.txt') {
  const runs: Run[] = [];
  const issues: Issue[] = [];
  const bytes = async function* () {
    yield content;
  };
  const sort = (read: ReadRun) => ('issue' in read ? issues.push(read.issue) : runs.push(read.run));
  for await (const batch of decodeRecords(bytes(), uri, inputFormats(table, null))) {
    takeRecords(batch, uri, (record) => {
      for (const read of readRecord(record, uri)) sort(read);
    });
  }
  return { runs, issues: issues.map(wordIssue) };
}

function readRecord(record: RawRecord, uri: string): readonly ReadRun[] {
  const decoded = 'text' in record ? decodeText(record.text, record.position) : record;
  if ('issue' in decoded) return [decoded];
  const found = recognizeRuns(decoded.json, { uri, line: 'line' in record ? record.line : 1 }, 'label') ?? [];
  return found.map((own) => ('issue' in own ? own : own.read()));
}
