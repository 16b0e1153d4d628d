import { extent } from 'd3-array';
import { UserError } from '../errors.ts';
import { wordInput } from '../formats/index.ts';
import { checkFilterNames, type Filter } from '../model/filter.ts';
import { type Issue, wordIssue } from '../model/issue.ts';
import { Ledger } from '../model/ledger.ts';
import type { RunFacts } from '../model/run-facts.ts';
import { Census } from '../model/select.ts';
import type { ReportInput } from '../render/index.ts';
import type { FactsEvent } from './extract-runs.ts';

/** All that was read, ready to be analyzed. */
export interface Loaded<Facts> {
  readonly facts: readonly Facts[];
  readonly inputs: readonly ReportInput[];
  readonly issues: readonly Issue[];
  readonly ledger: Ledger;
  /** Runs read, before the filters. */
  readonly runCount: number;
  readonly filteredRunCount: number;
  /** Files of a directory that hold no run records. */
  readonly skipped: readonly string[];
}

/** Merges what was read, from wherever, in the order in which it comes: the second run of an id is left out. */
export class FactsCollector<Facts> {
  readonly #facts: Facts[] = [];
  readonly #inputs: ReportInput[] = [];
  readonly #issues: Issue[] = [];
  readonly #ledger = new Ledger();
  readonly #runIds = new Set<string>();
  readonly #runs: RunFacts[] = [];
  readonly #skipped: string[] = [];
  #runCount = 0;
  #filteredRunCount = 0;

  take(event: FactsEvent<Facts>): void {
    if ('run' in event) this.#takeRun(event.run, event.facts);
    else if ('issue' in event) {
      this.#issues.push(event.issue);
      this.#ledger.add(event.issue.code, 'record', event.issue.origin);
    } else if ('input' in event) this.#inputs.push(event.input);
    else this.#skipped.push(event.skipped);
  }

  #takeRun(run: RunFacts, facts: Facts | null): void {
    this.#runCount++;
    const knownCount = this.#runIds.size;
    if (this.#runIds.add(run.runId).size === knownCount) {
      this.#ledger.add('duplicate-run-id', 'run', run.origin);
      return;
    }
    this.#runs.push(run);
    for (const remark of run.remarks ?? []) this.#ledger.add(remark, 'part', run.origin);
    if (facts === null) this.#filteredRunCount++;
    else this.#facts.push(facts);
  }

  /** `UserError` when there is nothing to analyze. */
  finish(filter: Filter, uris: readonly string[]): Loaded<Facts> {
    if (this.#runCount === 0) throw noRuns(this.#issues, uris);
    if (filter.clauses.length > 0) checkFilterNames(filter, new Census(this.#runs));
    if (this.#facts.length === 0) throw this.#nothingLeft();
    return {
      facts: this.#facts,
      inputs: this.#inputs,
      issues: this.#issues,
      ledger: this.#ledger,
      runCount: this.#runCount,
      filteredRunCount: this.#filteredRunCount,
      skipped: this.#skipped,
    };
  }

  #nothingLeft(): UserError {
    const census = new Census(this.#runs);
    const [firstAtMs, lastAtMs] = extent(this.#runs, ({ submittedAtMs }) => submittedAtMs);
    const instant = (atMs: number) => new Date(atMs).toISOString();
    const lines = [
      ...(['workflow', 'planner', 'sla'] as const).map((key) => `  ${key}: ${census.words(key)}`),
      ...(firstAtMs === undefined ? [] : [`  submitted: ${instant(firstAtMs)} to ${instant(lastAtMs)}`]),
    ];
    return new UserError('no-runs-left', `The filters leave none of ${this.#runCount} runs.`, {
      hint: `The data have:\n${lines.join('\n')}`,
    });
  }
}

function noRuns(issues: readonly Issue[], uris: readonly string[]): UserError {
  return new UserError('no-runs', `No run could be read from ${uris.map(wordInput).join(', ')}.`, {
    hint: issues[0] ? `The first of ${issues.length} problems: ${wordIssue(issues[0])}` : undefined,
  });
}
