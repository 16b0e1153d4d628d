import { UserError } from '../errors.ts';
import { Ledger } from '../model/ledger.ts';
import { RECORDED_KINDS, type RecordedKind } from '../model/recorded.ts';
import type { Run } from '../model/run.ts';
import type { RunFacts } from '../model/run-facts.ts';
import { wordCount, wordList } from '../view/words.ts';

/** Runs whose records lack what an analysis needs never reach it: no part of it can take the unknown for 0. */

interface HasRun {
  readonly run: RunFacts;
}

/** A kind that is needed, or several of which one is enough. */
export type Need = RecordedKind | readonly RecordedKind[];

interface Stages<Options, Facts, Answer> {
  readonly needs?: readonly Need[];
  readonly wayOn?: string;
  readonly extract: (run: Run, facts: RunFacts, options: Options) => Facts;
  readonly analyze: (facts: readonly Facts[], options: Options, seed: number) => Answer;
}

/** Puts the needs of an analysis before its two stages; `analyze` throws a `UserError` where every run lacks something. */
export function gateByNeeds<
  Options,
  Facts extends HasRun,
  Answer extends { readonly ledger: readonly unknown[] },
  Analysis extends Stages<Options, Facts, Answer>,
>(analysis: Analysis & Stages<Options, Facts, Answer>): Analysis {
  const { needs = [], wayOn, extract, analyze } = analysis;
  if (needs.length === 0) return analysis;
  return {
    ...analysis,
    // Nothing but the run's own facts is kept of a run that will be left out.
    extract: (run: Run, facts: RunFacts, options: Options) =>
      findLacking(facts, needs).length > 0 ? ({ run: facts } as Facts) : extract(run, facts, options),
    analyze: (facts: readonly Facts[], options: Options, seed: number) => {
      const usable = facts.filter(({ run }) => findLacking(run, needs).length === 0);
      if (usable.length === facts.length) return analyze(facts, options, seed);
      if (usable.length === 0) throw notRecorded(facts, needs, wayOn);
      const answer = analyze(usable, options, seed);
      return { ...answer, ledger: [...listLeftOut(facts, needs), ...answer.ledger] };
    },
  };
}

/** The needed kinds that the run's source does not record, in the order of the needs. */
function findLacking({ traits }: RunFacts, needs: readonly Need[]): readonly RecordedKind[] {
  const { lacks } = traits;
  if (lacks === undefined) return [];
  return needs.flatMap((need) => {
    const kinds = typeof need === 'string' ? [need] : need;
    return kinds.every((kind) => lacks.includes(kind)) ? kinds : [];
  });
}

function listLeftOut(facts: readonly HasRun[], needs: readonly Need[]) {
  const ledger = new Ledger();
  for (const { run } of facts) {
    const [kind] = findLacking(run, needs);
    if (kind !== undefined) ledger.add(`${kind}-not-recorded`, 'run', run.origin);
  }
  return ledger.entries();
}

function notRecorded(facts: readonly HasRun[], needs: readonly Need[], wayOn?: string): UserError {
  const lacking = needs.flat().filter((kind) => facts.some(({ run }) => findLacking(run, needs).includes(kind)));
  return new UserError(
    'not-recorded',
    `The question needs ${wordList(lacking)}: the records of ${wordCount(facts.length, 'run')} do not say ` +
      `${wordList(lacking.map((kind) => RECORDED_KINDS[kind]))}.`,
    {
      hint: [
        'wfa runs and wfa compare --metric all show what the records do hold.',
        ...(wayOn === undefined ? [] : [wayOn]),
      ],
    },
  );
}
