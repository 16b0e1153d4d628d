import { quoteServer, UserError } from '../errors.ts';
import { answerTimeout, connect, S3_PACE, type S3Connection, type S3Pace } from './s3/connection.ts';
import { explain, isMissing, toAttempt } from './s3/explain.ts';
import { findObject, type StoredObject } from './s3/find-object.ts';
import { listObjects } from './s3/list-objects.ts';
import { isS3Uri, type Place, parsePlace, wordPlace } from './s3/place.ts';
import { type BegunObject, beginObject, readObject } from './s3/read-object.ts';
import {
  type Input,
  isHiddenName,
  isRecordFileName,
  passedOverInput,
  type S3Settings,
  type Source,
  type SourceSettings,
} from './source.ts';

export { isS3Uri, parseObjectUri } from './s3/place.ts';
export { writeObjectStream } from './s3/write-object.ts';

/** Creates a source of objects in buckets: one by its key, all record files below a prefix, or those that a glob matches. */
export function createS3Source(pace: S3Pace): Source {
  const connections = new WeakMap<S3Settings, Promise<S3Connection>>();
  return {
    accepts: isS3Uri,
    list: async (uri, settings) => {
      const { s3 = DEFAULT_SETTINGS } = settings;
      const place = parsePlace(uri);
      const connecting = connections.get(s3) ?? connect(s3, pace);
      connections.set(s3, connecting);
      const connection = await connecting;
      if (place.key === '' || place.key.endsWith('/')) return listPrefix(connection, place, settings);
      return /[*?[{]/.test(place.key) ? listGlob(connection, place) : [await findSingle(connection, place)];
    },
  };
}

/** The source reads `s3://` at the pace of `S3_PACE`. */
export const s3Source = createS3Source(S3_PACE);

const DEFAULT_SETTINGS: S3Settings = {};

function objectInput(object: StoredObject, explicit: boolean, open: Input['open']): Input {
  return { uri: wordPlace(object), byteLength: object.byteLength, explicit, version: object.etag, open };
}

const singleInput = (connection: S3Connection, object: StoredObject): Input =>
  objectInput(object, true, () => readObject(connection, object));

/** Creates inputs that are likely to be read in order: opening one begins to fetch the first parts of the next ones. */
function listedInputs(connection: S3Connection, objects: readonly StoredObject[]): Input[] {
  const ahead = new Map<number, BegunObject>();
  let next = 0;
  const fetchAhead = () => {
    // A part that is fetched and never opened stays and counts: memory is bounded in any order of reading.
    for (; ahead.size < connection.pace.objectsAheadCount && next < objects.length; next++) {
      const object = objects[next];
      if (object && object.byteLength > 0) ahead.set(next, beginObject(connection, object));
    }
  };
  return objects.map((object, index) =>
    objectInput(object, false, async function* () {
      const begun = ahead.get(index);
      ahead.delete(index);
      next = Math.max(next, index + 1);
      fetchAhead();
      yield* readObject(connection, object, begun);
    }),
  );
}

async function listPrefix(connection: S3Connection, place: Place, settings: SourceSettings): Promise<Input[]> {
  const objects = await listObjects(connection, place);
  const records = objects.filter(({ key }) => isRecordFileName(key, settings));
  const { shown, hidden } = partHidden(records, place.key);
  if (shown.length > 0) return [...listedInputs(connection, shown), ...hidden.map(passOver)];
  if (objects.length === 0) {
    throw new UserError('no-record-files', `There is nothing below ${wordPlace(place)}`, {
      hint: await wordNearby(connection, place),
    });
  }
  const others =
    objects.length === 1
      ? 'one object, which is no record file'
      : `${objects.length} objects, no record file among them`;
  throw new UserError('no-record-files', `${wordPlace(place)} holds ${others}.`, {
    hint: [
      'Record files end in .parquet, or in .ndjson, .jsonl or .json, also with .gz or .zst behind it.',
      `To read others, name them, or write ${wordPlace(place)}**`,
      ...(hidden.length > 0 ? [wordHidden(hidden)] : []),
    ],
  });
}

/** Hidden keys have a name below the prefix that Spark, Hive and Arrow pass over in folders. */
function partHidden(objects: readonly StoredObject[], prefix: string) {
  const isHidden = ({ key }: StoredObject) => key.slice(prefix.length).split('/').some(isHiddenName);
  return { shown: objects.filter((object) => !isHidden(object)), hidden: objects.filter(isHidden) };
}

const wordHidden = ([first, ...others]: readonly StoredObject[]): string =>
  `Names that begin with . or _ are passed over: ${first && wordPlace(first)}${others.length > 0 ? ` and ${others.length} more` : ''}`;

const passOver = (object: StoredObject): Input =>
  passedOverInput(wordPlace(object), { reason: 'hidden', isProblem: false });

/** Lists what a glob matches; as with files, hidden names are only taken where the glob spells their first sign. */
async function listGlob(connection: S3Connection, place: Place): Promise<Input[]> {
  const { default: picomatch } = await import('picomatch');
  const prefix = place.key.replace(/[*?[{(!+@\\].*$/s, '');
  const below = { bucket: place.bucket, key: prefix };
  const objects = await listObjects(connection, below);
  // A key may hold these characters itself; files are looked up in the same order.
  const same = objects.find(({ key }) => key === place.key);
  if (same) return [singleInput(connection, same)];
  const matches = picomatch(place.key, { nonegate: true });
  const matching = objects.filter(({ key }) => matches(key));
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const takesHidden = /(^|[/{,])[._]/.test(place.key.slice(folder.length));
  const { shown, hidden } = takesHidden ? { shown: matching, hidden: [] } : partHidden(matching, folder);
  if (shown.length > 0) return [...listedInputs(connection, shown), ...hidden.map(passOver)];
  throw new UserError('not-found', `No object matches ${wordPlace(place)}`, {
    hint: [
      `Objects that lie below ${wordPlace(below)}: ${objects.length}. A * stops at a slash, ** does not.`,
      ...(hidden.length > 0 ? [wordHidden(hidden)] : []),
    ],
  });
}

async function findSingle(connection: S3Connection, place: Place): Promise<Input> {
  try {
    return singleInput(connection, await findObject(connection, place));
  } catch (error) {
    const reason = await askForReason(connection, place, error);
    if (isMissing(reason)) throw await notFound(connection, place, reason);
    throw explain(reason, toAttempt(connection, 'read', place));
  }
}

/** Gets the reason of a refusal by a GET of one byte: the answer to a HEAD has no body. */
async function askForReason({ sdk, send, pace }: S3Connection, place: Place, error: unknown): Promise<unknown> {
  if (!('$metadata' in (error as object))) return error;
  const command = new sdk.GetObjectCommand({ Bucket: place.bucket, Key: place.key, Range: 'bytes=0-0' });
  return send(command, answerTimeout(pace)).then(
    () => error,
    (reason: unknown) => reason,
  );
}

/** Creates the error of a missing key, whose hint names a prefix of that name, the nearest key or the keys around it. */
async function notFound(connection: S3Connection, place: Place, reason: unknown): Promise<Error> {
  const error = explain(reason, toAttempt(connection, 'read', place));
  if (!(error instanceof UserError)) return error;
  const near = (await listLevel(connection, place)) ?? [];
  const uri = wordPlace(place);
  const hint = near.includes(`${place.key}/`)
    ? `There are objects below it: to read them all, end it with a slash: ${uri}/`
    : near[0] !== undefined
      ? `The nearest key is ${wordPlace({ bucket: place.bucket, key: near[0] })}`
      : await wordNearby(connection, place);
  return new UserError(error.code, error.message, { hint, cause: reason });
}

/** Names some keys of the nearest level above that has any. */
async function wordNearby(connection: S3Connection, { bucket, key }: Place): Promise<string> {
  for (let level = key; level !== ''; ) {
    level = level.replace(/[^/]*\/?$/, '');
    const names = await listLevel(connection, { bucket, key: level });
    if (names === null) return 'Keys are case-sensitive.';
    const words = names.slice(0, SHOWN_COUNT).map((name) => name.slice(level.length));
    const more = names.length > SHOWN_COUNT ? ', …' : '';
    if (names.length > 0) return `Below ${wordPlace({ bucket, key: level })} there is ${words.join(', ')}${more}`;
  }
  return 'The bucket is empty.';
}

const SHOWN_COUNT = 5;

/** Lists the first keys that begin with `key`, each up to the next slash; `null` where listing is not allowed. */
async function listLevel({ sdk, send, pace }: S3Connection, { bucket, key }: Place): Promise<string[] | null> {
  const request = { Bucket: bucket, Prefix: key, Delimiter: '/', MaxKeys: SHOWN_COUNT + 1 };
  const page = await send(new sdk.ListObjectsV2Command(request), answerTimeout(pace)).catch(() => null);
  if (page === null) return null;
  const prefixes = page.CommonPrefixes?.map(({ Prefix }) => Prefix ?? '') ?? [];
  return [...prefixes, ...(page.Contents?.map(({ Key }) => Key ?? '') ?? [])].map((name) => quoteServer(name));
}
