import type { CommandDefinition, RawOptions } from '../analyses/analysis.ts';
import type { FactsEvent } from '../engine/extract-runs.ts';
import { FactsSealer } from '../engine/facts-lines.ts';
import type { Skipped } from '../engine/inputs.ts';
import { readFacts } from '../engine/load.ts';
import { prepareExtracting, type Question } from '../engine/question.ts';
import { UserError } from '../errors.ts';
import { wordIssue } from '../model/issue.ts';
import { refuseSharedPlaces } from '../output/destination.ts';
import { choosePacking } from '../output/pack.ts';
import { checkDestination, writeStream } from '../output/write.ts';
import type { ReportInput } from '../render/index.ts';
import type { CommonFlags } from './common-flags.ts';
import { completeQuestion } from './complete-question.ts';
import { type Io, STATUS, say } from './io.ts';
import { parseOutput, parseSourceSettings } from './options.ts';
import { listInputPlaces, listReadPlaces, planLoading } from './plan-loading.ts';
import { poseReport } from './pose-report.ts';
import { REPORT } from './report-definition.ts';
import { wordSkipped } from './word-skipped.ts';

/** `wfa extract ANALYSIS`: the facts of the runs, for `--facts` to go on from. Gives the exit status. */
export async function runExtract(
  definition: CommandDefinition,
  given: RawOptions,
  givenFlags: CommonFlags,
  io: Io,
): Promise<number> {
  const { question: own, flags, completed } = await completeQuestion(definition, given, givenFlags, io);
  const question = definition === REPORT ? poseReport(own.raw, own.filter) : own;
  const extraction = await prepareExtracting(question);
  const path = parseOutput(flags.output);
  if (path !== null) checkDestination(path);
  const packing = await choosePacking(path);
  const request = await planLoading(flags, io, question, { digest: true });
  const outputs = [{ flag: '--output', place: path }];
  await refuseSharedPlaces(outputs, listInputPlaces(request, completed.raw, completed.flags));
  const events = readFacts(request, Promise.resolve(extraction));
  const problems: string[] = [];
  const found = flags.data?.length === 1 ? passOverEmpty(events) : events;
  const skipped: Skipped[] = [];
  const read: ReportInput[] = [];
  const note = (event: FactsEvent<unknown>) => {
    if ('issue' in event) problems.push(wordIssue(event.issue));
    else if ('skipped' in event) skipped.push(event.skipped);
    else if ('input' in event) read.push(event.input);
  };
  const lines = async function* () {
    yield* toLines(question, found, note);
    await refuseSharedPlaces(outputs, listReadPlaces(read));
  };
  await writeStream(path, packing(lines()), parseSourceSettings(flags), io);
  for (const problem of [...problems, ...wordSkipped(skipped)]) say(io, `wfa: ${problem}`);
  const isIncomplete = problems.length > 0 || skipped.some(({ isProblem }) => isProblem);
  return flags.strict && isIncomplete ? STATUS.failed : STATUS.done;
}

async function* toLines(
  question: Question,
  batches: AsyncIterable<readonly FactsEvent<unknown>[]>,
  note: (event: FactsEvent<unknown>) => void,
): AsyncGenerator<string> {
  const sealer = new FactsSealer();
  yield sealer.wordHead(question);
  for await (const events of batches) {
    for (const event of events) note(event);
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
