import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A checksum is what a server says of the bytes of a whole object. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Digest in Base64. */
  readonly digest: string;
  /** Name of the field that says it, for messages. */
  readonly field: string;
}

/**
 * Reads the MD5 in Base64 out of an ETag of S3: that of an object that was put at once and is not encrypted by a key of KMS or of the
 * client's (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html); `null` for others.
 */
export function readEtagMd5(
  etag: string | undefined,
  encryption: string | undefined,
  customerAlgorithm: string | undefined,
): string | null {
  if (encryption?.startsWith('aws:') || customerAlgorithm !== undefined) return null;
  const digits = /^"?([0-9a-f]{32})"?$/i.exec(etag ?? '')?.[1];
  return digits === undefined ? null : Buffer.from(digits, 'hex').toString('base64');
}

/** The algorithms that can be verified, the ones that certainly tell and cost least first. */
export const CHECKSUM_ALGORITHMS = ['CRC32', 'SHA256', 'SHA1', 'SHA512', 'MD5', 'CRC32C', 'CRC64NVME'] as const;

type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

interface Hasher {
  update(bytes: Uint8Array): void;
  /** Digest in Base64. */
  digest(): Promise<string>;
}

/** Creates what computes a digest of bytes as they come. */
async function createHasher(algorithm: ChecksumAlgorithm): Promise<Hasher> {
  if (algorithm === 'CRC32') return hashCrc32();
  if (algorithm !== 'CRC32C' && algorithm !== 'CRC64NVME') return hashNative(createHash(algorithm.toLowerCase()));
  const { Crc32c, Crc64Nvme } = await import('@aws-sdk/checksums/crc');
  const crc = algorithm === 'CRC32C' ? new Crc32c() : new Crc64Nvme();
  return {
    update: (bytes) => crc.update(bytes),
    digest: async () => Buffer.from(await crc.digest()).toString('base64'),
  };
}

const hashNative = (hash: Hash): Hasher => ({
  update: (bytes) => void hash.update(bytes),
  digest: async () => hash.digest('base64'),
});

function hashCrc32(): Hasher {
  let crc = 0;
  return {
    update: (bytes) => {
      crc = crc32(bytes, crc);
    },
    digest: async () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(crc);
      return bytes.toString('base64');
    },
  };
}

/**
 * Hands bytes on while it computes their checksum, which `expected` gives by the time they come; `null`: there is none. At the end it
 * throws what `damaged` makes of another digest: whoever stops before has verified nothing.
 */
export async function* verify(
  chunks: AsyncIterable<Uint8Array>,
  expected: Promise<Checksum | null>,
  damaged: (problem: string) => Error,
): AsyncGenerator<Uint8Array> {
  let hasher: Hasher | null = null;
  for await (const chunk of chunks) {
    const checksum = await expected;
    hasher ??= checksum && (await createHasher(checksum.algorithm));
    hasher?.update(chunk);
    yield chunk;
  }
  const [checksum, digest] = [await expected, await hasher?.digest()];
  if (!checksum || digest === undefined || digest === checksum.digest) return;
  throw damaged(
    `the bytes that arrived are not those that were stored: their ${checksum.algorithm} is ${digest}, ${checksum.field} says ${checksum.digest}`,
  );
}
