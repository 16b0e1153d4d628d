import type { Origin } from './run.ts';

/** What was left out, and why: nothing is dropped in silence. */

/** One reason with everything that it took out. */
export interface LedgerEntry {
  /** Kebab-case code, with `: ` and a name from the data behind it where that tells more. */
  readonly reason: string;
  /** What was left out: a whole record or run, or a run's figure for one metric. */
  readonly scope: 'record' | 'run' | 'metric';
  /** The metric concerned; `null` when it is the whole run. */
  readonly metric: string | null;
  readonly count: number;
  /** `uri:line` of each, in reading order. */
  readonly origins: readonly string[];
}

/** `uri:line`, as in a compiler's message. */
export const wordOrigin = (origin: Origin): string => `${origin.uri}:${origin.line}`;

/** Collects reasons; entries come out in the order in which the reasons first occurred. */
export class Ledger {
  readonly #origins = new Map<string, { entry: Omit<LedgerEntry, 'count' | 'origins'>; origins: string[] }>();

  add(reason: string, scope: LedgerEntry['scope'], origin: Origin, metric: string | null = null): void {
    const key = `${scope} ${metric} ${reason}`;
    const known = this.#origins.get(key);
    if (known) known.origins.push(wordOrigin(origin));
    else this.#origins.set(key, { entry: { reason, scope, metric }, origins: [wordOrigin(origin)] });
  }

  entries(): LedgerEntry[] {
    return [...this.#origins.values()].map(({ entry, origins }) => ({ ...entry, count: origins.length, origins }));
  }
}
