import type { Batch, DecodedRecord, Format } from '../formats/record.ts';
import { decodeRows } from '../formats/rows.ts';
import { splitHead } from '../formats/split-head.ts';
import type { ReadRun, RunLayout } from '../model/engine-records.ts';
import type { Issue } from '../model/issue.ts';
import { writeRunRecord } from './run-record/index.ts';

/** Makes a format of a layout of rows: wfa's own run records are decoded from a table, one for each run. */
export const rowsFormat = (layout: RunLayout): Format => ({
  detect: (head) => layout.looksLike(splitHead(head)),
  decode: (bytes, uri) => decodeLayout(bytes, uri, layout),
});

async function* decodeLayout(bytes: AsyncIterable<Uint8Array>, uri: string, layout: RunLayout): AsyncGenerator<Batch> {
  const { columns, optionalColumns } = layout;
  const assembler = layout.createAssembler(uri);
  for await (const rows of decodeRows(bytes, uri, [...columns, ...optionalColumns], optionalColumns)) {
    const issues: Issue[] = [];
    for (const row of rows) {
      const issue = 'issue' in row ? row.issue : assembler.take(row.cells, row.line);
      if (issue !== null) issues.push(issue);
    }
    if (issues.length > 0) yield toBatch(issues.map((issue) => ({ issue })));
  }
  yield toBatch(assembler.finish().map(toRecord));
}

/** Lines are counted from the beginning of the input: there is nothing to add to them. */
const toBatch = (records: readonly DecodedRecord[]): Batch => ({ records, lineCount: 0 });

/** Writes a run that was read as a record, which knows its label when it is read. */
const toRecord = (read: ReadRun): DecodedRecord =>
  'issue' in read ? read : { line: read.run.origin.line, json: writeRunRecord(read.run) };
