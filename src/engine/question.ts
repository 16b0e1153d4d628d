import { type AnyAnalysis, partsRead, type RawOptions } from '../analyses/analysis.ts';
import { ANALYSES } from '../analyses/list.ts';
import { CONFIGURED_PRICES } from '../analyses/prices-option.ts';
import type { Filter } from '../model/filter.ts';
import type { RunFacts } from '../model/run-facts.ts';
import type { Extraction } from './extract-runs.ts';

/** A question is asked of one analysis, with its options as they were given. */
export interface Asked {
  readonly analysis: string;
  readonly raw: RawOptions;
  /** Is true when it is not asked of more runs than the `mostRuns` of the question that it is part of. */
  readonly isLimited?: boolean;
}

/** The question is plain data: the same in every thread, and in the heads of files of facts. */
export interface Question extends Asked {
  readonly filter: Filter;
  /** Several questions that one pass over the data answers; `analysis` names them together. Left out where there is only one. */
  readonly joint?: readonly Asked[];
  /** Runs at most of which the limited ones among them are asked; left out: none of them is limited. */
  readonly mostRuns?: number;
}

/**
 * The facts of one run for several questions, each by the name of its analysis. Their own `run` is `null`: it stands here once. Limited
 * questions have none where there are more runs than they are asked of.
 */
export interface JointFacts {
  readonly run: RunFacts;
  readonly of: Record<string, { run: RunFacts | null }>;
}

/** A question whose analysis is loaded and whose options are read. */
export interface PreparedQuestion {
  readonly analysis: AnyAnalysis;
  readonly options: unknown;
  readonly extraction: Extraction<unknown>;
}

/** Names the options on which no fact depends: what they say comes in when facts are analyzed. */
export const listLaterOptions = (analysis: string): string[] => [
  CONFIGURED_PRICES,
  ...(ANALYSES.find(({ name }) => name === analysis)?.options ?? [])
    .filter(({ leavesFacts }) => leavesFacts)
    .map(({ flags }) => flags.replace(/^--| .*$/g, '')),
];

/** The question without those that are asked of some number of runs only; `null`: there are none such. */
export function reduceQuestion({ mostRuns, joint = [], ...question }: Question): Question | null {
  return mostRuns === undefined ? null : { ...question, joint: joint.filter(({ isLimited }) => !isLimited) };
}

/** Loads what takes the facts of the question, or of all questions in it, from a run; `UserError` when an option cannot be used. */
export async function prepareExtracting(question: Question): Promise<Extraction<unknown>> {
  const { joint, mostRuns } = question;
  if (joint === undefined) return (await prepareQuestion(question)).extraction;
  const whole = await prepareJoint(joint, question);
  const reduced = reduceQuestion(question);
  if (mostRuns === undefined || reduced === null) return whole;
  const limited = joint.filter(({ isLimited }) => isLimited).map(({ analysis }) => analysis);
  const reduce = (facts: unknown) => {
    for (const name of limited) delete (facts as JointFacts).of[name];
  };
  return { ...whole, reduced: { mostRuns, extraction: await prepareExtracting(reduced), reduce } };
}

async function prepareJoint(joint: readonly Asked[], { filter }: Question): Promise<Extraction<unknown>> {
  const prepared = await Promise.all(joint.map((asked) => prepareQuestion({ ...asked, filter })));
  const named = joint.map(({ analysis }, i) => [analysis, (prepared[i] as PreparedQuestion).extraction] as const);
  return {
    filter,
    parts: [...new Set(named.flatMap(([, { parts }]) => parts))],
    extract: (run, facts): JointFacts => ({
      run: facts,
      of: Object.fromEntries(
        named.map(([name, { extract }]) => [name, { ...(extract(run, facts) as object), run: null }]),
      ),
    }),
  };
}

/** Gives the facts of one of the questions back their runs; `null`: there are more runs than it is asked of. */
export const splitFacts = (joint: readonly JointFacts[], analysis: string): unknown[] | null =>
  joint.some(({ of }) => of[analysis] === undefined)
    ? null
    : joint.map(({ run, of }) => Object.assign(of[analysis] as { run: RunFacts | null }, { run }));

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
