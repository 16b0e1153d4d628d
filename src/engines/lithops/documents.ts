import type { EngineDocuments } from '../../model/engine-records.ts';
import { isObject, type Json } from '../../model/json.ts';
import { areStats, FIELDS, StatsAssembler } from './stats.ts';

/** Documents that hold statistics further in, such as what a benchmark wrote down of its jobs. */
export const lithopsDocuments: EngineDocuments = {
  looksLike: (document) => findCalls(document).next().done === false,
  read: (document, { uri, line }, sourceLabel) => {
    const assembler = new StatsAssembler(uri);
    const issues = [...findCalls(document)].flatMap((stats) => {
      const cells = FIELDS.map((field) => stats[field]);
      const issue = assembler.take(cells, line);
      return issue === null ? [] : [{ issue }];
    });
    const reads = assembler.finish().map((read) => ('issue' in read ? read : { run: { ...read.run, sourceLabel } }));
    return [...issues, ...reads];
  },
};

/** Levels of lists and objects that statistics stand below, at most. */
const DEEPEST = 6;

/** Finds the statistics of calls, wherever they stand. What a future has beside its statistics is taken with them. */
function* findCalls(json: unknown, depth = 0): Generator<Json> {
  if (depth > DEEPEST || typeof json !== 'object' || json === null) return;
  if (isObject(json)) {
    if (areStats(Object.keys(json))) {
      yield json;
      return;
    }
    const { stats } = json as { readonly stats?: unknown };
    if (isObject(stats) && areStats(Object.keys(stats))) {
      yield { ...json, ...stats };
      return;
    }
  }
  for (const inner of Object.values(json)) yield* findCalls(inner, depth + 1);
}
