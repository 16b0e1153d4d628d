import { UserError } from '../../errors.ts';

/** A place is the address of an object, a prefix or a pattern. */
export interface Place {
  readonly bucket: string;
  /** Key as S3 has it, nothing decoded; empty for the whole bucket. */
  readonly key: string;
}

/** Recognizes `s3:` in any case. */
export const isS3Uri = (uri: string): boolean => /^s3:/i.test(uri);

/** Writes a place as its URI. */
export const wordPlace = ({ bucket, key }: Place): string => `s3://${bucket}/${key}`;

/** Splits `s3://bucket/key`; `UserError` `bad-uri` when it names no bucket. */
export function parsePlace(uri: string): Place {
  const [, bucket, key = ''] = /^s3:\/\/([^/\s*?[{]+)(?:\/(.*))?$/is.exec(uri) ?? [];
  if (bucket !== undefined) return { bucket, key };
  throw new UserError('bad-uri', `'${uri}' names no bucket.`, {
    hint: 'Write s3://BUCKET/KEY, s3://BUCKET/PREFIX/ or a glob in the key, such as s3://BUCKET/runs/*.ndjson.gz',
  });
}

/** Parses the address of one object to write; `UserError` `bad-uri` when it is a bucket's or a prefix's. */
export function parseObjectUri(uri: string): Place {
  const place = parsePlace(uri);
  if (place.key !== '' && !place.key.endsWith('/')) return place;
  throw new UserError('bad-uri', `'${uri}' names no object to write.`, {
    hint: `Give the object a name: ${wordPlace(place)}report.json`,
  });
}
