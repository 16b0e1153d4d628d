import type { S3Settings } from '../source.ts';
import { connect, S3_PACE } from './connection.ts';
import { explain, toAttempt } from './explain.ts';
import { parseObjectUri } from './place.ts';

/**
 * Writes a document to `s3://bucket/key` in one request, which S3 takes whole or not at all: one that is broken off leaves
 * what was there before. It may have 5 GB, more than a document in memory can. `UserError` when S3 does not take it.
 */
export async function writeObject(uri: string, document: string | Uint8Array, settings: S3Settings): Promise<void> {
  const place = parseObjectUri(uri);
  const connection = await connect(settings, S3_PACE);
  const { sdk, client } = connection;
  try {
    await client.send(new sdk.PutObjectCommand({ Bucket: place.bucket, Key: place.key, Body: Buffer.from(document) }));
  } catch (error) {
    throw explain(error, toAttempt(connection, 'write', place));
  }
}
