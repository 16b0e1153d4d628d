import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../../errors.ts';
import type { S3Connection } from './connection.ts';
import { explain, isMissing, notS3, replaced, toAttempt } from './explain.ts';
import { type Place, wordPlace } from './place.ts';

/** A stored object is one as it was when it was listed. */
export interface StoredObject extends Place {
  readonly byteLength: number;
  /** ETag with its quotes; `null` when the server gives none. */
  readonly etag: string | null;
}

/** Bytes of a chunk: as many as of a file, because a decoder takes each chunk whole. */
const CHUNK_BYTES = 1 << 20;

/**
 * Reads an object's bytes in order, fetched in parts, several at a time. Every part is asked for by the ETag of the listing, and
 * broken connections are resumed where they broke: the bytes are those of that one object. `first`: the first part, when it is
 * being fetched already. Throws `UserError`: `replaced`, `cut-short` after the last attempt, or as `explain` says.
 */
export async function* readObject(
  connection: S3Connection,
  object: StoredObject,
  first?: Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { partBytes, partsInFlightCount } = connection.pace;
  const stop = new AbortController();
  const inFlight = first ? [first] : [];
  let from = first ? partBytes : 0;
  const fetchNext = () => {
    if (from >= object.byteLength) return;
    inFlight.push(fetchPart(connection, object, from, stop.signal));
    from += partBytes;
  };
  try {
    while (inFlight.length < partsInFlightCount && from < object.byteLength) fetchNext();
    for (let part = inFlight.shift(); part; part = inFlight.shift()) {
      const bytes = await part;
      fetchNext();
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
    }
  } finally {
    stop.abort();
  }
}

/** Fetches the part that begins at byte `from`. */
export function fetchPart(
  connection: S3Connection,
  object: StoredObject,
  from: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const to = Math.min(from + connection.pace.partBytes, object.byteLength);
  const part = fillPart(connection, object, { from, to }, signal);
  // Whoever awaits it gets the error; a part that nobody awaits any more must not bring the process down.
  part.catch(() => {});
  return part;
}

interface Range {
  readonly from: number;
  /** Byte behind the last one. */
  readonly to: number;
}

async function fillPart(
  connection: S3Connection,
  object: StoredObject,
  { from, to }: Range,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { attemptCount, backOffMs } = connection.pace;
  const bytes = Buffer.allocUnsafeSlow(to - from);
  let filled = 0;
  let cause: unknown;
  for (let attempt = 0; attempt < attemptCount; attempt++) {
    // Up to half as much again, by chance, so that the parts do not all come back at once.
    if (attempt > 0) await delay(backOffMs * 2 ** (attempt - 1) * (1 + Math.random() / 2), undefined, { signal });
    const body = await openRange(connection, object, { from: from + filled, to }, signal);
    try {
      for await (const chunk of body) filled += chunk.copy(bytes, filled);
    } catch (error) {
      cause = error;
    }
    if (filled === bytes.length) return bytes;
  }
  throw new UserError(
    'cut-short',
    `Cannot read ${wordPlace(object)}: ${connection.server()} broke off ${attemptCount} times.`,
    {
      hint: `Byte ${from + filled} of ${object.byteLength} was the last to arrive there. Try again when the connection is better.`,
      cause,
    },
  );
}

/** Opens the stream of a part's bytes, once the answer is sure to be that part of that object. */
async function openRange(
  connection: S3Connection,
  object: StoredObject,
  { from, to }: Range,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  const { bucket, key, etag, byteLength } = object;
  const { sdk, client } = connection;
  const attempt = () => toAttempt(connection, 'read', object);
  const command = new sdk.GetObjectCommand({
    Bucket: bucket,
    Key: key,
    Range: `bytes=${from}-${to - 1}`,
    ...(etag === null ? {} : { IfMatch: etag }),
  });
  const answer = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    // It was there when it was listed; nothing is left at this range when it has become shorter.
    throw isMissing(error) || isOutOfRange(error) ? replaced(attempt(), error) : explain(error, attempt());
  });
  const body = answer.Body as Readable;
  const expected = `bytes ${from}-${to - 1}/${byteLength}`;
  if (answer.ContentRange === expected && (etag === null || answer.ETag === etag)) return body;
  body.destroy();
  if (answer.ContentRange?.endsWith(`/${byteLength}`) === false || answer.ETag !== etag) throw replaced(attempt());
  throw notS3(attempt(), 'does not give the part of the object that it was asked for');
}

const isOutOfRange = (thrown: unknown): boolean => (thrown as Error)?.name === 'InvalidRange';
