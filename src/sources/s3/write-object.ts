import type { S3Settings } from '../source.ts';
import { answerTimeout, connect, S3_PACE, type S3Connection, type S3Pace } from './connection.ts';
import { explain, toAttempt } from './explain.ts';
import { type Place, parseObjectUri } from './place.ts';

/** Least bytes of a part: S3 wants at least 5 MiB of all but the last. */
const LEAST_PART_BYTES = 8 * 2 ** 20;
/** Parts of one size before the next size: S3 takes at most 10,000 parts, which then hold 460 GB, the last ones 80 MiB each. */
const PARTS_PER_SIZE = 1000;

/** The pace of uploads: what the system's buffers hold of a part goes out over a slow line without a sign of it. */
const UPLOAD_PACE: S3Pace = { ...S3_PACE, stallTimeoutMs: 60_000 };

/** Slowest line that a part is waited for, in bytes a millisecond: an answer has to begin when a part can be there on such a line. */
const SLOWEST_BYTES_PER_MS = 64;

/** Gives the bytes that a part holds, by the number of parts before it. */
export const choosePartBytes = (partCount: number): number =>
  LEAST_PART_BYTES * (1 + Math.floor(partCount / PARTS_PER_SIZE));

/**
 * Writes chunks as they come to `s3://bucket/key`, holding one part in memory; what fits into one part goes in one request. The object appears when everything has come; an error,
 * the caller's included, leaves what was there before and takes the parts back. `UserError` when S3 does not take it.
 */
export async function writeObjectStream(
  uri: string,
  chunks: AsyncIterable<string | Uint8Array>,
  settings: S3Settings,
  pace: S3Pace = UPLOAD_PACE,
): Promise<void> {
  const place = parseObjectUri(uri);
  const connection = await connect(settings, pace);
  const upload = new Upload(connection, place);
  try {
    for await (const { bytes, last } of inParts(chunks)) await upload.add(bytes, last);
  } catch (error) {
    await upload.abort();
    throw explain(error, toAttempt(connection, 'write', place));
  }
}

interface Part {
  readonly bytes: Buffer;
  readonly last: boolean;
}

async function* inParts(chunks: AsyncIterable<string | Uint8Array>): AsyncGenerator<Part> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let partCount = 0;
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk);
    held.push(bytes);
    heldBytes += bytes.length;
    if (heldBytes < choosePartBytes(partCount)) continue;
    partCount++;
    yield { bytes: Buffer.concat(held), last: false };
    held = [];
    heldBytes = 0;
  }
  yield { bytes: Buffer.concat(held), last: true };
}

/** One object in parts; when it has one only, in one request. */
class Upload {
  readonly #connection: S3Connection;
  readonly #address: { readonly Bucket: string; readonly Key: string };
  readonly #parts: { readonly PartNumber: number; readonly ETag: string | undefined }[] = [];
  #uploadId: string | undefined;

  constructor(connection: S3Connection, { bucket, key }: Place) {
    this.#connection = connection;
    this.#address = { Bucket: bucket, Key: key };
  }

  async add(bytes: Buffer, last: boolean): Promise<void> {
    const { sdk } = this.#connection;
    const send = this.#sendWithin(bytes.length);
    if (last && this.#uploadId === undefined) {
      await send(new sdk.PutObjectCommand({ ...this.#address, Body: bytes }));
      return;
    }
    this.#uploadId ??= (await send(new sdk.CreateMultipartUploadCommand(this.#address))).UploadId;
    const upload = { ...this.#address, UploadId: this.#uploadId };
    const PartNumber = this.#parts.length + 1;
    if (bytes.length > 0) {
      const { ETag } = await send(new sdk.UploadPartCommand({ ...upload, PartNumber, Body: bytes }));
      this.#parts.push({ PartNumber, ETag });
    }
    if (!last) return;
    await send(new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: this.#parts } }));
  }

  /** Sends commands with so many bytes, whose answer may not drip for ever: its headers are no silence. */
  #sendWithin(byteCount: number): S3Connection['send'] {
    const { send, pace } = this.#connection;
    const requestTimeout = answerTimeout(pace).requestTimeout + byteCount / SLOWEST_BYTES_PER_MS;
    return ((command: Parameters<S3Connection['send']>[0]) =>
      send(command, { requestTimeout })) as S3Connection['send'];
  }

  /** Takes back what has been uploaded; that this fails, too, is not what the user needs to hear of. */
  async abort(): Promise<void> {
    if (this.#uploadId === undefined) return;
    const { sdk } = this.#connection;
    const upload = { ...this.#address, UploadId: this.#uploadId };
    await this.#sendWithin(0)(new sdk.AbortMultipartUploadCommand(upload)).catch(() => {});
  }
}
