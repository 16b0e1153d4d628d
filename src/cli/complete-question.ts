import type { CommandDefinition, RawOptions } from '../analyses/analysis.ts';
import type { Question } from '../engine/question.ts';
import { parseFilter } from '../model/filter.ts';
import type { CommonFlags } from './common-flags.ts';
import { type Completed, completeFlags } from './complete-flags.ts';
import type { Io } from './io.ts';
import { inlineClaims } from './read-claims.ts';
import { placeMap } from './read-map.ts';
import { inlinePrices } from './read-prices.ts';

interface CompletedQuestion {
  readonly question: Question;
  readonly flags: CommonFlags;
  /** Options and flags that still name the files of claims, prices and maps. */
  readonly completed: Completed;
}

/**
 * Makes a question of what was given, completed, and of the files that it names, which are read here. `UserError` when something of
 * that cannot be understood or read.
 */
export async function completeQuestion(
  definition: CommandDefinition,
  given: RawOptions,
  givenFlags: CommonFlags,
  io: Io,
): Promise<CompletedQuestion> {
  const completed = await completeFlags(definition, given, givenFlags, io);
  const { raw: placed, flags } = await placeMap(completed.raw, completed.flags);
  const raw = await inlinePrices(await inlineClaims(placed));
  return { question: { analysis: definition.name, raw, filter: parseFilter(flags) }, flags, completed };
}
