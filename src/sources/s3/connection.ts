import { env } from 'node:process';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { UserError } from '../../errors.ts';
import type { S3Settings } from '../source.ts';

/** The pace sets patience and portions of reading S3; tests make them small and hurried. */
export interface S3Pace {
  /** Keys of a listing per request. */
  readonly pageKeyCount: number;
  /** Bytes of an object per request. */
  readonly partBytes: number;
  /** Parts of one object fetched at the same time. */
  readonly partsInFlightCount: number;
  /** Objects of a listing whose first parts are fetched while an earlier one is read. */
  readonly objectsAheadCount: number;
  /** Requests for the same thing before giving up. */
  readonly attemptCount: number;
  /** Wait before the second attempt; it doubles each time. */
  readonly backOffMs: number;
  readonly connectTimeoutMs: number;
  /** Longest silence on a connection. */
  readonly stallTimeoutMs: number;
}

/** The pace of every command. */
export const S3_PACE: S3Pace = {
  pageKeyCount: 1000,
  // One connection to Amazon gives some 80 MB/s, and 30 ms pass before it does: six outrun the parser. 6 × 4 MiB are in memory.
  partBytes: 4 * 2 ** 20,
  partsInFlightCount: 6,
  // Small objects are mostly waiting for the answer to begin, some 30 ms.
  objectsAheadCount: 4,
  attemptCount: 5,
  backOffMs: 200,
  connectTimeoutMs: 5_000,
  stallTimeoutMs: 15_000,
};

/** The connection holds the loaded SDK and a client of it. */
export interface S3Connection {
  readonly sdk: typeof import('@aws-sdk/client-s3');
  readonly client: S3Client;
  readonly pace: S3Pace;
  readonly settings: S3Settings;
  /** Host and port of the last request, for messages. */
  readonly server: () => string;
}

/** Loads the SDK (70 ms) and prepares a client; asks nobody yet. `UserError` `wrong-region` when the region is no name of one. */
export async function connect(settings: S3Settings, pace: S3Pace): Promise<S3Connection> {
  // Under Node 20 the SDK would print that its versions of 2027 leave it; the version here is pinned.
  env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const sdk = await import('@aws-sdk/client-s3');
  const config: S3ClientConfig = {
    maxAttempts: pace.attemptCount,
    requestHandler: { connectionTimeout: pace.connectTimeoutMs, socketTimeout: pace.stallTimeoutMs },
    // Servers other than Amazon's refuse the newer check sums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    ...(settings.pathStyle ? { forcePathStyle: true } : {}),
    ...(settings.unsigned ? UNSIGNED : {}),
  };
  const region = await chooseRegion(new sdk.S3Client(config));
  const client = new sdk.S3Client({ ...config, region });
  client.middlewareStack.add(
    (next) => async (step) => {
      await requireCredentials(client);
      return next(step);
    },
    { step: 'initialize', name: 'requireCredentials' },
  );
  let server = 'S3';
  client.middlewareStack.add(
    (next) => async (step) => {
      const { hostname, port } = step.request as { hostname: string; port?: number };
      server = port === undefined ? hostname : `${hostname}:${port}`;
      return next(step);
    },
    { step: 'finalizeRequest', name: 'noteServer', priority: 'low' },
  );
  return { sdk, client, pace, settings, server: () => server };
}

/** Settings with empty credentials and a signer that does nothing: the SDK has no switch for unsigned requests. */
const UNSIGNED: S3ClientConfig = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: async (request) => request },
};

/** Chooses the region of the environment or profile, else Amazon's first one, whose answers name the right one. */
async function chooseRegion(client: S3Client): Promise<string> {
  try {
    return await client.config.region();
  } catch (error) {
    if ((error as Error).message === 'Region is missing') return 'us-east-1';
    const named = env['AWS_REGION'] ? `AWS_REGION '${env['AWS_REGION']}'` : "the profile's region";
    throw new UserError('wrong-region', `Cannot reach S3: ${named} is no name of a region.`, {
      hint: 'Set AWS_REGION to one such as eu-west-1.',
      cause: error,
    });
  }
}

/** Gives every failure of the chain of credential providers, files and services among them, one name. */
async function requireCredentials(client: S3Client): Promise<void> {
  try {
    await client.config.credentials();
  } catch (error) {
    const { message } = error as Error;
    throw Object.assign(new Error(message, { cause: error }), { name: 'CredentialsProviderError' });
  }
}
