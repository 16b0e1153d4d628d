import type { EngineDocuments } from '../../model/engine-records.ts';
import { isObject, type Json } from '../../model/json.ts';
import { areStats, FIELDS, StatsAssembler } from './stats.ts';

/** Documents that hold statistics further in, such as what a benchmark wrote down of its jobs. */
export const lithopsDocuments: EngineDocuments = {
  looksLike: (document) => findCalls(document).next().done === false,
  read: (document, { uri, line }, sourceLabel) => {
    if (callIn(document as Json) !== null)
      return [{ issue: { code: 'wrong-field', origin: { uri, line }, path: 'stats', ...ALONE } }];
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

/** What stands alone, as a row does, would be taken for a job of one call: its others would be left out as runs of the same name. */
const ALONE = {
  expected: "the calls of a job in one document: jq -s '{calls: flatten}' FILE > calls.json",
  found: 'one call',
};

/** Gives the statistics that this object itself is, or has, with what stands beside them; `null`: it is no call. */
function callIn(json: Json): Json | null {
  if (areStats(Object.keys(json))) return json;
  const { stats } = json;
  return isObject(stats) && areStats(Object.keys(stats)) ? { ...json, ...stats } : null;
}

/** Levels of lists and objects that statistics stand below, at most. */
const DEEPEST = 6;

/** Finds the statistics of calls, wherever they stand. */
function* findCalls(json: unknown, depth = 0): Generator<Json> {
  if (depth > DEEPEST || typeof json !== 'object' || json === null) return;
  const call = isObject(json) ? callIn(json) : null;
  if (call !== null) yield call;
  else for (const inner of Object.values(json)) yield* findCalls(inner, depth + 1);
}
