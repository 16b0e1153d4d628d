import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { CHECKSUM_ALGORITHMS, type Checksum } from '../checksum.ts';
import type { S3Connection } from './connection.ts';
import type { Place } from './place.ts';
import type { StoredObject } from './read-object.ts';

/** Asks for an object's length, version and checksum. Errors are the SDK's own. */
export async function findObject({ sdk, send }: S3Connection, { bucket, key }: Place): Promise<StoredObject> {
  const head = await send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }));
  const { ContentLength = 0, ETag = null } = head;
  return { bucket, key, byteLength: ContentLength, etag: ETag, checksum: readChecksum(head, bucket) };
}

/** Reads the checksum of the whole object; `null` where the server gives none, or only of its parts. */
export function readChecksum(head: HeadObjectCommandOutput, bucket: string): Checksum | null {
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const digest = head[`Checksum${algorithm}`];
    // The digest of an object in parts is followed by their number: it is one of their digests.
    if (digest && head.ChecksumType !== 'COMPOSITE' && !digest.includes('-')) {
      return { algorithm, digest, field: `x-amz-checksum-${algorithm.toLowerCase()}` };
    }
  }
  const md5 = readMd5(head, bucket);
  return md5 === null
    ? null
    : { algorithm: 'MD5', digest: Buffer.from(md5, 'hex').toString('base64'), field: 'the ETag' };
}

/**
 * Reads the MD5 out of an ETag: that of an object that was put at once and is not encrypted by a key of KMS or of the client's
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html). ETags of directory buckets only look like one.
 */
function readMd5(
  { ETag, ServerSideEncryption, SSECustomerAlgorithm }: HeadObjectCommandOutput,
  bucket: string,
): string | null {
  const isKeyed = ServerSideEncryption?.startsWith('aws:') || SSECustomerAlgorithm !== undefined;
  if (isKeyed || bucket.endsWith('--x-s3')) return null;
  return /^"?([0-9a-f]{32})"?$/i.exec(ETag ?? '')?.[1] ?? null;
}
