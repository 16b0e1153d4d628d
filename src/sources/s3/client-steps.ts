import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';

/** Bytes of an answer that is no object at most: a page of a listing has less than two million. */
const MOST_ANSWER_BYTES = 32 * 2 ** 20;

/** Code of the error of an answer that is longer. */
export const ENDLESS_ANSWER = 'EMSGSIZE';

/** Names of the failures for which the SDK has many names: no credentials to be had, and settings that it refuses. */
export const FAILURES = { credentials: 'CredentialsProviderError', setting: 'SettingError' } as const;

interface Steps {
  /** Gets the credentials that servers are sent. */
  readonly secrets: string[];
  /** Gets host and port of each request. */
  readonly noteServer: (server: string) => void;
  readonly requesterPays: boolean;
}

/** The HTTP of a request and of its answer, as far as the steps look at it. */
interface Request {
  readonly hostname: string;
  readonly port?: number;
  readonly headers: Record<string, string>;
}

interface Answer {
  readonly statusCode: number;
  body?: unknown;
}

/** Adds the steps that every request of a client takes. */
export function addSteps(client: S3Client, { secrets, noteServer, requesterPays }: Steps): void {
  const { middlewareStack } = client;
  middlewareStack.add(
    (next) => async (step) => {
      secrets.push(...(await findCredentials(client)));
      return next(step).catch((error: unknown) => {
        throw nameSetting(error);
      });
    },
    { step: 'initialize', name: 'nameFailures', priority: 'high' },
  );
  middlewareStack.add(
    (next) => async (step) => {
      const { hostname, port, headers } = step.request as Request;
      noteServer(port === undefined ? hostname : `${hostname}:${port}`);
      if (requesterPays) headers['x-amz-request-payer'] = 'requester';
      return next(step);
    },
    // Before the request is signed.
    { step: 'build', name: 'noteServer', priority: 'low' },
  );
  middlewareStack.add(
    (next, { commandName }) =>
      async (step) => {
        const result = await next(step);
        const answer = result.response as Answer;
        const isObject = commandName === 'GetObjectCommand' && answer.statusCode < 300;
        if (!isObject && answer.body instanceof Readable) answer.body = Readable.from(limit(answer.body));
        return result;
      },
    { step: 'deserialize', name: 'limitAnswer', priority: 'low' },
  );
}

/** Gives what must not be shown; every failure of the chain of providers, files and services among them, gets one name. */
async function findCredentials(client: S3Client): Promise<string[]> {
  try {
    const { accessKeyId, secretAccessKey, sessionToken = '' } = await client.config.credentials();
    return [secretAccessKey, sessionToken, accessKeyId];
  } catch (error) {
    const { message } = error as Error;
    throw Object.assign(new Error(message, { cause: error }), { name: FAILURES.credentials });
  }
}

/**
 * Names the refusals of a setting or an address, which come before there is an answer and are not of the network: endpoint rules, signers
 * and readers of settings each have errors of their own. A `TypeError` and the like stays a bug.
 */
function nameSetting(thrown: unknown): unknown {
  const error = thrown as Error & { code?: string; $metadata?: { httpStatusCode?: number } };
  const isRefusal =
    error.name === 'Error' || error.name === 'EndpointError' || error.name === 'CredentialsProviderError';
  if (!(error instanceof Error) || !isRefusal || error.code !== undefined) return thrown;
  if (error.$metadata?.httpStatusCode !== undefined) return thrown;
  return Object.assign(new Error(error.message, { cause: error }), { name: FAILURES.setting });
}

async function* limit(body: Readable): AsyncGenerator<Buffer> {
  let byteLength = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    byteLength += chunk.length;
    if (byteLength > MOST_ANSWER_BYTES)
      throw Object.assign(new Error('The answer does not end.'), { code: ENDLESS_ANSWER });
    yield chunk;
  }
}
