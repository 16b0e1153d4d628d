import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { DecodedRecord } from './record.ts';

/** Aliases that a document may resolve to: enough for shared blocks, and no bomb. */
const MOST_ALIASES = 1000;

/** Parses all documents of a text, each to a record with its line; empty ones are left out. */
export function parseYaml(text: string, uri: string): DecodedRecord[] {
  const lineCounter = new LineCounter();
  const options = { lineCounter, merge: true, logLevel: 'silent', prettyErrors: false } as const;
  return [...parseAllDocuments(text, options)].flatMap((document) => toRecord(document, lineCounter, uri) ?? []);
}

/** `null`: the document is empty. */
function toRecord(document: Document, lineCounter: LineCounter, uri: string): DecodedRecord | null {
  const { line } = lineCounter.linePos(document.contents?.range?.[0] ?? document.range?.[0] ?? 0);
  const wordBroken = (at: number, problem: string): DecodedRecord => ({
    issue: { code: 'broken-yaml', origin: { uri, line: at }, problem },
  });
  const [error] = document.errors;
  if (error) return wordBroken(lineCounter.linePos(error.pos[0]).line, error.message);
  try {
    const json: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return json === null ? null : { line, json };
  } catch (thrown) {
    return wordBroken(line, (thrown as Error).message);
  }
}
