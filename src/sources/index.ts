/**
 * Open: a URI comes in (a file, directory or glob, `s3://`, `https://`, `redis://`, `sample:`, `-`); inputs go out, each of which opens to its
 * stored bytes, which `decompress` unpacks. This folder knows where data lie and how they are packed, nothing of their contents.
 */
import { UserError } from '../errors.ts';
import { fileSource } from './file.ts';
import { httpSource } from './http.ts';
import { redisSource } from './redis/redis.ts';
import { s3Source } from './s3.ts';
import { listSampleUris, sampleSource } from './sample.ts';
import { showUri } from './show-uri.ts';
import type { Input, Source, SourceSettings } from './source.ts';
import { stdinSource } from './stdin.ts';

export { decompress } from './decompress.ts';
export { isLocalPath } from './file.ts';
export { createRangeBuffer, readLineRange } from './line-ranges.ts';
export { packageRoot } from './package-root.ts';
export { peek } from './peek.ts';
export { isS3Uri, parseObjectUri, writeObjectStream } from './s3.ts';
export { showUri } from './show-uri.ts';
export type { Input, LineRange, OpenRanges, PassedOver, SourceSettings } from './source.ts';
export { Spool } from './spool.ts';

export { listSampleUris };

const SOURCES: readonly Source[] = [stdinSource, sampleSource, s3Source, httpSource, redisSource, fileSource];

/**
 * Lists the inputs behind one URI, in a stable order. Throws `UserError`: `unknown-scheme` when no source knows the scheme, else one
 * such as `not-found`, `no-record-files` or `access-denied` when there is nothing to read.
 */
export async function listInputs(uri: string, settings: SourceSettings = {}): Promise<Input[]> {
  const source = SOURCES.find((candidate) => candidate.accepts(uri));
  if (source) return source.list(uri, settings);
  throw new UserError(
    'unknown-scheme',
    `wfa cannot read ${showUri(uri)}: it does not know ${uri.trim().replace(/:.*/s, ':')}`,
    {
      hint: 'Give a file, a directory, a glob, s3://BUCKET/KEY, https://HOST/PATH, redis://HOST, - for standard input, or sample: for the bundled runs.',
    },
  );
}
