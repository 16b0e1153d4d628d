import type { FactsEvent, ReducedExtraction } from './extract-runs.ts';

/**
 * Counts runs, and reduces the facts of all of them as soon as there are more than so many: there may be gigabytes of facts that no
 * question asks for then. A run that comes twice counts once.
 */
export class FactsLimiter<Facts> {
  readonly #reduced: ReducedExtraction<Facts>;
  readonly #runIds = new Set<string>();
  #whole: Facts[] = [];

  constructor(reduced: ReducedExtraction<Facts>) {
    this.#reduced = reduced;
  }

  /** Is true when there are more runs than whole facts are wanted of. */
  get isExceeded(): boolean {
    return this.#runIds.size > this.#reduced.mostRuns;
  }

  take(events: readonly FactsEvent<Facts>[]): void {
    for (const event of events) if ('run' in event && event.facts !== null) this.#takeRun(event.run.runId, event.facts);
  }

  #takeRun(runId: string, facts: Facts): void {
    const { reduce } = this.#reduced;
    if (!this.isExceeded) this.#runIds.add(runId);
    if (!this.isExceeded) {
      this.#whole.push(facts);
      return;
    }
    for (const each of this.#whole) reduce(each);
    this.#whole = [];
    reduce(facts);
  }
}
