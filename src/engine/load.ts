import type { TaskMap } from '../engines/index.ts';
import type { Filter } from '../model/filter.ts';
import { type Input, type SourceSettings, showUri } from '../sources/index.ts';
import { FactsCollector, type LoadedRuns } from './collect.ts';
import type { Extraction, FactsEvent } from './extract-runs.ts';
import type { FactsCache } from './facts-cache.ts';
import { readFactsLines } from './facts-lines.ts';
import { inputFormats } from './input-formats.ts';
import { type DataSpec, type LabelledInput, listLabelled, NO_RUN_RECORDS, readAll } from './inputs.ts';
import { joinSnapshots } from './join-snapshots.ts';
import { FactsLimiter } from './limit-facts.ts';
import { reduceQuestion } from './question.ts';
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
): Promise<LoadedRuns<Facts>> {
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
  const caches = scattered === null ? listCaches(request) : [];
  if (data.length > 0) yield [{ data: data.map(({ label, uri }) => ({ label, uri: showUri(uri) })) }];
  try {
    const unknown = facts.length > 0 ? [] : await selectUnknown(inputs, caches);
    await reader.prepare(unknown, extraction);
    const { reduced } = await extraction;
    const limiter = reduced === undefined ? null : new FactsLimiter(reduced);
    const events = readAll<readonly FactsEvent<Facts>[]>(inputs, progress, {
      read: (given) =>
        facts.length === 0
          ? readOrRecall(given, request, { caches, reader, isReduced: limiter?.isExceeded ?? false })
          : readFactsFile<Facts>(given.input, request),
      skip: (skipped) => [[{ skipped }]],
      foreign: NO_RUN_RECORDS,
    });
    for await (const batch of events) {
      limiter?.take(batch);
      yield batch;
    }
  } finally {
    reader.close();
  }
}

/** The cache of the question, and that of the reduced one where there is any. */
function listCaches({ cache, question }: LoadRequest): readonly FactsCache[] {
  const reduced = reduceQuestion(question);
  return cache === null ? [] : [cache, ...(reduced === null ? [] : [cache.for(reduced)])];
}

/** The inputs that will have to be read. */
async function selectUnknown(inputs: readonly LabelledInput[], caches: readonly FactsCache[]): Promise<Input[]> {
  const isKnown = async ({ label, input }: LabelledInput) =>
    (await Promise.all(caches.map((cache) => cache.has(input, label)))).includes(true);
  const known = await Promise.all(inputs.map(isKnown));
  return inputs.flatMap(({ input }, i) => (known[i] ? [] : [input]));
}

/** How an input is read: where its facts may be remembered, of the whole question first, and whether the reduced ones are enough. */
interface Reading<Facts> {
  readonly caches: readonly FactsCache[];
  readonly reader: RunReader<Facts>;
  readonly isReduced: boolean;
}

/** One input: from the cache if it is there, else from its bytes, and then into the cache. */
async function* readOrRecall<Facts>(
  { input, label }: LabelledInput,
  { digest }: LoadRequest,
  { caches, reader, isReduced }: Reading<Facts>,
): AsyncGenerator<readonly FactsEvent<Facts>[]> {
  // The whole facts do as well as the reduced ones, but not the other way round.
  const fitting = isReduced ? caches.toReversed() : caches.slice(0, 1);
  for (const cache of fitting) {
    const recalled = await cache.recall(input, label, digest);
    if (recalled === null) continue;
    yield recalled as readonly FactsEvent<Facts>[];
    return;
  }
  const events = reader.read(input, label, isReduced);
  yield* fitting[0]?.record(input, label, events) ?? events;
}

/** A file that `wfa extract` wrote. */
async function* readFactsFile<Facts>(
  input: Input,
  { question, progress }: LoadRequest,
): AsyncGenerator<readonly FactsEvent<Facts>[]> {
  const note = (byteLength: number) => progress.advance(byteLength, 0);
  yield (await readFactsLines(input.open(), input.uri, question, note)) as readonly FactsEvent<Facts>[];
}
