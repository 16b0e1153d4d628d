import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { CHECKSUM_ALGORITHMS, type Checksum, readEtagMd5 } from '../checksum.ts';
import { answerTimeout, type S3Connection } from './connection.ts';
import type { Place } from './place.ts';

/** A stored object is one as it was when it was listed. */
export interface StoredObject extends Place {
  readonly byteLength: number;
  /** ETag with its quotes; `null` when the server gives none. */
  readonly etag: string | null;
  /** Checksum of all its bytes; `null` when the server gives none, absent when nobody has asked. */
  readonly checksum?: Checksum | null;
}

/** Asks for an object's length, version and checksum. Errors are the SDK's own. */
export async function findObject({ sdk, send, pace }: S3Connection, { bucket, key }: Place): Promise<StoredObject> {
  const command = new sdk.HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' });
  const head = await send(command, answerTimeout(pace));
  const { ContentLength = 0, ETag = null } = head;
  return { bucket, key, byteLength: ContentLength, etag: ETag, checksum: readChecksum(head, bucket) };
}

/** Reads the checksum of the whole object; `null` where the server gives none, or only of its parts. */
function readChecksum(head: HeadObjectCommandOutput, bucket: string): Checksum | null {
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const digest = head[`Checksum${algorithm}`];
    // The digest of an object in parts is followed by their number: it is one of their digests.
    if (digest && head.ChecksumType !== 'COMPOSITE' && !digest.includes('-')) {
      return { algorithm, digest, field: `x-amz-checksum-${algorithm.toLowerCase()}` };
    }
  }
  // ETags of directory buckets only look like an MD5.
  if (bucket.endsWith('--x-s3')) return null;
  const digest = readEtagMd5(head.ETag, head.ServerSideEncryption, head.SSECustomerAlgorithm);
  return digest === null ? null : { algorithm: 'MD5', digest, field: 'the ETag' };
}
