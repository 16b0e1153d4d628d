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

type Collected = Omit<LedgerEntry, 'count' | 'origins'> & { readonly origins: Origin[] };

/** Collects reasons; entries come out in the order in which the reasons first occurred. */
export class Ledger {
  readonly #collected: Collected[] = [];
  /** Most often the reason is that of the last time. */
  #recent: Collected | null = null;

  add(reason: string, scope: LedgerEntry['scope'], origin: Origin, metric: string | null = null): void {
    const isMeant = (entry: Collected) => entry.reason === reason && entry.metric === metric && entry.scope === scope;
    if (this.#recent === null || !isMeant(this.#recent)) {
      this.#recent = this.#collected.find(isMeant) ?? null;
      if (this.#recent === null) {
        this.#recent = { reason, scope, metric, origins: [] };
        this.#collected.push(this.#recent);
      }
    }
    this.#recent.origins.push(origin);
  }

  entries(): LedgerEntry[] {
    return this.#collected.map(({ origins, ...entry }) => ({
      ...entry,
      count: origins.length,
      origins: origins.map(wordOrigin),
    }));
  }
}
