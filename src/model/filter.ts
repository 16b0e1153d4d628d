import { UserError } from '../errors.ts';
import { groupBy } from './group-by.ts';
import { matchName } from './names.ts';
import type { RunFacts } from './run-facts.ts';
import {
  type Census,
  type Clause,
  clauseHolds,
  fitsAsked,
  NORMALIZERS,
  parseClauses,
  type RunKey,
  runKeyOf,
} from './select.ts';

/** The user asked for these runs: clauses of one key are alternatives, keys and times narrow each other. */
export interface Filter {
  readonly clauses: readonly Clause[];
  /** Inclusive, epoch ms; `null`: open. */
  readonly sinceAtMs: number | null;
  /** Exclusive, epoch ms. */
  readonly untilAtMs: number | null;
}

/** The flags as given, all repeatable but the times. */
export interface FilterFlags {
  readonly workflow?: readonly string[];
  readonly planner?: readonly string[];
  readonly sla?: readonly string[];
  readonly where?: readonly string[];
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Reads the filter flags; `UserError` when one cannot be read. */
export function parseFilter(flags: FilterFlags): Filter {
  const plain = (key: RunKey, values: readonly string[] = []) =>
    values.map((asked): Clause => ({ key, asked, negated: false }));
  return {
    clauses: [
      ...plain('workflow', flags.workflow),
      ...plain('planner', flags.planner),
      ...plain('sla', flags.sla),
      ...(flags.where ?? []).flatMap((text) => parseClauses(text, '--where')),
    ],
    sinceAtMs: parseInstant(flags.since, '--since'),
    untilAtMs: parseInstant(flags.until, '--until'),
  };
}

const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** Epoch times by their digits before the point, all from 2001 to 2286: as `date +%s` and `date +%s%3N` write them. */
const EPOCH = /^(?:(\d{10}(?:\.\d+)?)|(\d{13}(?:\.\d+)?))$/;

/** Reads ISO 8601, UTC unless it says otherwise, or epoch seconds or milliseconds. */
export function parseInstant(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  const [, seconds, milliseconds] = EPOCH.exec(text) ?? [];
  if (seconds !== undefined) return Number(seconds) * 1000;
  if (milliseconds !== undefined) return Number(milliseconds);
  const zoned = /T/.test(text) && !/(Z|[+-]\d\d:?\d\d)$/.test(text) ? `${text}Z` : text;
  const atMs = ISO_8601.test(text) && isDay(text.slice(0, 10)) ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(atMs)) {
    throw new UserError('bad-option', `${option} '${text}' is no date`, {
      hint: `Give ISO 8601 such as 2026-11-20 or 2026-11-20T18:00:00Z (UTC unless it says otherwise), or epoch time: ten digits are seconds, thirteen milliseconds.`,
    });
  }
  return atMs;
}

/** Date.parse takes 30 February for 2 March. */
function isDay(day: string): boolean {
  const atMs = Date.parse(day);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(day);
}

/**
 * Tells of a single run whether the filter may let it through: which of the names that fit are meant, only all data tell. A run without
 * submission time is outside every time range.
 */
export const prepareFilter = (filter: Filter): ((run: RunFacts) => boolean) =>
  combine(filter, (clause, run) =>
    clause.negated ? runKeyOf(run, clause.key) !== clause.asked : clauseHolds(clause, run),
  );

/**
 * Tells whether the filter lets a run through. A clause means the name that equals it to the letter where the data have one, else those
 * that fit. `has`: whether the data have the name.
 */
export const settleFilter = (
  filter: Filter,
  has: (key: RunKey, name: string) => boolean,
): ((run: RunFacts) => boolean) => {
  const isExact = new Set(filter.clauses.filter(({ key, asked }) => has(key, asked)));
  return combine(filter, (clause, run) =>
    isExact.has(clause) ? (runKeyOf(run, clause.key) === clause.asked) !== clause.negated : clauseHolds(clause, run),
  );
};

function combine(
  { sinceAtMs, untilAtMs, clauses }: Filter,
  holds: (clause: Clause, run: RunFacts) => boolean,
): (run: RunFacts) => boolean {
  const unwanted = clauses.filter(({ negated }) => negated);
  const wanted = groupBy(
    clauses.filter(({ negated }) => !negated),
    ({ key }) => key,
  );
  return (run) => {
    if (sinceAtMs !== null && !(run.submittedAtMs !== null && run.submittedAtMs >= sinceAtMs)) return false;
    if (untilAtMs !== null && !(run.submittedAtMs !== null && run.submittedAtMs < untilAtMs)) return false;
    return (
      wanted.every((group) => group.some((clause) => holds(clause, run))) &&
      unwanted.every((clause) => holds(clause, run))
    );
  };
}

/** `UserError` when a clause asked for a name that the data do not have, or that two names in the data fit. */
export function checkFilterNames(filter: Filter, census: Census): void {
  for (const clause of filter.clauses) if (clause.key !== 'run') checkClauseName(clause, census);
}

function checkClauseName({ key, asked }: Clause, census: Census): void {
  const names = census.names(key);
  const fitting = names.includes(asked) ? [asked] : names.filter((name) => fitsAsked(key, asked, name));
  if (fitting.length > 1 && key !== 'structure') {
    throw new UserError('bad-option', `${key} '${asked}' fits ${fitting.join(' and ')}`, {
      hint: 'Give the full name.',
    });
  }
  if (fitting.length === 0) {
    const match = matchName(asked, names, NORMALIZERS[key]);
    const nearest = 'nearest' in match && match.nearest !== null ? `Did you mean ${match.nearest}? ` : '';
    const other = census.wordOtherKey(key, asked);
    throw new UserError('no-runs-left', `No run has ${key} '${asked}'.`, {
      hint: `${other || nearest}The data have: ${census.words(key) || 'no run'}.`,
    });
  }
}

/** The filter in words for a report's head: `workflow=gemm, since 2026-11-20T00:00:00.000Z`; empty when nothing is filtered. */
export function wordFilter(filter: Filter): string[] {
  const instant = (atMs: number) => new Date(atMs).toISOString();
  return [
    ...filter.clauses.map(({ key, asked, negated }) => `${key}${negated ? '!=' : '='}${asked}`),
    ...(filter.sinceAtMs === null ? [] : [`since ${instant(filter.sinceAtMs)}`]),
    ...(filter.untilAtMs === null ? [] : [`until ${instant(filter.untilAtMs)}`]),
  ];
}
