import { type Json, readSample } from '../sample-records.ts';

/** Names that mean something to HTML, to scripts, to Vega, to XML or to a terminal. */
const NAMES = [
  '<script>globalThis.pwned = 1</script>',
  '</script><script>globalThis.pwned = 2</script>',
  ']]><img src=x onerror="globalThis.pwned = 3">',
  '"><svg onload=alert(1)>',
  "'] + globalThis.alert(1) + ['",
  'a\u2028b\u2029c\u202ed',
  'ge\u0003mm\u0000\ufffe\ud800',
  '</style><base href=https://example.com/>',
  'x'.repeat(1_000_000),
  '$& {{7*7}}',
];

/** The bundled runs of two planners, with other names: of workflows, planners, functions and runs. */
export function hostileRecords(): string {
  const records = readSample('newer').slice(0, 40);
  return records.map((record, i) => `${JSON.stringify(rename(record, i))}\n`).join('');
}

function rename(record: Json, place: number): Json {
  const text = JSON.stringify(record);
  const name = (i: number) => JSON.stringify(NAMES[i % NAMES.length]).slice(1, -1);
  return JSON.parse(
    text
      .replaceAll('NonUniformPlanner', () => name(0))
      .replaceAll('UniformPlanner', () => name(1))
      .replaceAll('"gemm', () => `"${name(2)}`)
      .replaceAll('multiply_chunks', () => name(5))
      .replaceAll('"text_analysis', () => `"${name(place % 2 === 0 ? 6 : 8)}`)
      .replaceAll('aggregate_results', () => name(3 + (place % 2))),
  ) as Json;
}
