import { parseInstantMs } from '../../containers/invocation-row.ts';
import { BadCell, readName } from '../cells.ts';

/** Cells of traces, which are written for people (`4h 12m 10s`, `1.4 GB`) or raw (ms, bytes). `null`: `-`, or nothing. */

const WHOLE = /^-?\d+(\.\d+)?$/;

/** Reads an instant: ms since 1970, or a date without a zone, which is taken for UTC. */
export function readInstant(cell: unknown, column: string): number | null {
  const text = readName(cell, column);
  if (text === null) return null;
  const atMs = parseInstantMs(text, WHOLE.test(text) ? 'ms' : 'iso');
  if (atMs === null) throw new BadCell(column, 'an instant: 2026-01-31 12:00:00.000, or ms since 1970', cell);
  return atMs;
}

const MS_PER: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const SPAN = /^(\d+(\.\d+)?\s*(d|h|m|s|ms)\s*)+$/;

/** Reads a duration in ms. */
export function readSpan(cell: unknown, column: string): number | null {
  const text = readName(cell, column);
  if (text === null) return null;
  if (WHOLE.test(text) && Number(text) >= 0) return Number(text);
  if (!SPAN.test(text)) throw new BadCell(column, 'a duration: 4h 12m 10s, 3.7s, or a number of ms', cell);
  // Thousandths are added up: 3.7 s are 3700 ms to the last bit.
  return [...text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[dhms])/g)].reduce(
    (sum, [, digits, unit]) => sum + Math.round(Number(digits) * (MS_PER[unit as string] as number)),
    0,
  );
}

/** Nextflow's units are of 1024. */
const MB_PER: Readonly<Record<string, number>> = { '': 2 ** -20, K: 2 ** -10, M: 1, G: 1024, T: 1024 ** 2 };

/** Reads an amount of memory in MB of 2^20 bytes. */
export function readAmount(cell: unknown, column: string): number | null {
  const text = readName(cell, column);
  if (text === null) return null;
  const [, digits, prefix] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)B?$/i.exec(text) ?? [];
  if (digits === undefined) throw new BadCell(column, 'an amount of memory: 1.4 GB, or a number of bytes', cell);
  return Number(digits) * (MB_PER[(prefix ?? '').toUpperCase()] as number);
}
