// wfa workers on a large invocation log against a bare loop of csv-parse over the same file and DuckDB grouping it, each once:
// node test/bench/generate-invocations.mjs big.csv && npm run build && node test/bench/invocation-log.mjs big.csv CSV_PARSE
// CSV_PARSE: a folder in which `npm install csv-parse` has been run; it is no dependency of the project.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [file, parser] = process.argv.slice(2).map((path) => resolve(path));
if (parser === undefined) throw new Error('Give the log and a folder with csv-parse in it.');
const bin = fileURLToPath(new URL('../../bin/wfa.js', import.meta.url));
const map =
  'start=start_ms,ready=ready_ms,end=end_ms,cold=is_cold,pool=function,memory=memory_mb,container=container_id,id=request_id';
const csvParse = pathToFileURL(`${parser}/node_modules/csv-parse/lib/index.js`).href;

const PROGRAMS = {
  'bare csv-parse': `import { createReadStream } from 'node:fs'; import { parse } from ${JSON.stringify(csvParse)};
    const parser = createReadStream(${JSON.stringify(file)}).pipe(parse());
    await new Promise((done) => parser.on('readable', () => { while (parser.read() !== null); }).on('end', done));`,
  'DuckDB, grouped': `import { DuckDBInstance } from '@duckdb/node-api';
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.runAndReadAll(\`SELECT "function", count(*), count(DISTINCT container_id), sum(end_ms - start_ms)
      FROM read_csv('${file}') GROUP BY "function"\`);`,
  'wfa, table': ask('table'),
  'wfa, JSON': ask('json'),
};

function ask(format) {
  const args = ['workers', '-d', file, '--map', map, '--time-unit', 'ms', '--format', format];
  return `process.argv.splice(1, 1, ${JSON.stringify(bin)}, ...${JSON.stringify(args)}); await import(${JSON.stringify(pathToFileURL(bin).href)});`;
}

const REPORT = "process.on('exit', () => console.error(JSON.stringify(process.resourceUsage())));";
let bareS = null;
for (const [name, program] of Object.entries(PROGRAMS)) {
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', `${REPORT} ${program}`, 'x'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(stderr.trim().split('\n').at(-1));
  const cpuS = (userCPUTime + systemCPUTime) / 1e6;
  bareS ??= cpuS;
  const figures = [`${cpuS.toFixed(1)} s of CPU time`, `${(cpuS / bareS).toFixed(2)} of the bare loop`];
  process.stdout.write(`${name.padEnd(16)} ${figures.join(', ')}, ${(maxRSS / 1024).toFixed(0)} MiB\n`);
}
