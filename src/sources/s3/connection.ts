import { env } from 'node:process';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { createAgents } from '../proxy.ts';
import type { S3Settings } from '../source.ts';
import { addSteps } from './client-steps.ts';
import { chooseRegion, followRegions } from './region.ts';

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

/** The connection holds the loaded SDK and sends its commands. */
export interface S3Connection {
  readonly sdk: typeof import('@aws-sdk/client-s3');
  /** Sends a command to the region of its bucket, once an answer has named it. */
  readonly send: S3Client['send'];
  readonly pace: S3Pace;
  readonly settings: S3Settings;
  /** Host and port of the last request, for messages. */
  readonly server: () => string;
  /** The credentials that servers were sent, which no message may repeat. */
  readonly secrets: readonly string[];
}

/** Gives the time in which an answer to a reader has to begin: its headers may drip, which is no silence. */
export const answerTimeout = ({ stallTimeoutMs }: S3Pace): { readonly requestTimeout: number } => ({
  requestTimeout: 2 * stallTimeoutMs,
});

/** Loads the SDK (70 ms) and prepares a client; asks nobody yet. `UserError` when the region is no name of one, or the proxy none. */
export async function connect(settings: S3Settings, pace: S3Pace): Promise<S3Connection> {
  // Under Node 20 the SDK would print that its versions of 2027 leave it; the version here is pinned.
  env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  forgetEmptySettings();
  const sdk = await import('@aws-sdk/client-s3');
  const config = configure(settings, pace);
  const secrets: string[] = [];
  let server = 'S3';
  const create = (more: S3ClientConfig): S3Client => {
    const client = new sdk.S3Client({ ...config, ...more });
    const noteServer = (address: string) => {
      server = address;
    };
    addSteps(client, { secrets, noteServer, requesterPays: settings.requesterPays === true });
    return client;
  };
  const region = await chooseRegion(new sdk.S3Client(config));
  const first = create({ region });
  // Credentials are the same everywhere, and to find them may take a login.
  const credentials = () => first.config.credentials();
  const send = followRegions(region, first, (other) => create({ credentials, region: other }));
  return { sdk, send, pace, settings, server: () => server, secrets };
}

function configure(settings: S3Settings, pace: S3Pace): S3ClientConfig {
  return {
    maxAttempts: pace.attemptCount,
    requestHandler: {
      connectionTimeout: pace.connectTimeoutMs,
      socketTimeout: pace.stallTimeoutMs,
      throwOnRequestTimeout: true,
      ...createAgents(pace.connectTimeoutMs),
    },
    // Servers other than Amazon's refuse the newer check sums; those of objects are verified by whoever reads them.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    ...(settings.pathStyle ? { forcePathStyle: true } : {}),
    ...(settings.unsigned ? UNSIGNED : {}),
  };
}

/** Settings with empty credentials and a signer that does nothing: the SDK has no switch for unsigned requests. */
const UNSIGNED: S3ClientConfig = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: async (request) => request },
};

/** Removes the SDK's variables that are empty from the environment: to the AWS CLI these are not set, the SDK reads them as settings. */
function forgetEmptySettings(): void {
  for (const name of Object.keys(env)) if (name.startsWith('AWS_') && env[name] === '') delete env[name];
}
