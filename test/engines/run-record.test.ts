import { describe, expect, test } from 'vitest';
import { runRecords, writeRunRecord } from '../../src/engines/index.ts';
import type { Run } from '../../src/model/run.ts';
import { sampleRuns } from '../sample-records.ts';

const readBack = (run: Run) =>
  runRecords.readRun(JSON.parse(JSON.stringify(writeRunRecord(run))), run.origin, run.sourceLabel);

describe("wfa's own run record", () => {
  test('gives every bundled run back as it was written', () => {
    for (const run of sampleRuns()) expect(readBack(run)).toEqual({ run });
  });
});
