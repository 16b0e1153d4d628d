import type { Origin } from './run.ts';

/** The ledger counts what was left out, and why: nothing is dropped in silence. */

/** One reason with everything that it took out. */
export interface LedgerEntry {
  /** Kebab-case code, with `: ` and a name from the data behind it where that tells more. */
  readonly reason: string;
  /** Says what was left out: a whole record or run, a part of a run's record, or a run's figure for one metric. */
  readonly scope: 'record' | 'run' | 'part' | 'metric';
  /** The metric concerned; `null` when it is the whole run. */
  readonly metric: string | null;
  readonly count: number;
  /** `uri:line` of each, in the order in which they were left out. */
  readonly origins: readonly string[];
}

/** `uri:line`, as in a compiler's message. */
export const wordOrigin = (origin: Origin): string => `${origin.uri}:${origin.line}`;

type Collected = Omit<LedgerEntry, 'count' | 'origins'> & { readonly origins: Origin[] };

/** Collects reasons; entries come out in the order in which the reasons first occurred. */
export class Ledger {
  readonly #collected: Collected[] = [];

  add(reason: string, scope: LedgerEntry['scope'], origin: Origin, metric: string | null = null): void {
    // There are a handful of reasons, and thousands of runs for each.
    const known = this.#collected.find(
      (entry) => entry.reason === reason && entry.metric === metric && entry.scope === scope,
    );
    if (known) known.origins.push(origin);
    else this.#collected.push({ reason, scope, metric, origins: [origin] });
  }

  entries(): LedgerEntry[] {
    return this.#collected.map(({ origins, ...entry }) => ({
      ...entry,
      count: origins.length,
      origins: origins.map(wordOrigin),
    }));
  }
}
