import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { headingWords } from '../../src/analyses/headings.ts';
import { unitOfKey, wordsOfKey } from '../../src/analyses/keys.ts';
import { ANALYSES } from '../../src/analyses/list.ts';
import type { ResultSchema } from '../../src/analyses/result-schema.ts';
import { shortenPlanners } from '../../src/model/names.ts';
import { describeRun } from '../../src/model/run-facts.ts';
import { sampleRuns } from '../sample-records.ts';
import { type Walked, walkAnalyses } from './walk.ts';

/** All tables, records and results of all commands, against the words that explain them. */

let walked: readonly Walked[] = [];
beforeAll(async () => {
  walked = await walkAnalyses();
}, 120_000);

describe.each(ANALYSES)('$name', ({ name, schema }) => {
  const own = () => walked.filter((one) => one.name === name);

  test('every heading is explained', () => {
    const columns = own().flatMap(({ view }) => view.tables.flatMap((table) => table.columns));
    expect(columns.filter(({ header, key }) => headingWords(name, header, key) === undefined)).toEqual([]);
  });

  test('every column for programs is explained, and its numbers have a unit', () => {
    const lacking = own().flatMap(({ view: { records } }) =>
      records.columns.filter((column) => {
        const isNumber = [...records.rows].some((row) => typeof row[column] === 'number');
        return wordsOfKey(column) === undefined || (isNumber && unitOfKey(column) === undefined);
      }),
    );
    expect([...new Set(lacking)]).toEqual([]);
  });

  test('interval columns say whose they are', () => {
    const columns = new Set(own().flatMap(({ view }) => view.records.columns));
    expect([...columns].filter((column) => column === 'ciLow' || column === 'ciHigh')).toEqual([]);
  });

  test('the result is what the schema says, and a key more is refused', async () => {
    const committed = ((await schema()) as { default: unknown }).default as ResultSchema;
    const validator = z.fromJSONSchema(committed.schema as Parameters<typeof z.fromJSONSchema>[0]);
    for (const { title, outcome } of own()) {
      const { error } = validator.safeParse(outcome.result);
      expect(error?.issues.slice(0, 3) ?? [], title).toEqual([]);
      expect(validator.safeParse({ ...(outcome.result as object), unknownKey: 1 }).success).toBe(false);
    }
  });

  test("programs get the record's own planner names", () => {
    const planners = [...new Set(sampleRuns().map((run) => describeRun(run).traits.planner))];
    const shorten = shortenPlanners(planners.map((planner) => ({ planner })));
    const short = new Set(planners.map(shorten).filter((text) => !planners.includes(text)));
    expect(short.size).toBeGreaterThan(2);
    for (const { title, outcome, view } of own()) {
      expect(findShort(outcome.result, short), title).toEqual([]);
      expect(findShort(view.records.rows, short), title).toEqual([]);
    }
  });
});

/** Keys for people, in which names are short. */
const FOR_PEOPLE = /label$|^headlines?$|^answers$|^verdict$|^claim$/i;

/** Paths to texts that are a short name, or a selection by one. */
function findShort(node: unknown, short: ReadonlySet<string>, path = ''): string[] {
  if (typeof node === 'string') {
    const names = node.split(/[=,+]|!=| or /);
    return names.some((text) => short.has(text.trim())) ? [`${path}: ${node}`] : [];
  }
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, part]) =>
    FOR_PEOPLE.test(key) ? [] : findShort(part, short, `${path}.${key}`),
  );
}
