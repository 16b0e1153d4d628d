import { UserError } from '../../errors.ts';
import { showUri } from '../show-uri.ts';

/** A place is the address of an object, a prefix or a pattern. */
export interface Place {
  /** Name of a bucket, or the whole resource name (ARN) of an access point. */
  readonly bucket: string;
  /** Key as S3 has it, nothing decoded; empty for the whole bucket. */
  readonly key: string;
}

/** Recognizes `s3:` in any case. */
export const isS3Uri = (uri: string): boolean => /^s3:/i.test(uri);

/** Writes a place as its URI. */
export const wordPlace = ({ bucket, key }: Place): string => `s3://${bucket}/${key}`;

/** Access points of a bucket, of an object lambda and on an outpost, as the AWS CLI takes them in place of a bucket. */
const ARN =
  /^arn:[^:/]+:(?:s3|s3-object-lambda):[^:/]*:[^:/]*:accesspoint[:/][^:/]+|^arn:[^:/]+:s3-outposts:[^:/]*:[^:/]*:outpost[:/][^:/]+[:/]accesspoint[:/][^:/]+/;

/** Gives the region that a resource name says; `null` for the name of a bucket. */
export const regionOfArn = (bucket: string): string | null => /^arn:[^:]*:[^:]*:([^:]+):/.exec(bucket)?.[1] ?? null;

/** Splits `s3://bucket/key`; `UserError` `bad-uri` when it names no bucket or access point that can be asked. */
export function parsePlace(uri: string): Place {
  const [, address = ''] = /^s3:\/\/(.*)$/is.exec(uri) ?? [];
  const place = address.startsWith('arn:') ? parseArn(uri, address) : parseBucket(address);
  if (place !== null) return place;
  throw new UserError('bad-uri', `'${showUri(uri)}' names no bucket.`, {
    hint: [
      'Write s3://BUCKET/KEY, s3://BUCKET/PREFIX/ or a glob in the key, such as s3://BUCKET/runs/*.ndjson.gz',
      ...(/^s3:\/*[^/]*[:@]/i.test(uri)
        ? ['Credentials do not stand in the address: set AWS_PROFILE or AWS_ACCESS_KEY_ID.']
        : []),
    ].join('\n'),
  });
}

function parseBucket(address: string): Place | null {
  const [, bucket, key = ''] = /^([^/\s*?[{:@]+)(?:\/(.*))?$/s.exec(address) ?? [];
  return bucket === undefined ? null : { bucket, key };
}

function parseArn(uri: string, address: string): Place {
  const bucket = ARN.exec(address)?.[0];
  const rest = bucket === undefined ? '' : address.slice(bucket.length);
  if (bucket === undefined || (rest !== '' && !rest.startsWith('/'))) {
    throw new UserError('bad-uri', `'${showUri(uri)}' names no access point.`, {
      hint: 'Write s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/KEY; a bucket is named without its ARN: s3://BUCKET/KEY',
    });
  }
  if (regionOfArn(bucket) === null) {
    throw new UserError('bad-uri', `'${showUri(uri)}' names a multi-Region access point, for which wfa cannot sign.`, {
      hint: 'Name an access point of one Region, or the bucket: s3://BUCKET/KEY',
    });
  }
  return { bucket, key: rest.slice(1) };
}

/** Parses the address of one object to write; `UserError` `bad-uri` when it is a bucket's or a prefix's. */
export function parseObjectUri(uri: string): Place {
  const place = parsePlace(uri);
  if (place.key !== '' && !place.key.endsWith('/')) return place;
  throw new UserError('bad-uri', `'${uri}' names no object to write.`, {
    hint: `Give the object a name: ${wordPlace(place)}report.json`,
  });
}
