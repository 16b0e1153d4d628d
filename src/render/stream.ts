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

/** Gives the text of `JSON.stringify(value, null, 2)` piece by piece: the items of a lazy list are forgotten once written. */
export function* pieceJson(value: unknown, indent = ''): Generator<string> {
  if (value instanceof LazyList) yield* pieceItems(value, indent);
  else if (isPlainObject(value)) yield* pieceFields(value, indent);
  else yield (JSON.stringify(value, null, 2) ?? 'null').replaceAll('\n', `\n${indent}`);
}

const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('toJSON' in value);

function* pieceItems(items: LazyList<unknown>, indent: string): Generator<string> {
  if (items.length === 0) return yield '[]';
  let separator = '[';
  for (const item of items) {
    yield `${separator}\n${indent}  `;
    yield JSON.stringify(item, null, 2).replaceAll('\n', `\n${indent}  `);
    separator = ',';
  }
  yield `\n${indent}]`;
}

function* pieceFields(fields: Readonly<Record<string, unknown>>, indent: string): Generator<string> {
  let separator = '{';
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined || typeof value === 'function') continue;
    yield `${separator}\n${indent}  ${JSON.stringify(key)}: `;
    yield* pieceJson(value, `${indent}  `);
    separator = ',';
  }
  yield separator === '{' ? '{}' : `\n${indent}}`;
}
