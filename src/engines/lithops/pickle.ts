import { UserError } from '../../errors.ts';
import { wordInput } from '../../formats/index.ts';
import { readPickle } from '../../formats/pickle/read.ts';
import { PickledName, PickledObject, type PickledValue, PickleError } from '../../formats/pickle/values.ts';
import type { Batch, Format } from '../../formats/record.ts';
import { lithopsDocuments } from './documents.ts';

/**
 * The format is a pickle (protocols 2 to 5) that holds statistics of calls: as dictionaries, or in the futures of a job. It is read as
 * data; nothing in it is looked up, imported or called.
 */
export const pickledStats: Format = {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a pickle begins with the number of its protocol.
  detect: (head) => /^\x80[\x02-\x05]/.test(head),
  binary: true,
  decode: decodePickle,
};

/** A pickle is read in one piece, and takes some ten times its bytes. */
const MOST_BYTES = 64 * 2 ** 20;

async function* decodePickle(bytes: AsyncIterable<Uint8Array>, uri: string): AsyncGenerator<Batch> {
  const parts: Uint8Array[] = [];
  let byteLength = 0;
  for await (const part of bytes) {
    byteLength += part.length;
    if (byteLength > MOST_BYTES) throw tooLarge(uri);
    parts.push(part);
  }
  const pickled = unpickle(Buffer.concat(parts), uri);
  const json = new PlainWriter(uri).write(pickled);
  if (!lithopsDocuments.looksLike(json)) throw holdsNoStats(pickled, uri);
  // The pickle of one call is whole; a call alone in a document may be one of many.
  yield { records: [{ line: 1, json: [json] }], lineCount: 0 };
}

function unpickle(bytes: Uint8Array, uri: string): PickledValue {
  try {
    return readPickle(bytes);
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    throw new UserError('damaged', `Cannot read ${wordInput(uri)}: the pickle is damaged, or cut: ${error.message}.`, {
      hint: 'Copy or write it again; wfa does not report on a part of the calls.',
      cause: error,
    });
  }
}

/** The way on for all pickles that are not read. */
const AS_JSON =
  "Statistics of Lithops as JSON: python3 -c \"import json; json.dump([f.stats for f in futures], open('stats.json', 'w'))\"";

const tooLarge = (uri: string): UserError =>
  new UserError('too-large', `${wordInput(uri)} is a pickle that is too large to be read in one piece.`, {
    hint: ['Write the statistics alone, which may be of any size as JSON.', AS_JSON],
  });

const holdsNoStats = (pickled: PickledValue, uri: string): UserError =>
  new UserError(
    'not-run-records',
    `${wordInput(uri)} is a pickle of Python (${wordPickled(pickled)}): it holds no statistics of Lithops calls.`,
    {
      hint: [
        'Of pickles, wfa reads the statistics of Lithops (future.stats), alone or in its futures; it runs no code that one names.',
        'A table of pandas: df.to_csv("tasks.csv"), then say which column is what with --map (wfa help formats).',
      ],
    },
  );

function wordPickled(pickled: PickledValue): string {
  if (Array.isArray(pickled)) {
    const [first = null] = pickled;
    return first instanceof PickledObject ? `a list of ${wordPickled(first)}` : 'a list';
  }
  if (pickled instanceof PickledObject && pickled.type instanceof PickledName) {
    const { module, name } = pickled.type;
    return JSON.stringify(`${module}.${name}`).slice(1, -1).slice(0, LONGEST_NAME);
  }
  return pickled instanceof Map ? 'a dictionary' : 'a value';
}

const LONGEST_NAME = 80;

/** Levels that statistics can stand below. */
const DEEPEST = 8;

/** Values that are written out at most: shared ones are written out each time, and that could multiply without end. */
const MOST_VALUES = 4_000_000;

/** Makes JSON of pickled values: dictionaries and objects become their fields, and what has no meaning as data becomes null. */
class PlainWriter {
  readonly #uri: string;
  #count = 0;

  constructor(uri: string) {
    this.#uri = uri;
  }

  write(value: PickledValue, depth = 0): unknown {
    if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? Number(value) : value;
    if (++this.#count > MOST_VALUES) throw tooLarge(this.#uri);
    if (depth > DEEPEST) return null;
    const content = value instanceof PickledObject ? (value.state ?? value.entries ?? value.items) : value;
    if (Array.isArray(content)) return content.map((item) => this.write(item, depth + 1));
    return content instanceof Map ? this.#writeFields(content, depth) : null;
  }

  #writeFields(fields: ReadonlyMap<PickledValue, PickledValue>, depth: number): unknown {
    const named = [...fields].filter(([name]) => typeof name === 'string' || typeof name === 'number');
    return Object.fromEntries(named.map(([name, own]) => [String(name), this.write(own, depth + 1)]));
  }
}
