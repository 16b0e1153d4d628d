import { inputFormats, recognizeRuns } from '../../src/engine/engine-records.ts';
import type { TaskMap } from '../../src/engines/index.ts';
import { decodeRecords, decodeText, takeRecords } from '../../src/formats/index.ts';
import { type Issue, wordIssue } from '../../src/model/issue.ts';
import type { Run } from '../../src/model/run.ts';

/** Reads a text as any command does. */
export async function readText(text: string, table: TaskMap | null = null, uri = 'dir/input.txt') {
  const runs: Run[] = [];
  const issues: Issue[] = [];
  const bytes = async function* () {
    yield Buffer.from(text);
  };
  for await (const batch of decodeRecords(bytes(), uri, inputFormats(table, null))) {
    takeRecords(batch, uri, (record) => {
      const decoded = 'text' in record ? decodeText(record.text, record.position) : record;
      if ('issue' in decoded) return issues.push(decoded.issue);
      const line = 'line' in decoded ? decoded.line : 1;
      const found = recognizeRuns(decoded.json, { uri, line }, 'label') ?? [];
      for (const own of found) {
        const read = 'issue' in own ? own : own.read();
        if ('issue' in read) issues.push(read.issue);
        else runs.push(read.run);
      }
      return null;
    });
  }
  return { runs, issues: issues.map(wordIssue) };
}
