import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../../errors.ts';
import { type Checksum, readEtagMd5, verify } from '../checksum.ts';
import { watchPace } from '../pace.ts';
import type { Answer, Resource } from './answer.ts';
import type { Requester } from './request.ts';

/** A resource as the server described it when it was first asked. */
export interface StoredResource extends Resource {
  /** `null` when the server does not say it. */
  readonly byteLength: number | null;
  /** ETag that changes with every byte; `null` when the server gives none. */
  readonly etag: string | null;
}

/** Asks what a URL names by a GET of one byte: signed addresses allow no other method. `UserError` when there is nothing to read. */
export async function findResource({ get }: Requester, resource: Resource): Promise<StoredResource> {
  const { status, headers, body } = await get(resource, { Range: 'bytes=0-0' });
  const text = status === 200 ? headers['content-length'] : /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
  // A server that knows no ranges has begun to send everything.
  if (status === 200) body.destroy();
  else body.resume();
  return { ...resource, byteLength: text === undefined ? null : Number(text), etag: readEtag(headers) };
}

const readEtag = ({ etag }: Answer['headers']): string | null => (etag?.startsWith('"') ? etag : null);

/** Bytes after which a connection that breaks again is taken for a new misfortune. */
const PROGRESS_BYTES = 4 * 2 ** 20;

/**
 * Reads the bytes in order. A connection that breaks is resumed where it broke, if the server can tell that it is still the same; in
 * the end the checksum is verified, where the server gives one. Throws `UserError`: `replaced`, `damaged`, `cut-short`, or as
 * `explainStatus` says.
 */
export async function* readUrl(requester: Requester, stored: StoredResource): AsyncGenerator<Uint8Array> {
  const whole = await requester.get(stored, {});
  if (whole.status !== 200) throw unexpected(whole, stored);
  if (isOther(whole.headers, stored)) throw replaced(stored);
  const packing = whole.headers['content-encoding'] ?? 'identity';
  if (!/^(identity|x-gzip|gzip|zstd|aws-chunked|)$/i.test(packing)) throw packed(packing, stored);
  const damaged = (problem: string) =>
    new UserError('damaged', `Cannot read ${stored.name}: ${problem}.`, {
      hint: 'Try again; if it stays so, it is damaged where it lies.',
    });
  yield* verify(readOn(requester, stored, whole), Promise.resolve(readChecksum(whole.headers)), damaged);
}

async function* readOn(requester: Requester, stored: StoredResource, whole: Answer): AsyncGenerator<Uint8Array> {
  const { attemptCount, backOffMs } = requester.pace;
  let [received, failureCount] = [0, 0];
  for (let answer = whole; ; answer = await resume(requester, stored, received)) {
    const { byteLength, cause } = yield* drain(answer.body, requester.pace.stallTimeoutMs);
    received += byteLength;
    if (cause === undefined && received === (stored.byteLength ?? received)) return;
    failureCount = byteLength > PROGRESS_BYTES ? 1 : failureCount + 1;
    if (stored.etag === null || failureCount === attemptCount) throw brokenOff(stored, answer.server, received, cause);
    await delay(backOffMs * 2 ** (failureCount - 1));
  }
}

/** Hands on what comes of a body; gives its length in bytes and why it ended before its end, if it did. */
async function* drain(
  body: Answer['body'],
  longestMs: number,
): AsyncGenerator<Uint8Array, { byteLength: number; cause?: unknown }> {
  let byteLength = 0;
  try {
    for await (const chunk of watchPace(body, longestMs)) {
      byteLength += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    return { byteLength, cause };
  }
  return body.complete ? { byteLength } : { byteLength, cause: new Error('the body ended too early') };
}

/** Asks for the rest, if it is still the rest of the same. */
async function resume({ get }: Requester, stored: StoredResource, received: number): Promise<Answer> {
  const answer = await get(stored, { Range: `bytes=${received}-`, 'If-Range': stored.etag ?? '' });
  const isRest = answer.headers['content-range']?.startsWith(`bytes ${received}-`) ?? false;
  if (answer.status === 206 && isRest && !isOther(answer.headers, stored)) return answer;
  answer.body.destroy();
  if (answer.status === 206 && !isRest) throw unexpected(answer, stored);
  throw isOther(answer.headers, stored) ? replaced(stored) : brokenOff(stored, answer.server, received);
}

/** Tells whether the headers are those of something else than what was found. */
function isOther(headers: Answer['headers'], { etag, byteLength }: StoredResource): boolean {
  const isPart = headers['content-range'] !== undefined;
  const length = isPart ? /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] : headers['content-length'];
  const isOtherLength = byteLength !== null && length !== undefined && Number(length) !== byteLength;
  return isOtherLength || (etag !== null && headers.etag !== undefined && headers.etag !== etag);
}

const replaced = ({ name }: Resource): UserError =>
  new UserError('replaced', `Cannot read ${name}: it was replaced while wfa read it.`, {
    hint: 'Run wfa again once nobody writes there; it does not report on a mixture.',
  });

const packed = (packing: string, { name }: Resource): UserError =>
  new UserError(
    'unreadable',
    `Cannot read ${name}: it comes packed in a way that wfa does not know, ${packing.slice(0, 20)}.`,
    {
      hint: 'gzip and zstd are unpacked.',
    },
  );

const unexpected = ({ server, status }: Answer, { name }: Resource): UserError =>
  new UserError('unreadable', `Cannot read ${name}: ${server} answers ${status}, and not with what it was asked for.`);

const brokenOff = ({ name, byteLength, etag }: StoredResource, server: string, received: number, cause?: unknown) =>
  new UserError(
    'cut-short',
    `Cannot read ${name}: ${server} broke off after ${received} of ${byteLength ?? 'all'} bytes.`,
    {
      hint:
        etag === null
          ? 'The server gives no ETag, by which the rest could be asked for. Try again, or download it first: curl -O'
          : 'Try again when the connection is better.',
      cause,
    },
  );

/** Reads the checksum of the whole: of RFC 9530 and its forerunners, of Google's storage and of S3. */
function readChecksum(headers: Answer['headers']): Checksum | null {
  const field = (name: string) => String(headers[name] ?? '');
  const isPacked = !/^(identity)?$/.test(field('content-encoding') || field('x-goog-stored-content-encoding'));
  const sha256 = /sha-256=:?([A-Za-z0-9+/]{43}=)/i;
  const candidates: (readonly [string, Checksum['algorithm'], string | undefined])[] = [
    ['repr-digest', 'SHA256', sha256.exec(field('repr-digest'))?.[1]],
    ['content-digest', 'SHA256', sha256.exec(field('content-digest'))?.[1]],
    ['digest', 'SHA256', sha256.exec(field('digest'))?.[1]],
    ['content-md5', 'MD5', /^[A-Za-z0-9+/]{22}==$/.exec(field('content-md5'))?.[0]],
    ['x-goog-hash', 'MD5', isPacked ? undefined : /md5=([A-Za-z0-9+/]{22}==)/.exec(field('x-goog-hash'))?.[1]],
    ['the ETag', 'MD5', readS3Md5(headers)],
  ];
  for (const [name, algorithm, digest] of candidates)
    if (digest !== undefined) return { field: name, algorithm, digest };
  return null;
}

/** Reads the MD5 of an object that S3 gives by a signed or public address. */
function readS3Md5(headers: Answer['headers']): string | undefined {
  if (headers['x-amz-request-id'] === undefined) return undefined;
  const field = (name: string) => headers[name]?.toString();
  const digest = readEtagMd5(
    headers.etag,
    field('x-amz-server-side-encryption'),
    field('x-amz-server-side-encryption-customer-algorithm'),
  );
  return digest ?? undefined;
}
