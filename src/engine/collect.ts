import { extent } from 'd3-array';
import { UserError } from '../errors.ts';
import { wordInput } from '../formats/index.ts';
import { checkFilterNames, type Filter, settleFilter } from '../model/filter.ts';
import { type Issue, wordIssue } from '../model/issue.ts';
import { Ledger } from '../model/ledger.ts';
import type { RunFacts } from '../model/run-facts.ts';
import { Census } from '../model/select.ts';
import type { ReportInput } from '../render/index.ts';
import type { FactsEvent } from './extract-runs.ts';
import type { DataSpec, Skipped } from './inputs.ts';

/** All that was read, ready to be analyzed. */
export interface Loaded<Facts> {
  readonly facts: readonly Facts[];
  readonly inputs: readonly ReportInput[];
  readonly issues: readonly Issue[];
  readonly ledger: Ledger;
  /** Runs read, before the filters. */
  readonly runCount: number;
  readonly filteredRunCount: number;
  readonly skipped: readonly Skipped[];
}

/** All runs that were read. */
export interface LoadedRuns<Facts> extends Loaded<Facts> {
  /** The data as they were named, without passwords; of facts: those that they were extracted from. */
  readonly data: readonly DataSpec[];
}

/** Merges what was read, from wherever, in the order in which it comes: the second run of an id is left out. */
export class FactsCollector<Facts> {
  readonly #facts: Facts[] = [];
  readonly #data: DataSpec[] = [];
  readonly #inputs: ReportInput[] = [];
  readonly #issues: Issue[] = [];
  readonly #ledger = new Ledger();
  readonly #runIds = new Set<string>();
  readonly #runs: RunFacts[] = [];
  /** The runs of the facts, in the same order. */
  readonly #kept: RunFacts[] = [];
  readonly #skipped: Skipped[] = [];
  #runCount = 0;

  take(event: FactsEvent<Facts>): void {
    if ('run' in event) this.#takeRun(event.run, event.facts);
    else if ('issue' in event) {
      this.#issues.push(event.issue);
      this.#ledger.add(event.issue.code, 'record', event.issue.origin);
    } else if ('input' in event) this.#inputs.push(event.input);
    else if ('data' in event) this.#data.push(...event.data);
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
    if (facts === null) return;
    this.#facts.push(facts);
    this.#kept.push(run);
  }

  /** `UserError` when there is nothing to analyze. */
  finish(filter: Filter, uris: readonly string[]): LoadedRuns<Facts> {
    if (this.#runCount === 0) throw noRuns(this.#issues, uris);
    const facts = filter.clauses.length > 0 ? this.#settle(filter) : this.#facts;
    if (facts.length === 0) throw this.#nothingLeft();
    return {
      facts,
      data: this.#data,
      inputs: this.#inputs,
      issues: this.#issues,
      ledger: this.#ledger,
      runCount: this.#runCount,
      filteredRunCount: this.#runs.length - facts.length,
      skipped: this.#skipped,
    };
  }

  /** Leaves out the facts of runs that fit the filter while others have its names to the letter. */
  #settle(filter: Filter): readonly Facts[] {
    const census = new Census(this.#runs);
    checkFilterNames(filter, census);
    const isLetThrough = settleFilter(filter, (key, name) =>
      key === 'run' ? this.#runIds.has(name) : census.names(key).includes(name),
    );
    return this.#facts.filter((_, i) => isLetThrough(this.#kept[i] as RunFacts));
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
      hint: ['The data have:', ...lines],
    });
  }
}

function noRuns(issues: readonly Issue[], uris: readonly string[]): UserError {
  return new UserError('no-runs', `No run could be read from ${uris.map(wordInput).join(', ')}.`, {
    hint: issues[0] ? `The first of ${issues.length} problems: ${wordIssue(issues[0])}` : undefined,
  });
}
