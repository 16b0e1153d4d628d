import { readdirSync, existsSync, writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { openTypes } from './schema-of-type.ts';
test('probe', { timeout: 600000 }, () => {
  const files = readdirSync('src/analyses').map((n) => `src/analyses/${n}/analyze.ts`).filter((f) => existsSync(f));
  files.push('src/analyses/workers/log/analyze.ts');
  const t0 = performance.now();
  const types = openTypes([...files, 'src/render/report.ts']);
  const lines: string[] = [];
  for (const f of files) { const d = types.describeOutcome(f); lines.push(f, ...d.lacking.map((l) => `  ${l}`)); writeFileSync(`/tmp/schema-${f.replaceAll('/', '_')}.json`, JSON.stringify(d.schema, null, 1)); }
  const d = types.describeExport('src/render/report.ts', 'Report'); lines.push('report', ...d.lacking.map((l) => `  ${l}`));
  lines.push(`${performance.now() - t0} ms`);
  writeFileSync('/tmp/lacking.txt', lines.join('\n'));
});
