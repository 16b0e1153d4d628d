import type { Document, LineCounter } from 'yaml';
import { UserError } from '../errors.ts';
import { showUri } from '../sources/index.ts';
import type { Batch, DecodedRecord, Format } from './record.ts';

/**
 * The format is YAML as Kubernetes' tools write it: any number of documents, each a record, that begin with one of the keys of an object
 * there. The package for it is loaded when such a file is met.
 */
export const yamlFormat: Format = {
  detect: (head) => /^(?:(?:%YAML|---|#)[^\n]*\n|\s*\n)*(?:apiVersion|kind|metadata|items|spec|status)[ \t]*:(?:\s|$)/.test(head),
  decode: decodeYaml,
};

/** A tree takes some twenty times the bytes of its text. */
const MOST_BYTES = 32 * 2 ** 20;
/** Aliases that a document may resolve to: enough for shared blocks, and no bomb. */
const MOST_ALIASES = 1000;

async function* decodeYaml(bytes: AsyncIterable<Uint8Array>, uri: string): AsyncGenerator<Batch> {
  const parts: Uint8Array[] = [];
  let byteLength = 0;
  for await (const part of bytes) {
    byteLength += part.length;
    if (byteLength > MOST_BYTES) throw tooLong(uri);
    parts.push(part);
  }
  const { LineCounter, parseAllDocuments } = await import('yaml');
  const lineCounter = new LineCounter();
  const options = { lineCounter, merge: true, logLevel: 'silent', prettyErrors: false } as const;
  const documents = parseAllDocuments(Buffer.concat(parts).toString('utf8'), options);
  // Without any document, the parser gives an empty list with properties of its own.
  const records = [...documents].flatMap((document) => toRecord(document, lineCounter, uri) ?? []);
  yield { records, lineCount: 0 };
}

/** `null`: the document is empty. */
function toRecord(document: Document, lineCounter: LineCounter, uri: string): DecodedRecord | null {
  const line = lineCounter.linePos(document.contents?.range?.[0] ?? document.range?.[0] ?? 0).line;
  const [error] = document.errors;
  if (error) {
    const { line: at } = lineCounter.linePos(error.pos[0]);
    return { issue: { code: 'broken-yaml', origin: { uri, line: at }, problem: error.message } };
  }
  if (document.contents === null) return null;
  try {
    return { line, json: document.toJS({ maxAliasCount: MOST_ALIASES }) };
  } catch (error) {
    return { issue: { code: 'broken-yaml', origin: { uri, line }, problem: (error as Error).message } };
  }
}

const tooLong = (uri: string): UserError =>
  new UserError('too-large', `${showUri(uri)} is YAML of more than ${MOST_BYTES / 2 ** 20} MB, which is not read in one piece.`, {
    hint: [
      'Get the workflows one by one, as in: kubectl get workflow NAME -o yaml > NAME.yaml',
      'Or as JSON, which may be of any size: kubectl get workflows -o json | jq -c ".items[]" > workflows.ndjson',
    ],
  });
