import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { inject } from 'vitest';

const PROGRAMS = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph', 'curl'];

/** Why the S3 server cannot be had here; `null` when it can. In CI it must. */
export function missingS3Server(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const missing = PROGRAMS.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  if (missing.length === 0) return null;
  if (process.env['CI']) throw new Error(`not here: ${missing.join(', ')}`);
  return `${missing.join(', ')} not here (Debian: ceph-mon ceph-osd ceph-common radosgw curl)`;
}

/** What a process needs to reach the server, and nothing of the surroundings that would lead it elsewhere. */
export const s3Environment = (endpoint: string): Record<string, string> => ({
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_ACCESS_KEY_ID: 'TESTKEY',
  AWS_SECRET_ACCESS_KEY: 'TESTSECRET',
  AWS_SESSION_TOKEN: '',
  AWS_PROFILE: '',
  AWS_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
});

/** The tests' S3 server, and a new bucket there to prepare and to look at by the SDK itself. */
export async function useS3Bucket(bucket: string) {
  const answer = await fetch(inject('s3ServerDesk'));
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const endpoint = `http://127.0.0.1:${text}`;
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'TESTKEY', secretAccessKey: 'TESTSECRET' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    port: Number(text),
    endpoint,
    client,
    put: (key: string, body: string | Uint8Array, more: { ACL?: 'public-read' } = {}) =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...more })),
    get: async (key: string): Promise<Buffer> => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
  };
}
