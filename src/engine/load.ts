import { UserError } from '../errors.ts';
import type { Filter } from '../model/filter.ts';
import { type Input, listInputs, type SourceSettings } from '../sources/index.ts';
import { FactsCollector, type Loaded } from './collect.ts';
import type { Extraction, FactsEvent } from './extract-runs.ts';
import type { FactsCache } from './facts-cache.ts';
import { readFactsLines } from './facts-lines.ts';
import { type ReadSettings, RunReader } from './read-runs.ts';

/** Stages one to four: URIs → bytes → records → runs → facts. */

/** `label=uri` or `uri`. */
export interface DataSpec {
  readonly label: string;
  readonly uri: string;
}

export interface LoadRequest extends ReadSettings {
  readonly data: readonly DataSpec[];
  /** Files of facts that were extracted before, instead of data; empty: none. */
  readonly facts: readonly string[];
  readonly settings: SourceSettings;
  readonly filter: Filter;
  /** `null`: nothing is remembered. */
  readonly cache: FactsCache | null;
}

/** Reads everything and keeps the facts only. `UserError` when there is nothing to analyze. */
export async function loadFacts<Facts>(
  request: LoadRequest,
  extraction: Promise<Extraction<Facts>>,
): Promise<Loaded<Facts>> {
  const collector = new FactsCollector<Facts>();
  for await (const events of readFacts(request, extraction)) for (const event of events) collector.take(event);
  const uris = request.facts.length > 0 ? request.facts : request.data.map(({ uri }) => uri);
  return collector.finish(request.filter, uris);
}

/** The facts of all that the request names, in order. What is wrong with the question is said before what is wrong with the data. */
export async function* readFacts<Facts>(
  request: LoadRequest,
  extraction: Promise<Extraction<Facts>>,
): AsyncGenerator<readonly FactsEvent<Facts>[]> {
  const { facts, progress, cache } = request;
  // It may fail while the inputs are listed; that is met below.
  extraction.catch(() => {});
  const inputs = await listAll(request).catch(async (error) => {
    await extraction;
    throw error;
  });
  const reader = new RunReader<Facts>(request);
  try {
    const unknown = facts.length > 0 ? [] : await selectUnknown(inputs, cache);
    await reader.prepare(unknown, extraction);
    const lengths = inputs.map(({ input }) => input.byteLength);
    progress.start(lengths.includes(null) ? null : lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0));
    for (const { label, input } of inputs) {
      const events =
        facts.length === 0 ? readOrRecall(input, label, request, reader) : readFactsFile<Facts>(input, request);
      yield* skipForeign(input, events);
    }
  } finally {
    progress.stop();
    reader.close();
  }
}

/** The inputs that will have to be read. */
async function selectUnknown(
  inputs: readonly { readonly label: string; readonly input: Input }[],
  cache: FactsCache | null,
): Promise<Input[]> {
  const known = await Promise.all(inputs.map(({ label, input }) => cache?.has(input, label) ?? false));
  return inputs.flatMap(({ input }, i) => (known[i] ? [] : [input]));
}

async function listAll({ data, facts, settings }: LoadRequest): Promise<{ label: string; input: Input }[]> {
  const specs = facts.length > 0 ? facts.map((uri) => ({ label: uri, uri })) : data;
  const listed = await Promise.all(
    specs.map(async ({ label, uri }) => (await listInputs(uri, settings)).map((input) => ({ label, input }))),
  );
  return listed.flat();
}

/** A file that a directory or a pattern brought along may be something else; one that was named may not. */
async function* skipForeign<Facts>(
  input: Input,
  events: AsyncIterable<readonly FactsEvent<Facts>[]>,
): AsyncGenerator<readonly FactsEvent<Facts>[]> {
  try {
    yield* events;
  } catch (error) {
    const foreign = error instanceof UserError && (error.code === 'not-run-records' || error.code === 'empty-input');
    if (!foreign || input.explicit) throw error;
    yield [{ skipped: input.uri }];
  }
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
