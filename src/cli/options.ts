import { availableParallelism } from 'node:os';
import type { DataSpec } from '../engine/inputs.ts';
import { UserError } from '../errors.ts';
import { CHART_ENDINGS } from '../render/index.ts';
import type { SourceSettings } from '../sources/index.ts';
import { showUri } from '../sources/show-uri.ts';
import type { CommonFlags } from './common-flags.ts';

/** How the texts of the flags that every analysis shares are read. */

/** `--data` as given, else `WFA_DATA` split at spaces and commas; `UserError` when neither names anything. */
export function parseData(
  given: readonly string[] | undefined,
  env: Readonly<Record<string, string | undefined>>,
): DataSpec[] {
  const specs = given ?? (env['WFA_DATA'] ?? '').split(/[\s,]+/).filter((part) => part !== '');
  if (specs.length === 0) {
    throw new UserError('no-data', 'No data named.', {
      hint: 'Name them with --data FILE (a file, a directory, a glob, s3://BUCKET/KEY, https://HOST/PATH, redis://HOST, - for standard input) or in WFA_DATA.\nTo try wfa on the bundled runs: --data sample:',
    });
  }
  return specs.map((spec) => {
    const [, label, uri] = /^([A-Za-z0-9_.-]+)=(.+)$/.exec(spec) ?? [];
    return label && uri ? { label, uri } : { label: showUri(spec), uri: spec };
  });
}

/** How places are reached, from the flags; `UserError` for an endpoint that is no URL. */
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

/** Reads the flags that are numbers. */
export function parseNumbers(flags: CommonFlags) {
  return {
    width: parseLength(flags.width, '--width'),
    height: parseLength(flags.height, '--height'),
    scale: parseScale(flags.scale),
    seed: parseSeed(flags.seed),
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
