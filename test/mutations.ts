import fc from 'fast-check';
import { type Json, readSample } from './sample-records.ts';

/** Real records and what can be changed in them. */

/** Real records of both engine versions, cut down to few nodes and tasks but with every kind of field that occurs. */
function smallRecords(): Json[] {
  const records = [...readSample('older'), ...readSample('newer')];
  const kinds: ((record: Json) => boolean)[] = [
    (record) => record['plan'] === null,
    (record) => record['submission'] === null,
    (record) => JSON.stringify(record).includes('"TaskDup","dupped"') || JSON.stringify(record).includes('"dupped"'),
    (record) => JSON.stringify(record).includes('"preloaded"'),
    (record) => JSON.stringify(record).includes('"absolute_trigger_timestamp_s"'),
    (record) => JSON.stringify(record).includes('"gb_seconds"'),
    (record) => JSON.stringify(record['plan']).includes('"percentile"'),
    (record) => JSON.stringify(record['dag']).includes('"original_download_time_ms"'),
  ];
  return kinds.flatMap((kind) => records.filter(kind).slice(0, 1)).map(cutDown);
}

/** At most three entries of every list and map, those with the most in them. */
function cutDown(node: unknown): never {
  const weigh = (part: unknown) => JSON.stringify(part).length;
  if (Array.isArray(node)) {
    const kept = [...node].sort((a, b) => weigh(b) - weigh(a)).slice(0, 3);
    return kept.map(cutDown) as never;
  }
  if (typeof node !== 'object' || node === null) return node as never;
  const entries = Object.entries(node);
  const isMap = entries.length > 3 && entries.every(([key]) => /[+-]/.test(key));
  return Object.fromEntries(
    (isMap ? entries.slice(0, 3) : entries).map(([key, part]) => [key, cutDown(part)]),
  ) as never;
}

/** Of a place in a record. */
type Path = (string | number)[];

/** Every place in a record. */
export function placesOf(node: unknown, path: Path = []): Path[] {
  if (typeof node !== 'object' || node === null) return [path];
  const keys = Array.isArray(node) ? node.keys() : Object.keys(node);
  return [path, ...[...keys].flatMap((key) => placesOf((node as Json)[key], [...path, key]))];
}

export const REPLACEMENTS: readonly unknown[] = [
  null,
  undefined,
  '12.5',
  '',
  'warm',
  'average',
  'PreLoad',
  'PreWarm',
  'Unknown',
  0,
  -1,
  100.5,
  1e308,
  Number.POSITIVE_INFINITY,
  true,
  [],
  [[]],
  [null],
  ['a', 1],
  {},
  [{}],
  { a: 1 },
  { percentile: 50 },
  { percentile: 101 },
  { percentile: '90' },
  { run_time_seconds: 1, gb_seconds: 2 },
  { run_time_seconds: 1, memory_bytes: 2 },
  { run_time_seconds: 1, gb_seconds: '2', memory_bytes: 2 },
  { run_time_seconds: 1, gb_seconds: 2, memory_bytes: 'x' },
  { type: 'PreLoad' },
  { type: 'TaskDup', dupped: 'a' },
  JSON.parse('{"__proto__": {"a": 1}}'),
  JSON.parse('{"__proto__": null}'),
  JSON.parse('{"toString": 1, "constructor": {"serialized_size_bytes": 1, "time_ms": null}}'),
];

type Mutation = { readonly place: number; readonly kind: 'replace' | 'delete' | 'add'; readonly by: number };

/** Changes a copy of the record in one place. */
export function mutate(record: Json, { place, kind, by }: Mutation): Json {
  const copy = structuredClone(record);
  const places = placesOf(copy);
  const path = places[place % places.length] as Path;
  const replacement = structuredClone(REPLACEMENTS[by % REPLACEMENTS.length]);
  const last = path.at(-1);
  if (last === undefined) return kind === 'replace' ? (replacement as Json) : copy;
  const parent = path.slice(0, -1).reduce<Json>((node, key) => node[key] as Json, copy);
  if (kind === 'replace') parent[last] = replacement;
  else if (kind === 'delete') Reflect.deleteProperty(parent, last);
  else {
    const key = ['extra', '__proto__', 'gb_seconds', 'memory_bytes', 'a+b'][by % 5] as string;
    Object.defineProperty(parent, key, { value: replacement, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

export const anyMutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom('replace' as const, 'replace' as const, 'delete' as const, 'add' as const),
  by: fc.nat(),
});

export const RECORDS = smallRecords();
