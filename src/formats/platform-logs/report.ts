import type { PlatformRow } from './platform-row.ts';

/** Reads a REPORT line of AWS Lambda, with whatever stands before it: an instant, the name of the log stream. */

const REPORT = 'REPORT RequestId:';
const FIELDS =
  /(RequestId|Billed Restore Duration|Billed Duration|Init Duration|Restore Duration|Duration|Memory Size|Max Memory Used):\s*(\S+)(?:[ ](ms|s|KB|MB|GB)\b)?/g;
const INSTANT = /(?:^|[\s",])(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)(?=[\s",]|$)/;
const EPOCH_MS = /^"?(\d{13})"?[\s,]/;
const STREAM = /\d{4}\/\d\d\/\d\d\/(\S*?)\[[^\]\s]+\][^\s",]+/;

/** Tells whether a text holds a REPORT line of AWS Lambda. */
export const isReport = (text: string): boolean => text.includes(REPORT);

/** `undefined` stands for what the line lacks; a unit stays beside its number. */
export function readReport(line: string): PlatformRow {
  const at = line.indexOf(REPORT);
  const prefix = line.slice(0, at);
  const fields = new Map<string, string>();
  for (const [, name, value, unit] of line.slice(at).matchAll(FIELDS)) {
    fields.set(name as string, withUnit(value as string, unit));
  }
  const stream = STREAM.exec(prefix);
  return {
    end: instantIn(prefix),
    duration: fields.get('Duration'),
    init: fields.get('Init Duration') ?? fields.get('Restore Duration'),
    billed: fields.get('Billed Duration'),
    memory: fields.get('Memory Size'),
    used: fields.get('Max Memory Used'),
    id: fields.get('RequestId'),
    container: stream?.[0],
    pool: stream?.[1] || undefined,
  };
}

/** Durations are plain ms; an amount of memory keeps its unit. */
function withUnit(value: string, unit: string | undefined): string {
  if (unit === undefined || unit === 'ms') return value;
  return unit === 's' ? String(Number(`${value}e3`)) : `${value} ${unit}`;
}

/** In epoch ms; UTC where no zone is named. */
function instantIn(prefix: string): number | undefined {
  const [, epochMs] = EPOCH_MS.exec(prefix) ?? [];
  if (epochMs !== undefined) return Number(epochMs);
  const [, text] = INSTANT.exec(prefix) ?? [];
  return text === undefined ? undefined : parseInstant(text);
}

/** In epoch ms; `undefined`: no instant. */
export function parseInstant(text: string): number | undefined {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
  const atMs = Date.parse(zoned.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(atMs) ? undefined : atMs;
}
