import type { _Object as ListedObject, ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { UserError } from '../../errors.ts';
import { timedOut } from '../pace.ts';
import { answerTimeout, type S3Connection } from './connection.ts';
import { explain, notS3, toAttempt } from './explain.ts';
import type { StoredObject } from './find-object.ts';
import { type Place, wordPlace } from './place.ts';

/** Pages without a new key after one another before a listing is taken for endless: deleted versions make some of these. */
const MOST_EMPTY_PAGES = 100;
/** Objects that are listed at most: some gigabyte in memory. */
const MOST_OBJECTS = 4e6;

/** Lists all objects whose keys begin with the place's key, in the order of keys. `UserError` also when a listing does not end. */
export async function listObjects(connection: S3Connection, place: Place): Promise<StoredObject[]> {
  const objects = new Map<string, StoredObject>();
  let emptyPageCount = 0;
  for await (const page of listPages(connection, place)) {
    const knownCount = objects.size;
    for (const found of page.Contents ?? []) objects.set(found.Key ?? '', toObject(place.bucket, found));
    emptyPageCount = objects.size === knownCount ? emptyPageCount + 1 : 0;
    if (emptyPageCount > MOST_EMPTY_PAGES) throw endless(connection, place);
    if (objects.size > MOST_OBJECTS) {
      throw new UserError('too-large', `There are more than ${MOST_OBJECTS} objects below ${wordPlace(place)}`, {
        hint: 'Give a longer prefix, or several of them.',
      });
    }
  }
  return [...objects.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function* listPages(connection: S3Connection, place: Place): AsyncGenerator<ListObjectsV2CommandOutput> {
  const { sdk, send, pace } = connection;
  const request = { Bucket: place.bucket, Prefix: place.key, MaxKeys: pace.pageKeyCount };
  const attempt = () => toAttempt(connection, 'list', place);
  let token: string | undefined;
  do {
    const command = new sdk.ListObjectsV2Command({ ...request, ContinuationToken: token });
    // Answers may drip, which is no silence: every attempt has an end, and all of them.
    const timeout = answerTimeout(pace);
    const abortSignal = AbortSignal.timeout(pace.attemptCount * timeout.requestTimeout);
    const page = await send(command, { ...timeout, abortSignal }).catch((error: unknown) => {
      throw explain(abortSignal.aborted ? timedOut() : error, attempt());
    });
    // The fields that every listing has: the SDK takes any answer without objects for an empty one.
    if (page.Name === undefined && page.IsTruncated === undefined) throw notS3(attempt(), 'does not list as S3 does');
    yield page;
    const next = page.IsTruncated ? page.NextContinuationToken : undefined;
    if (page.IsTruncated && (!next || next === token)) throw endless(connection, place);
    token = next;
  } while (token !== undefined);
}

const endless = (connection: S3Connection, place: Place): UserError =>
  notS3(toAttempt(connection, 'list', place), 'gives a listing that does not end');

const toObject = (bucket: string, { Key = '', Size = 0, ETag }: ListedObject): StoredObject => ({
  bucket,
  key: Key,
  byteLength: Size,
  etag: ETag ?? null,
});
