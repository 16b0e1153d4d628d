import type { TaskMap } from '../engines/index.ts';
import type { Filter } from '../model/filter.ts';
import type { Input, SourceSettings } from '../sources/index.ts';
import { FactsCollector, type Loaded } from './collect.ts';
import { inputFormats } from './engine-records.ts';
import type { Extraction, FactsEvent } from './extract-runs.ts';
import type { FactsCache } from './facts-cache.ts';
import { readFactsLines } from './facts-lines.ts';
import { type DataSpec, type LabelledInput, listLabelled, NO_RUN_RECORDS, readAll } from './inputs.ts';
import { joinSnapshots } from './join-snapshots.ts';
import { type ReadSettings, RunReader } from './read-runs.ts';

/** Stages one to four: URIs → bytes → records → runs → facts. */

/** The request names what to read, and how. */
export interface LoadRequest extends ReadSettings {
  readonly data: readonly DataSpec[];
  /** Files of facts that were extracted before, instead of data; empty: none. */
  readonly facts: readonly string[];
  readonly settings: SourceSettings;
  readonly filter: Filter;
  /** Says which columns are what in tables of tasks; `null`: no table is one. */
  readonly table: TaskMap | null;
  /** `null`: nothing is remembered. */
  readonly cache: FactsCache | null;
}

/**
 * Reads everything and keeps the facts only. `note` is handed the facts of each run before they are kept. `UserError` when there is
 * nothing to analyze.
 */
export async function loadFacts<Facts>(
  request: LoadRequest,
  extraction: Promise<Extraction<Facts>>,
  note: (facts: Facts) => void = () => {},
): Promise<Loaded<Facts>> {
  const collector = new FactsCollector<Facts>();
  for await (const events of readFacts(request, extraction)) {
    for (const event of events) {
      if ('run' in event && event.facts !== null) note(event.facts);
      collector.take(event);
    }
  }
  const uris = request.facts.length > 0 ? request.facts : request.data.map(({ uri }) => uri);
  return collector.finish(request.filter, uris);
}

/** The facts of all that the request names, in order. What is wrong with the question is said before what is wrong with the data. */
export async function* readFacts<Facts>(
  request: LoadRequest,
  extraction: Promise<Extraction<Facts>>,
): AsyncGenerator<readonly FactsEvent<Facts>[]> {
  const { data, facts, settings, progress } = request;
  const specs = facts.length > 0 ? facts.map((uri) => ({ label: uri, uri })) : data;
  // It may fail while the inputs are listed; that is met below.
  extraction.catch(() => {});
  const inputs = await listLabelled(specs, settings).catch(async (error) => {
    await extraction;
    throw error;
  });
  const scattered = facts.length > 0 ? null : await joinSnapshots(inputs);
  const reader = new RunReader<Facts>(request, inputFormats(request.table, scattered));
  // What one snapshot says depends on the others then.
  const kept = scattered === null ? request.cache : null;
  try {
    const unknown = facts.length > 0 ? [] : await selectUnknown(inputs, kept);
    await reader.prepare(unknown, extraction);
    yield* readAll<readonly FactsEvent<Facts>[]>(inputs, progress, {
      read: ({ input, label }) =>
        facts.length === 0
          ? readOrRecall(input, label, { ...request, cache: kept }, reader)
          : readFactsFile<Facts>(input, request),
      skip: (skipped) => [[{ skipped }]],
      foreign: NO_RUN_RECORDS,
    });
  } finally {
    reader.close();
  }
}

/** The inputs that will have to be read. */
async function selectUnknown(inputs: readonly LabelledInput[], cache: FactsCache | null): Promise<Input[]> {
  const known = await Promise.all(inputs.map(({ label, input }) => cache?.has(input, label) ?? false));
  return inputs.flatMap(({ input }, i) => (known[i] ? [] : [input]));
}

/** One input: from the cache if it is there, else from its bytes, and then into the cache. */
async function* readOrRecall<Facts>(
  input: Input,
  label: string,
  { cache, digest }: LoadRequest,
  reader: RunReader<Facts>,
): AsyncGenerator<readonly FactsEvent<Facts>[]> {
  const recalled = await cache?.recall(input, label, digest);
  if (recalled) {
    yield recalled as readonly FactsEvent<Facts>[];
    return;
  }
  const events = reader.read(input, label);
  yield* cache?.record(input, label, events) ?? events;
}

/** A file that `wfa extract` wrote. */
async function* readFactsFile<Facts>(
  input: Input,
  { question, progress }: LoadRequest,
): AsyncGenerator<readonly FactsEvent<Facts>[]> {
  const note = (byteLength: number) => progress.advance(byteLength, 0);
  yield (await readFactsLines(input.open(), input.uri, question, note)) as readonly FactsEvent<Facts>[];
}
