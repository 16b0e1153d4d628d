import { loadFacts } from '../../engine/load.ts';
import { prepareQuestion } from '../../engine/question.ts';
import { UserError } from '../../errors.ts';
import { parseFilter } from '../../model/filter.ts';
import { shortenPlanners } from '../../model/names.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import { NAMERS, RUN_KEYS, type RunKey } from '../../model/select.ts';
import type { CommonFlags } from '../common-flags.ts';
import type { Io } from '../io.ts';
import { planLoading } from '../plan-loading.ts';
import { type DataNames, isCheap } from './complete.ts';

/** Names in the data that were named, or that WFA_DATA names; planners as people type them. */
export const readNames =
  (io: Io): DataNames =>
  (given) =>
    // Whoever asks for a word is told nothing else.
    readAll(given, io).catch((error: unknown) => {
      if (error instanceof UserError) return {};
      throw error;
    });

const readAll = async (given: readonly string[], io: Io): ReturnType<DataNames> => {
  const uris = given.length > 0 ? given : (io.env['WFA_DATA'] ?? '').split(/[\s,]+/).filter((uri) => uri !== '');
  if (uris.length === 0 || !(await Promise.all(uris.map(isCheap))).every(Boolean)) return {};
  const flags: CommonFlags = { data: uris, threads: '1' };
  const question = { analysis: 'runs', raw: { arguments: [], options: {} }, filter: parseFilter(flags) };
  const request = await planLoading(flags, io, question, { digest: false });
  const { facts } = await loadFacts(
    request,
    prepareQuestion(question).then(({ extraction }) => extraction),
  );
  const runs = facts.map((fact) => (fact as { readonly run: RunFacts }).run);
  const namesOf = (key: RunKey) => [...new Set(runs.map(NAMERS[key]))].sort();
  const shorten = shortenPlanners(namesOf('planner').map((planner) => ({ planner })));
  return {
    ...Object.fromEntries(RUN_KEYS.map((key) => [key, namesOf(key)])),
    planner: namesOf('planner').map(shorten),
  };
};
