import { createParquetFormat } from '../formats/parquet/read.ts';
import type { Batch, DecodedRecord, Format } from '../formats/record.ts';
import { decodeRows, type RowBatch } from '../formats/rows.ts';
import { splitHead } from '../formats/split-head.ts';
import type { ReadRun, RunAssembler, RunLayout } from '../model/engine-records.ts';
import type { Issue } from '../model/issue.ts';
import { writeRunRecord } from './run-record/index.ts';

/** Makes a format of a layout of rows: wfa's own run records are decoded from a table, one for each run. */
export const rowsFormat = (layout: RunLayout): Format => ({
  detect: (head) => layout.looksLike(splitHead(head)),
  decode: (bytes, uri) => decodeLayout(bytes, uri, layout),
});

/** Makes the format of Parquet tables whose rows have this layout. */
export const parquetRowsFormat = (layout: RunLayout): Format =>
  createParquetFormat({
    columns: layout.columns,
    read: (rows, uri) => assembleRows(rows, layout.createAssembler(uri)),
  });

async function* decodeLayout(bytes: AsyncIterable<Uint8Array>, uri: string, layout: RunLayout): AsyncGenerator<Batch> {
  const { columns, optionalColumns } = layout;
  const rows = decodeRows(bytes, uri, [...columns, ...optionalColumns], optionalColumns);
  yield* assembleRows(rows, layout.createAssembler(uri));
}

async function* assembleRows(batches: AsyncIterable<RowBatch>, assembler: RunAssembler): AsyncGenerator<Batch> {
  for await (const rows of batches) {
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
