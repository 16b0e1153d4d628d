import { isAscii, isUtf8 } from 'node:buffer';
import type { Issue } from '../model/issue.ts';
import { locateJsonError } from './json-error.ts';
import type { TextPosition } from './record.ts';

/** Bytes of a record's text at most: V8 holds no string above 512 MB, and half of it leaves room for two-byte characters. */
const LONGEST_RECORD_BYTES = 1 << 28;

/** `isRepaired`: numbers that are not finite were read as null. */
export type DecodedText = { readonly json: unknown; readonly isRepaired?: boolean } | { readonly issue: Issue };

/**
 * Parses the JSON text of one record, which begins at `position`. Gives an issue instead, with its place, for a text that is too
 * long (`record-too-long`), not UTF-8 (`not-utf-8`) or no JSON (`broken-json`).
 */
export function decodeText(bytes: Buffer, position: TextPosition): DecodedText {
  const { uri, line } = position;
  if (bytes.length > LONGEST_RECORD_BYTES) {
    return { issue: { code: 'record-too-long', origin: { uri, line }, byteLength: bytes.length } };
  }
  // One-byte strings parse faster, and most records are ASCII.
  const ascii = isAscii(bytes);
  if (!ascii && !isUtf8(bytes)) return { issue: { code: 'not-utf-8', ...locateBadByte(bytes, position) } };
  const text = bytes.toString(ascii ? 'latin1' : 'utf8');
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    return decodeNotFinite(text) ?? { issue: wordParseError(text, position, error as Error) };
  }
}

const NOT_FINITE = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g;

/** Reads as null the numbers that JSON has no word for and Python writes all the same. `null`: it is no JSON even then. */
function decodeNotFinite(text: string): DecodedText | null {
  if (!/NaN|Infinity/.test(text)) return null;
  try {
    const json: unknown = JSON.parse(text.replace(NOT_FINITE, (token) => (token.startsWith('"') ? token : 'null')));
    return { json, isRepaired: true };
  } catch {
    return null;
  }
}

/** Creates the issue of a text that JSON.parse refused. */
function wordParseError(text: string, position: TextPosition, error: Error): Issue {
  const found = locateJsonError(text) ?? { offset: 0, problem: error.message };
  const { line, column } = advance(position, text.slice(0, found.offset));
  return { code: 'broken-json', origin: { uri: position.uri, line }, column, problem: found.problem };
}

/** Moves a position past `text`. */
function advance(from: TextPosition, text: string): TextPosition {
  const lastBreak = text.lastIndexOf('\n');
  if (lastBreak < 0) return { ...from, column: from.column + text.length };
  return { ...from, line: from.line + text.split('\n').length - 1, column: text.length - lastBreak };
}

/** Finds the first byte that is not UTF-8 in a text that begins at `position`. */
export function locateBadByte(bytes: Buffer, position: TextPosition) {
  // Decoding replaces the first bad sequence by U+FFFD; a genuine U+FFFD before it would only move the column.
  const text = bytes.toString('utf8');
  const { line, column } = advance(position, text.slice(0, text.indexOf('\uFFFD')));
  return { origin: { uri: position.uri, line }, column };
}
