import { type RunConstants, withConstants, writeRunRecord } from '../engines/index.ts';
import { UserError } from '../errors.ts';
import { type Batch, decodeText, type Format, type RawRecord, takeRecords, wordInput } from '../formats/index.ts';
import type { Run } from '../model/run.ts';
import { recognizeRuns } from './engine-records.ts';

/** Formats whose runs are as if their files also said what is constant. The measured engine's own records say it themselves. */

/** Makes the format of one whose runs these constants are said of. */
export function withConstantRuns(format: Format, constants: RunConstants): Format {
  const { detect, binary } = format;
  const convert = (batch: Batch, uri: string) => convertBatch(batch, uri, constants);
  return {
    detect,
    ...(binary ? { binary } : {}),
    decode: async function* (bytes, uri) {
      if ('decode' in format) {
        for await (const batch of format.decode(bytes, uri)) yield convert(batch, uri);
        return;
      }
      const decoder = format.createDecoder(uri);
      for await (const chunk of bytes) for (const batch of decoder.push(chunk)) yield convert(batch, uri);
      for await (const batch of decoder.end()) yield convert(batch, uri);
    },
  };
}

function convertBatch(batch: Batch, uri: string, constants: RunConstants): Batch {
  const records: RawRecord[] = [];
  const lineCount = takeRecords(batch, uri, (record) => records.push(...convertRecord(record, uri, constants)));
  return { records, lineCount };
}

function convertRecord(record: RawRecord, uri: string, constants: RunConstants): readonly RawRecord[] {
  if ('issue' in record) return [record];
  const line = 'json' in record ? record.line : record.position.line;
  const decoded = 'json' in record ? record : decodeText(record.text, record.position);
  if ('issue' in decoded) return [decoded];
  const found = recognizeRuns(decoded.json, { uri, line }, uri);
  if (found === undefined) return [{ line, json: decoded.json }];
  return found.map((own): RawRecord => {
    const read = 'issue' in own ? own : own.read();
    if ('issue' in read) return read;
    if ('isNative' in own && own.isNative) throw saysItself(uri);
    return {
      line,
      json: writeRunRecord(
        withConstants(withRepair(read.run, 'isRepaired' in decoded && decoded.isRepaired === true), constants),
      ),
    };
  });
}

const withRepair = (run: Run, isRepaired: boolean): Run =>
  isRepaired ? { ...run, remarks: [...(run.remarks ?? []), 'numbers-not-finite'] } : run;

const saysItself = (uri: string): UserError =>
  new UserError(
    'bad-option',
    `--map has constants only, and the records of ${wordInput(uri)} name their planner, workflow and SLA`,
    {
      hint: 'Constants are for files of other engines, which do not. To tell inputs apart: -d a=FILE -d b=FILE, and source=a, source=b as arms.',
    },
  );
