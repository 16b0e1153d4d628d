/**
 * Open: a URI → bytes, decompressed. Knows where data lie and how they are packed, nothing of what is in them.
 */
import { UserError } from '../errors.ts';
import { fileSource } from './file.ts';
import { redisSource } from './redis/redis.ts';
import { s3Source } from './s3.ts';
import { sampleSource } from './sample.ts';
import type { Input, Source, SourceSettings } from './source.ts';
import { stdinSource } from './stdin.ts';

export { decompress } from './decompress.ts';
export { createRangeBuffer, readLineRange } from './line-ranges.ts';
export { packageRoot } from './package-root.ts';
export { withoutPassword } from './redis/uri.ts';
export { isS3Uri, parseObjectUri, writeObjectStream } from './s3.ts';
export type { Input, LineRange, OpenRanges, SourceSettings } from './source.ts';

const SOURCES: readonly Source[] = [stdinSource, sampleSource, s3Source, redisSource, fileSource];

/** The inputs behind one URI; `UserError` when there is none or nobody knows its scheme. */
export async function listInputs(uri: string, settings: SourceSettings = {}): Promise<Input[]> {
  const source = SOURCES.find((candidate) => candidate.accepts(uri));
  if (source) return source.list(uri, settings);
  throw new UserError('unknown-scheme', `wfa cannot read ${uri}: it does not know ${uri.replace(/:.*/s, ':')}`, {
    hint: 'Give a file, a directory, a glob, s3://BUCKET/KEY, redis://HOST, - for standard input, or sample: for the bundled runs.',
  });
}
