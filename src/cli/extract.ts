import type { AnalysisDefinition, RawOptions } from '../analyses/analysis.ts';
import type { FactsEvent } from '../engine/extract-runs.ts';
import { FactsSealer } from '../engine/facts-lines.ts';
import { readFacts } from '../engine/load.ts';
import { prepareQuestion, type Question } from '../engine/question.ts';
import { UserError } from '../errors.ts';
import { parseFilter } from '../model/filter.ts';
import { wordIssue } from '../model/issue.ts';
import { choosePacking } from '../output/pack.ts';
import { checkDestination, writeStream } from '../output/write.ts';
import type { CommonFlags } from './common-flags.ts';
import { type Io, STATUS } from './io.ts';
import { parseSourceSettings } from './options.ts';
import { planLoading } from './plan-loading.ts';

/** `wfa extract ANALYSIS`: the facts of the runs, for `--facts` to go on from. Gives the exit status. */
export async function runExtract(
  definition: AnalysisDefinition,
  raw: RawOptions,
  flags: CommonFlags,
  io: Io,
): Promise<number> {
  const question = { analysis: definition.name, raw, filter: parseFilter(flags) };
  const { extraction } = await prepareQuestion(question);
  const path = flags.output === undefined || flags.output === '-' ? null : flags.output;
  if (path !== null) checkDestination(path);
  const packing = await choosePacking(path);
  const events = readFacts(planLoading(flags, io, question, { digest: true }), Promise.resolve(extraction));
  const problems: string[] = [];
  const found = flags.data?.length === 1 ? passOverEmpty(events) : events;
  await writeStream(path, packing(toLines(question, found, problems)), parseSourceSettings(flags), io);
  for (const problem of problems) io.stderr.write(`wfa: ${problem}\n`);
  return flags.strict && problems.length > 0 ? STATUS.failed : STATUS.done;
}

async function* toLines(
  question: Question,
  batches: AsyncIterable<readonly FactsEvent<unknown>[]>,
  problems: string[],
): AsyncGenerator<string> {
  const sealer = new FactsSealer();
  yield sealer.wordHead(question);
  for await (const events of batches) {
    for (const event of events) if ('issue' in event) problems.push(wordIssue(event.issue));
    yield sealer.wordEvents(events);
  }
  yield sealer.wordEnd();
}

/** Takes the only input for one without runs when it is empty, as a partition of a distributed job may be. */
async function* passOverEmpty(
  batches: AsyncIterable<readonly FactsEvent<unknown>[]>,
): AsyncGenerator<readonly FactsEvent<unknown>[]> {
  try {
    yield* batches;
  } catch (error) {
    if (!(error instanceof UserError && error.code === 'empty-input')) throw error;
  }
}
