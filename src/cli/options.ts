import { availableParallelism } from 'node:os';
import type { DataSpec } from '../engine/inputs.ts';
import { UserError } from '../errors.ts';
import { CHART_ENDINGS, OUTPUT_ENDINGS } from '../render/index.ts';
import { isLocalPath, type SourceSettings } from '../sources/index.ts';
import { showUri } from '../sources/show-uri.ts';
import type { CommonFlags } from './common-flags.ts';

/** These functions read the flags that every analysis shares. */

/** Reads `--data`, else `WFA_DATA`; `UserError` when neither names anything. */
export async function parseData(
  given: readonly string[] | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<DataSpec[]> {
  const specs = given ?? (await splitNames(env['WFA_DATA'] ?? ''));
  if (specs.length === 0) {
    throw new UserError('no-data', 'No data named.', {
      hint: [
        'Name them with --data FILE (a file, a directory, a glob, s3://BUCKET/KEY, https://HOST/PATH, redis://HOST, - for standard input) or in WFA_DATA.',
        'To try wfa on the bundled runs: --data sample:',
      ],
    });
  }
  return Promise.all(specs.map(parseDataSpec));
}

/** Splits names at spaces and commas outside quotation marks, unless something is called so as a whole. */
async function splitNames(text: string): Promise<string[]> {
  if (text.trim() === '') return [];
  if (await isLocalPath(text.trim())) return [text.trim()];
  const names = text.match(/(?:"[^"]*"|'[^']*'|[^\s,"'])+/g) ?? [];
  return names.map((name) => name.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}

/** Splits `label=uri`, unless something is called so as a whole, as Hive's partitions are: `workflow=gemm`. */
async function parseDataSpec(spec: string): Promise<DataSpec> {
  const [, label, uri] = /^([A-Za-z0-9_.-]+)=(.+)$/s.exec(spec) ?? [];
  const isLabelled = label !== undefined && uri !== undefined && !(await isLocalPath(spec));
  return isLabelled ? { label, uri } : { label: showUri(spec), uri: spec };
}

/** Reads how places are reached; `UserError` for an endpoint that is no URL. */
export function parseSourceSettings(
  flags: Pick<CommonFlags, 's3Endpoint' | 's3PathStyle' | 'signRequest' | 'requestPayer'>,
): SourceSettings {
  const endpoint = flags.s3Endpoint;
  if (endpoint !== undefined && !(/^https?:/.test(endpoint) && URL.canParse(endpoint))) {
    throw new UserError('bad-option', `--s3-endpoint '${showUri(endpoint)}' is no http or https URL`, {
      hint: 'Give it as in --s3-endpoint http://localhost:9000',
    });
  }
  const { s3PathStyle: pathStyle, signRequest, requestPayer } = flags;
  return { s3: { endpoint, pathStyle, unsigned: signRequest === false, requesterPays: requestPayer !== undefined } };
}

/** Reads `--output`; `null`: standard output. `UserError` when it names nothing. */
export function parseOutput(text: string | undefined): string | null {
  if (text === '') throw new UserError('bad-option', "--output '' names no file");
  return text === undefined || text === '-' ? null : text;
}

/** Endings of formats that no report is written in, and what to do instead. */
const REFUSED_ENDINGS: Readonly<Record<string, string>> = {
  '.parquet': 'wfa convert DATA -o FILE.parquet writes runs or tasks; a report goes into FILE.csv.',
  '.gz': 'Only records and facts are packed (wfa convert, wfa extract); pipe a report: -f csv | gzip > FILE.csv.gz',
  '.zst': 'Only records and facts are packed (wfa convert, wfa extract); pipe a report: -f csv | zstd > FILE.csv.zst',
  '.xlsx': 'Spreadsheets open FILE.csv.',
  '.xls': 'Spreadsheets open FILE.csv.',
  '.tsv': 'Give FILE.csv.',
  '.yaml': 'Give FILE.json.',
  '.yml': 'Give FILE.json.',
  '.xml': 'Give FILE.json.',
  '.html':
    'wfa report -o FILE.html writes a page of everything; else give FILE.md for tables, or FILE.svg for a chart.',
  '.eps': 'Give FILE.svg.',
  '.docx': 'Give FILE.md: pandoc FILE.md -o FILE.docx',
  '.doc': 'Give FILE.md: pandoc FILE.md -o FILE.docx',
  '.gif': 'Give FILE.png.',
  '.webp': 'Give FILE.png.',
  '.jpg': 'Give FILE.png.',
  '.jpeg': 'Give FILE.png.',
};

/** The format that an output's name asks for: `table` where it asks for nothing. `UserError` for one that is not written. */
export function outputFormat(path: string | null): string {
  if (path === null) return 'table';
  const endsWith = (ending: string) => path.toLowerCase().endsWith(ending);
  const ending = Object.keys(OUTPUT_ENDINGS).find(endsWith);
  if (ending !== undefined) return OUTPUT_ENDINGS[ending] as string;
  const refused = Object.keys(REFUSED_ENDINGS).find(endsWith);
  if (refused === undefined) return 'table';
  throw new UserError('bad-option', `--output '${path}': wfa writes no ${refused.slice(1)} of this`, {
    hint: [REFUSED_ENDINGS[refused] as string, 'Whatever the name: --format says what is written.'],
  });
}

/** The format that a chart file's name asks for. */
export function chartFormat(path: string): string {
  const ending = Object.keys(CHART_ENDINGS).find((candidate) => path.toLowerCase().endsWith(candidate));
  if (ending) return CHART_ENDINGS[ending] as string;
  throw new UserError('bad-option', `--chart '${path}': its ending says no chart format`, {
    hint: `The endings are ${Object.keys(CHART_ENDINGS).join(', ')}.`,
  });
}

const PIXELS_PER: Readonly<Record<string, number>> = { px: 1, mm: 96 / 25.4, cm: 96 / 2.54, in: 96, pt: 96 / 72 };
const [SMALLEST_PIXELS, LARGEST_PIXELS] = [200, 10_000];
const LARGEST_SCALE = 10;
const DEFAULT_SCALE = 2;
const DEFAULT_SEED = 1;

/** Columns of a terminal at least, as `terminalColumns` has it: tables are not made for fewer. */
const FEWEST_COLUMNS = 40;

/** Reads the flags that are numbers. */
export function parseNumbers(flags: CommonFlags) {
  return {
    width: parseLength(flags.width, '--width'),
    height: parseLength(flags.height, '--height'),
    scale: parseScale(flags.scale),
    seed: parseSeed(flags.seed),
    top: parseCount('--top', flags.top, [1, Number.MAX_SAFE_INTEGER]),
    columns: parseCount('--columns', flags.columns, [FEWEST_COLUMNS, 10_000]),
  };
}

/** `85mm`, `6in`, `640px` or `640` → CSS pixels. */
function parseLength(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  const [, digits, unit = 'px'] = /^(\d+(?:\.\d+)?)\s*(px|mm|cm|in|pt)?$/.exec(text) ?? [];
  const pixels = Number(digits) * (PIXELS_PER[unit] ?? Number.NaN);
  if (pixels >= SMALLEST_PIXELS && pixels <= LARGEST_PIXELS) return pixels;
  throw new UserError('bad-option', `${option} '${text}' is no usable length`, {
    hint: `Give pixels or a length such as 85mm, 18cm or 7in, between ${SMALLEST_PIXELS} and ${LARGEST_PIXELS} pixels (96 to the inch).`,
  });
}

/** Reads a whole number between bounds; `null` without one. */
export function parseCount(
  option: string,
  text: string | undefined,
  [least, most]: readonly [number, number],
): number | null {
  if (text === undefined) return null;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= least && count <= most) return count;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `${least} up` : `${least} to ${most}`;
  throw new UserError('bad-option', `${option} '${text}' is no whole number from ${bounds}`);
}

function parseScale(text: string | undefined): number {
  const scale = text === undefined ? DEFAULT_SCALE : Number(text);
  if (scale > 0 && scale <= LARGEST_SCALE) return scale;
  throw new UserError('bad-option', `--scale '${text}' is no number above 0 and up to ${LARGEST_SCALE}`);
}

function parseSeed(text: string | undefined): number {
  const seed = text === undefined ? DEFAULT_SEED : Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0 && text !== '') return seed;
  throw new UserError('bad-option', `--seed '${text}' is no whole number from 0 up`);
}

const MOST_THREADS = 256;

/** As many as the machine has cores for, unless said otherwise. */
export function parseThreads(text: string | undefined): number {
  const threads = text === undefined ? availableParallelism() : Number(text);
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return threads;
  throw new UserError('bad-option', `--threads '${text}' is no whole number from 1 to ${MOST_THREADS}`);
}
