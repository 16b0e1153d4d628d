import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SchemaVersion } from '../../src/analyses/analysis.ts';
import { ANALYSES } from '../../src/analyses/list.ts';
import type { JsonSchema, ResultSchema } from '../../src/analyses/result-schema.ts';
import { REPORT_VERSION } from '../../src/render/report.ts';
import { ROOT } from '../spawn-wfa.ts';
import { isRaised, judgeChange, refuseChange } from './schema-change.ts';
import { type Described, openTypes } from './schema-of-type.ts';

/**
 * The committed schemas are those of the types; `UPDATE_SCHEMAS=1` writes them anew, but never with changed keys under the same
 * version.
 */

const UPDATE = process.env['UPDATE_SCHEMAS'] === '1';
const REPORT_FILE = 'src/render/report.ts';
const LOG_FILE = 'src/analyses/workers/log/analyze.ts';
const fileOf = (name: string) => `src/analyses/${name}/analyze.ts`;
const types = openTypes([...ANALYSES.map(({ name }) => fileOf(name)), LOG_FILE, REPORT_FILE]);

/** Both results of `wfa workers` stand in one schema. */
function describeResult(name: string): Described {
  const own = types.describeOutcome(fileOf(name));
  if (name !== 'workers') return own;
  const log = types.describeOutcome(LOG_FILE);
  const { $defs: runDefs, ...ofRuns } = own.schema;
  const { $defs: logDefs, ...ofLog } = log.schema;
  const $defs = { ...runDefs, ...logDefs, WorkersResult: ofRuns, LogResult: ofLog };
  const anyOf = ['WorkersResult', 'LogResult'].map((def) => ({ $ref: `#/$defs/${def}` }));
  return { schema: { anyOf, $defs }, lacking: [...own.lacking, ...log.lacking] };
}

function checkCommitted(name: string, path: string, version: SchemaVersion, { schema, lacking }: Described): void {
  expect(lacking, `${name}: keys without words, or numbers without unit`).toEqual([]);
  const file = join(ROOT, path);
  const now: ResultSchema = { schemaVersion: version, schema };
  if (UPDATE) {
    const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ResultSchema) : now;
    expect(refuseChange(before, now, name)).toBeNull();
    writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
  }
  const committed = JSON.parse(readFileSync(file, 'utf8')) as ResultSchema;
  expect(refuseChange(committed, now, name)).toBeNull();
  expect(now, `${name}: UPDATE_SCHEMAS=1 writes the schema anew`).toEqual(committed);
}

describe('the committed schema is that of the type, with words and units for every key', () => {
  test.each(ANALYSES)('$name', async ({ name, load, rows }) => {
    const { schemaVersion } = await load();
    if (rows) expect((await rows.load()).schemaVersion).toBe(schemaVersion);
    checkCommitted(name, `src/analyses/${name}/result.schema.json`, schemaVersion, describeResult(name));
  });

  test('report', () => {
    checkCommitted(
      'report',
      'src/render/report.schema.json',
      REPORT_VERSION,
      types.describeExport(REPORT_FILE, 'Report'),
    );
  });
});

describe('a change of keys asks for a version', () => {
  const schema = (properties: Record<string, JsonSchema>): JsonSchema => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  });
  const makespan: JsonSchema = { type: 'number', unit: 'ms', description: 'from submission to result' };
  const verdict: JsonSchema = { enum: ['certain', 'hint'] };
  const before = schema({ makespan, verdict });

  test.each<[string, JsonSchema, string]>([
    ['nothing', before, 'none'],
    [
      'other words',
      schema({ makespan: { ...makespan, description: 'from submission until the result' }, verdict }),
      'patch',
    ],
    ['a key more', schema({ makespan, verdict, runCount: { type: 'number', unit: 'count' } }), 'minor'],
    ['a word more', schema({ makespan, verdict: { enum: ['certain', 'hint', 'none'] } }), 'minor'],
    ['a word less', schema({ makespan, verdict: { enum: ['certain'] } }), 'major'],
    ['a key less', schema({ makespan }), 'major'],
    ['another name', schema({ makespanMs: makespan, verdict }), 'major'],
    ['another type', schema({ makespan: { ...makespan, type: ['number', 'null'] }, verdict }), 'major'],
    ['another unit', schema({ makespan: { ...makespan, unit: 's' }, verdict }), 'major'],
    ['a key that may be absent', { ...before, required: ['makespan'] }, 'major'],
    ['through a reference', { $ref: '#/$defs/All', $defs: { All: before } }, 'patch'],
  ])('%s', (_, after, raise) => {
    expect(judgeChange(before, after)).toBe(raise);
    const message = refuseChange(
      { schemaVersion: '1.2.3', schema: before },
      { schemaVersion: '1.2.3', schema: after },
      'x',
    );
    expect(message === null).toBe(raise === 'none');
  });

  test.each<[string, string, 'patch' | 'minor' | 'major', boolean]>([
    ['1.2.3', '2.0.0', 'major', true],
    ['1.2.3', '1.3.0', 'major', false],
    ['1.2.3', '1.3.0', 'minor', true],
    ['1.2.3', '2.0.0', 'minor', true],
    ['1.2.3', '1.2.4', 'minor', false],
    ['1.2.3', '1.2.2', 'patch', false],
    ['1.2.3', '1.2.3', 'patch', false],
  ])('%s → %s for %s', (from, to, raise, raised) => {
    expect(isRaised(from, to, raise)).toBe(raised);
  });
});
