import { RUN_KEYS } from '../model/select.ts';
import { isLocalPath } from '../sources/index.ts';

/** Arguments that name data rather than planners: what exists as a file, and what can be nothing else. */

/** Arguments sorted by what they name, each in the order given. */
export interface NamedArguments {
  readonly names: readonly string[];
  readonly data: readonly string[];
}

/** Sorts arguments. `needed`: as many bare words are names, even where a file or directory is called so too. */
export async function sortArguments(given: readonly string[], needed: number): Promise<NamedArguments> {
  const [names, data]: [string[], string[]] = [[], []];
  for (const argument of given) {
    const isData = await namesData(argument, names.length < needed);
    (isData ? data : names).push(argument);
  }
  return { names, data };
}

const SCHEME = /^(sample:|s3:\/\/|https?:\/\/|rediss?:\/\/)/;
const RECORD_ENDING = /\.(ndjson|jsonl|json|csv|parquet|rdb)(\.(gz|zst))?$|\.(gz|zst)$/i;
/** Signs of a path or a pattern, which no planner, key or run id has. */
const PATH_SIGN = /^[^\s]*[/*?][^\s]*$/;

async function namesData(argument: string, isNeeded: boolean): Promise<boolean> {
  if (argument === '-' || SCHEME.test(argument) || RECORD_ENDING.test(argument)) return true;
  if (await isLocalPath(argument)) return !isNeeded || /[./]/.test(argument);
  const [, label, uri] = /^([A-Za-z0-9_.-]+)=(.+)$/s.exec(argument) ?? [];
  if (label === undefined || uri === undefined) return PATH_SIGN.test(argument);
  return !(RUN_KEYS as readonly string[]).includes(label) && namesData(uri, false);
}
