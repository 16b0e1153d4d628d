import { LazyList } from '../view/lazy-list.ts';

/** Characters that are put together before they are written. */
const CHUNK_CHARACTERS = 1 << 16;
/** Characters of a document that is made whole: longer ones are written as they are made. */
const MOST_WHOLE = 1 << 24;

/** Joins the pieces of a text to one, or, where it is long, to chunks that are made as they are asked for. */
export function gather(pieces: Iterable<string>): string | Iterable<string> {
  const chunks = joinPieces(pieces);
  const first: string[] = [];
  let length = 0;
  for (let next = chunks.next(); !next.done; next = chunks.next()) {
    first.push(next.value);
    length += next.value.length;
    if (length > MOST_WHOLE) return continueWith(first, chunks);
  }
  return first.join('');
}

function* continueWith(first: readonly string[], rest: Iterable<string>): Generator<string> {
  yield* first;
  yield* rest;
}

function* joinPieces(pieces: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

/** Gives the text of `JSON.stringify(value, null, 2)` piece by piece, of which a string could not hold more than 512 MB. */
export function* pieceJson(value: unknown, indent = ''): Generator<string> {
  if (!isNested(value)) yield (JSON.stringify(value, null, 2) ?? 'null').replaceAll('\n', `\n${indent}`);
  else if (value instanceof LazyList || Array.isArray(value)) yield* pieceItems(value, indent);
  else yield* pieceFields(value, indent);
}

/** Tells lists and objects that hold others: all else is written in one piece. */
const isNested = (value: unknown): value is object =>
  isObject(value) && (value instanceof LazyList || (!('toJSON' in value) && Object.values(value).some(isObject)));

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The items of a lazy list are forgotten once written. */
function* pieceItems(items: LazyList<unknown> | readonly unknown[], indent: string): Generator<string> {
  if (items.length === 0) return yield '[]';
  let separator = '[';
  for (const item of items) {
    yield `${separator}\n${indent}  `;
    yield* pieceJson(item, `${indent}  `);
    separator = ',';
  }
  yield `\n${indent}]`;
}

function* pieceFields(fields: object, indent: string): Generator<string> {
  let separator = '{';
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined || typeof value === 'function') continue;
    yield `${separator}\n${indent}  ${JSON.stringify(key)}: `;
    yield* pieceJson(value, `${indent}  `);
    separator = ',';
  }
  yield separator === '{' ? '{}' : `\n${indent}}`;
}
