import type { RawOptions } from '../analyses/analysis.ts';
import { cacheDirectory, FactsCache } from '../engine/facts-cache.ts';
import type { LoadRequest } from '../engine/load.ts';
import type { Question } from '../engine/question.ts';
import { UserError } from '../errors.ts';
import type { NamedPlace } from '../output/destination.ts';
import type { ReportInput } from '../render/index.ts';
import type { CommonFlags } from './common-flags.ts';
import type { Io } from './io.ts';
import { parseData, parseSourceSettings, parseThreads } from './options.ts';
import { createProgress } from './progress.ts';
import { readTaskMap } from './read-map.ts';

/** Threads take as long to start as so many bytes to read; whoever asks for threads gets them. */
const WORTH_THREADS_BYTES = 128e6;

/** Reads from the flags which data are read, and how; `UserError` when they name nothing or too much. */
export async function planLoading(
  flags: CommonFlags,
  io: Io,
  question: Question,
  { digest }: { readonly digest: boolean },
): Promise<LoadRequest> {
  const facts = flags.facts ?? [];
  const table = await readTaskMap(flags);
  if (facts.length > 0 && flags.data !== undefined) {
    throw new UserError('bad-option', '--facts and --data exclude each other', {
      hint: 'Facts stand for the data that they were extracted from.',
    });
  }
  return {
    data: facts.length > 0 ? [] : await parseData(flags.data, io.env),
    facts,
    settings: parseSourceSettings(flags),
    filter: question.filter,
    table,
    digest,
    question,
    threadCount: parseThreads(flags.threads),
    leastBytesForThreads: flags.threads === undefined ? WORTH_THREADS_BYTES : 0,
    // What a table says depends on the map, of which the cache knows nothing.
    cache: flags.cache === false || table !== null ? null : new FactsCache(cacheDirectory(io.env), question),
    progress: createProgress(io),
  };
}

/** Lists the places that are read, which no output may replace. */
export const listInputPlaces = (
  { data, facts }: LoadRequest,
  { options }: RawOptions,
  flags: CommonFlags,
): NamedPlace[] => [
  ...data.map(({ uri }) => ({ flag: '--data', place: uri })),
  ...facts.map((uri) => ({ flag: '--facts', place: uri })),
  ...listFilePlaces(options, flags),
];

/** Lists the files that options name. */
export function listFilePlaces(
  { claims, prices, map }: RawOptions['options'],
  flags: Pick<CommonFlags, 'map' | 'font'>,
): NamedPlace[] {
  const named = { claims: [claims], prices: [prices], map: listSavedMaps(map ?? flags.map), font: flags.font ?? [] };
  return Object.entries(named).flatMap(([name, places]) =>
    places.flatMap((place) => (typeof place === 'string' ? [{ flag: `--${name}`, place }] : [])),
  );
}

const listSavedMaps = (given: unknown): string[] =>
  [given].flat().flatMap((map) => (typeof map === 'string' && map.startsWith('@') ? [map.slice(1)] : []));

/** Lists the files that hold what was asked for: a directory or a pattern brought them along, and no output may replace them either. */
export const listReadPlaces = (inputs: readonly ReportInput[]): NamedPlace[] =>
  inputs
    .filter(({ runCount, rowCount = 0 }) => runCount + rowCount > 0)
    .map(({ uri }) => ({ flag: 'the input', place: uri }));
