import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../../errors.ts';
import { type Checksum, verify } from '../checksum.ts';
import { watchPace } from '../pace.ts';
import { answerTimeout, type S3Connection } from './connection.ts';
import { explain, isMissing, notS3, replaced, toAttempt } from './explain.ts';
import { findObject, type StoredObject } from './find-object.ts';
import { wordPlace } from './place.ts';

/** A begun object is one on its way: its first part and its checksum are being fetched. */
export interface BegunObject {
  readonly first: Promise<Uint8Array>;
  readonly checksum: Promise<Checksum | null>;
}

/** Bytes of a chunk: as many as of a file, because a decoder takes each chunk whole. */
const CHUNK_BYTES = 1 << 20;

const NEVER = new AbortController().signal;

/** Begins to fetch an object, for `readObject` to go on. */
export function beginObject(connection: S3Connection, object: StoredObject, signal = NEVER): BegunObject {
  const first = fetchPart(connection, object, 0, signal);
  const checksum = object.checksum === undefined ? findChecksum(connection, object) : Promise.resolve(object.checksum);
  // Whoever awaits it gets the error; what nobody awaits any more must not bring the process down.
  checksum.catch(() => {});
  return { first, checksum };
}

async function findChecksum(connection: S3Connection, object: StoredObject): Promise<Checksum | null> {
  const attempt = () => toAttempt(connection, 'read', object);
  const found = await findObject(connection, object).catch((error: unknown) => {
    throw explain(error, attempt());
  });
  // A missing one is told by the request for its bytes, whose answer gives the reason.
  if (object.etag !== null && found.etag !== object.etag) throw replaced(attempt());
  return found.checksum ?? null;
}

/**
 * Reads an object's bytes in order, fetched in parts, several at a time. Every part is asked for by the ETag of the listing, and
 * broken connections are resumed where they broke: the bytes are those of that one object, and in the end their checksum is
 * verified, where the server gives one. Throws `UserError`: `replaced`, `damaged`, `cut-short` after the last attempt, or as
 * `explain` says.
 */
export async function* readObject(
  connection: S3Connection,
  object: StoredObject,
  begun?: BegunObject,
): AsyncGenerator<Uint8Array> {
  if (object.byteLength === 0) return;
  const stop = new AbortController();
  const { first, checksum } = begun ?? beginObject(connection, object, stop.signal);
  try {
    const damaged = (problem: string) => damagedObject(object, problem);
    yield* verify(readParts(connection, object, first, stop.signal), checksum, damaged);
  } finally {
    stop.abort();
  }
}

const damagedObject = (object: StoredObject, problem: string): UserError =>
  new UserError('damaged', `Cannot read ${wordPlace(object)}: ${problem}.`, {
    hint: 'Try again; if it stays so, the object is damaged where it lies: upload it again.',
  });

/** Reads the parts in order, `first` among them. */
async function* readParts(
  connection: S3Connection,
  object: StoredObject,
  first: Promise<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { partBytes, partsInFlightCount } = connection.pace;
  const inFlight = [first];
  let from = partBytes;
  const fillFlight = () => {
    for (; inFlight.length < partsInFlightCount && from < object.byteLength; from += partBytes) {
      inFlight.push(fetchPart(connection, object, from, signal));
    }
  };
  fillFlight();
  for (let part = inFlight.shift(); part; part = inFlight.shift()) {
    const bytes = await part;
    fillFlight();
    yield* inChunks(bytes);
  }
}

function* inChunks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

/** Fetches the part that begins at byte `from`. */
function fetchPart(
  connection: S3Connection,
  object: StoredObject,
  from: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const to = Math.min(from + connection.pace.partBytes, object.byteLength);
  const part = fillPart(connection, object, { from, to }, signal);
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
      for await (const chunk of watchPace(body, connection.pace.stallTimeoutMs)) filled += chunk.copy(bytes, filled);
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
  const { sdk, send, pace } = connection;
  const attempt = () => toAttempt(connection, 'read', object);
  const command = new sdk.GetObjectCommand({
    Bucket: bucket,
    Key: key,
    Range: `bytes=${from}-${to - 1}`,
    ...(etag === null ? {} : { IfMatch: etag }),
  });
  const answer = await send(command, { abortSignal: signal, ...answerTimeout(pace) }).catch((error: unknown) => {
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
