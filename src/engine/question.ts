import { type AnyAnalysis, partsRead, type RawOptions } from '../analyses/analysis.ts';
import { ANALYSES } from '../analyses/list.ts';
import type { Filter } from '../model/filter.ts';
import type { Extraction } from './extract-runs.ts';

/** The question is plain data: the same in every thread, and in the heads of files of facts. */
export interface Question {
  readonly analysis: string;
  readonly raw: RawOptions;
  readonly filter: Filter;
}

/** A question whose analysis is loaded and whose options are read. */
export interface PreparedQuestion {
  readonly analysis: AnyAnalysis;
  readonly options: unknown;
  readonly extraction: Extraction<unknown>;
}

/** Names the options on which no fact depends: what they say comes in when facts are analyzed. */
export const listLaterOptions = (analysis: string): string[] =>
  (ANALYSES.find(({ name }) => name === analysis)?.options ?? [])
    .filter(({ leavesFacts }) => leavesFacts)
    .map(({ flags }) => flags.replace(/^--| .*$/g, ''));

/** Loads the analysis and reads its options; `UserError` when one of them cannot be used. */
export async function prepareQuestion({ analysis: name, raw, filter }: Question): Promise<PreparedQuestion> {
  const definition = ANALYSES.find((candidate) => candidate.name === name);
  if (!definition) throw new Error(`no analysis is called ${name}`);
  const analysis = await definition.load();
  const options = analysis.parseOptions(raw);
  return {
    analysis,
    options,
    extraction: {
      filter,
      parts: partsRead(analysis, options),
      extract: (run, facts) => analysis.extract(run, facts, options),
    },
  };
}
