import packageJson from '../../package.json' with { type: 'json' };
import type { AnyAnalysis, AnyRowAnalysis, Outcome, RawOptions } from '../analyses/analysis.ts';
import type { Loaded } from '../engine/collect.ts';
import { type Issue, wordIssue } from '../model/issue.ts';
import type { Report } from '../render/index.ts';
import { REPORT_VERSION } from '../render/report.ts';

/** Everything around an outcome that its report holds. */
export interface Circumstances {
  readonly raw: RawOptions;
  readonly filters: readonly string[];
  readonly seed: number;
  readonly judged: Report['gates'];
}

/** Puts an outcome together with what it was made from. */
export function composeReport(
  name: string,
  { schemaVersion }: Pick<AnyAnalysis | AnyRowAnalysis, 'schemaVersion'>,
  loaded: Loaded<unknown>,
  outcome: Outcome,
  { raw, filters, seed, judged }: Circumstances,
): Report {
  return {
    analysis: name,
    schemaVersion,
    reportVersion: REPORT_VERSION,
    wfaVersion: packageJson.version,
    inputs: loaded.inputs,
    skippedInputs: loaded.skipped.map(({ uri }) => uri),
    filters,
    filteredRunCount: loaded.filteredRunCount,
    options: { arguments: raw.arguments, ...raw.options },
    seed,
    runCount: loaded.runCount,
    ledger: [...loaded.ledger.entries(), ...outcome.ledger],
    issues: loaded.issues.map((issue: Issue) => ({ ...issue, message: wordIssue(issue) })),
    warnings: outcome.warnings,
    gates: judged,
    result: outcome.result,
  };
}
