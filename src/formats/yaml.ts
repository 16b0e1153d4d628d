import { UserError } from '../errors.ts';
import { showUri } from '../sources/index.ts';
import type { Batch, Format } from './record.ts';

/**
 * The format is YAML as Kubernetes' and AWS' tools write it: any number of documents, each a record, that begin with one of the keys of an
 * object there. The package for it is loaded when such a file is met.
 */
export const yamlFormat: Format = {
  detect: (head) =>
    /^(?:(?:%YAML|---|#)[^\n]*\n|\s*\n)*(?:apiVersion|kind|metadata|items|spec|status|events|executionArn)[ \t]*:(?:\s|$)/.test(
      head,
    ),
  decode: decodeYaml,
};

/** A tree takes some twenty times the bytes of its text. */
const MOST_BYTES = 32 * 2 ** 20;

async function* decodeYaml(bytes: AsyncIterable<Uint8Array>, uri: string): AsyncGenerator<Batch> {
  const parts: Uint8Array[] = [];
  let byteLength = 0;
  for await (const part of bytes) {
    byteLength += part.length;
    if (byteLength > MOST_BYTES) throw tooLong(uri);
    parts.push(part);
  }
  const { parseYaml } = await import('./yaml-documents.ts');
  const records = parseYaml(Buffer.concat(parts).toString('utf8'), uri);
  yield { records, lineCount: 0 };
}

const tooLong = (uri: string): UserError =>
  new UserError(
    'too-large',
    `${showUri(uri)} is YAML of more than ${MOST_BYTES / 2 ** 20} MB, which is not read in one piece.`,
    {
      hint: [
        'Get the workflows one by one, as in: kubectl get workflow NAME -o yaml > NAME.yaml',
        'Or as JSON, which may be of any size: kubectl get workflows -o json | jq -c ".items[]" > workflows.ndjson',
      ],
    },
  );
