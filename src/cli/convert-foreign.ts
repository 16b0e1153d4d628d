import { type NativeRecord, RecordReader } from '../engine/read-records.ts';
import { UserError } from '../errors.ts';
import { type TraceCounters, toTraceEvents } from '../exports/trace.ts';
import { toInstance } from '../exports/wfformat.ts';
import { wordOrigin } from '../model/ledger.ts';
import type { Run } from '../model/run.ts';
import { wordCount } from '../view/words.ts';
import type { Encoding, Source } from './encoding.ts';
import type { Io } from './io.ts';
import { createProgress } from './progress.ts';

/** `wfa convert --to FORM`: runs as other tools take them. What a run's record does not hold for it is said on standard error. */

/** Writes a WfFormat instance a line; into one `.json` goes one, since WfCommons' tools read one from a file. */
export function encodeInstances({ inputs, table }: Source, io: Io, path: string | null): Encoding {
  const reader = new RecordReader(inputs, table, toRun, createProgress(io));
  const problems: string[] = [];
  let count = 0;
  /** `null`: there is no instance of the run. */
  const toLine = (run: Run): string | null => {
    const { instance, note } = toInstance(run);
    if (note !== null) problems.push(`${wordOrigin(run.origin)}: run ${run.runId}: ${note}`);
    if (instance === null) return null;
    if (++count > 1 && holdsOne(path)) throw severalInstances(path ?? '');
    return `${JSON.stringify(instance)}\n`;
  };
  const lines = async function* () {
    for await (const run of reader.read()) {
      const line = toLine(run);
      if (line !== null) yield line;
    }
    if (count === 0) throw noneWritten('an instance', problems);
  };
  return {
    chunks: lines(),
    summary: () => ({
      problems: [...reader.problems, ...problems],
      notes: reader.notes,
      written: wordCount(count, 'instance'),
    }),
  };
}

const holdsOne = (path: string | null): boolean => path !== null && /\.json(\.(gz|zst))?$/i.test(path);

const severalInstances = (path: string): UserError =>
  new UserError(
    'bad-option',
    `--output '${path}': the input holds several runs, and a file in WfFormat holds one instance`,
    {
      hint: [
        'One instance per line: -o instances.ndjson',
        'A file for each of them: split --lines=1 --additional-suffix=.json instances.ndjson instance-',
      ],
    },
  );

const noneWritten = (what: string, problems: readonly string[]): UserError =>
  new UserError('no-runs', `No run can be written as ${what}.`, { hint: problems.slice(0, 3) });

/** Writes one trace of all runs. */
export function encodeTrace({ inputs, table }: Source, io: Io): Encoding {
  const reader = new RecordReader(inputs, table, toRun, createProgress(io));
  const problems: string[] = [];
  let count = 0;
  const chunks = async function* () {
    const counters: TraceCounters = { processCount: 0, flowCount: 0 };
    let between = '{"displayTimeUnit":"ms","traceEvents":[\n';
    for await (const run of reader.read()) {
      if (run.lacks.has('instants')) {
        problems.push(
          `${wordOrigin(run.origin)}: run ${run.runId}: left out: its record does not say when tasks began`,
        );
        continue;
      }
      count++;
      for (const event of toTraceEvents(run, counters)) {
        yield `${between}${JSON.stringify(event)}`;
        between = ',\n';
      }
    }
    if (count === 0) throw noneWritten('a trace', problems);
    yield '\n]}\n';
  };
  return {
    chunks: chunks(),
    summary: () => ({
      problems: [...reader.problems, ...problems],
      notes: reader.notes,
      written: wordCount(count, 'run'),
    }),
  };
}

/** Only what is a run throughout is written. */
function toRun({
  readRun,
}: NativeRecord): { readonly item: Run } | Extract<ReturnType<NativeRecord['readRun']>, { readonly issue: unknown }> {
  const outcome = readRun();
  return 'issue' in outcome ? outcome : { item: outcome.run };
}
