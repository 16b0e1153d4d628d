import { env } from 'node:process';
import { UserError, type UserErrorCode } from '../../errors.ts';
import type { S3Connection } from './connection.ts';
import { type Place, wordPlace } from './place.ts';

/** An attempt describes the request that failed. */
export interface Attempt extends Place {
  readonly verb: 'read' | 'list' | 'write';
  readonly server: string;
  /** Whether --no-sign-request was given. */
  readonly unsigned: boolean;
}

interface Explanation {
  readonly code: UserErrorCode;
  readonly problem: string;
  readonly hint: string | readonly string[];
}

/** The SDK's errors have these fields, any of which may be missing. */
interface SdkError extends Error {
  readonly code?: string;
  readonly Code?: string;
  readonly Region?: string;
  readonly hostname?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Describes a request over a connection, as far as it is known by now. */
export const toAttempt = (
  { settings, server }: S3Connection,
  verb: Attempt['verb'],
  { bucket, key }: Place,
): Attempt => ({
  verb,
  bucket,
  key,
  server: server(),
  unsigned: settings.unsigned === true,
});

/** Turns the error of a request into a `UserError`; an error from elsewhere stays as it is. */
export function explain(thrown: unknown, attempt: Attempt): Error {
  const error = thrown as SdkError;
  if (error instanceof UserError) return error;
  const explanation = explainAnswer(error, attempt) ?? explainSilence(error, attempt);
  if (!explanation) return error;
  const { code, problem, hint } = explanation;
  return new UserError(code, `Cannot ${attempt.verb} ${wordPlace(attempt)}: ${problem}.`, { hint, cause: error });
}

/** Tells whether the server answered that the bucket has no such object. */
export const isMissing = (thrown: unknown): boolean => (thrown as Error)?.name === 'NoSuchKey';

/** Creates the error of an answer that S3 does not give. */
export const notS3 = (attempt: Attempt, problem: string): UserError =>
  new UserError('unreadable', `Cannot ${attempt.verb} ${wordPlace(attempt)}: ${attempt.server} ${problem}.`, {
    hint: `Is it an S3 server? ${wordServer(attempt.server)}`,
  });

/** Names the credentials in use: those of a named profile precede the keys in the environment. */
function wordCredentials(): string {
  const profile = env['AWS_PROFILE'];
  return profile
    ? `Credentials come from the profile ${profile} in ~/.aws, because AWS_PROFILE names it.`
    : 'Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else from ~/.aws (AWS_PROFILE picks a profile).';
}

function wordPermission({ verb, bucket, unsigned }: Attempt): string {
  if (unsigned) return 'Without credentials only public buckets answer: leave out --no-sign-request.';
  if (verb === 'write') return 'The credentials lack s3:PutObject there.';
  const lacking =
    verb === 'list'
      ? `The credentials lack s3:ListBucket on the bucket ${bucket}; single objects can be read without it.`
      : `The credentials lack s3:GetObject there; or there is no such object, which S3 says only to who may list\nthe bucket ${bucket} (s3:ListBucket).`;
  return `${lacking}\nA public bucket may want --no-sign-request.`;
}

const isAmazon = (server: string): boolean => /amazonaws\.com(\.cn)?$/.test(server);

const wordServer = (server: string): string =>
  isAmazon(server)
    ? "For a server other than Amazon's give --s3-endpoint URL, or set AWS_ENDPOINT_URL_S3."
    : 'The server is what --s3-endpoint says, else AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL.';

/** The explanations are keyed by the protocol's error codes. */
const ANSWERS: Readonly<Record<string, (attempt: Attempt) => Explanation>> = {
  NoSuchBucket: ({ bucket, server }) => ({
    code: 'not-found',
    problem: `there is no bucket ${bucket} at ${server}`,
    hint: ["Check the bucket's name.", wordServer(server)],
  }),
  NoSuchKey: ({ bucket, key }) => ({
    code: 'not-found',
    problem: `the bucket ${bucket} has no object ${key}`,
    hint: 'Keys are case-sensitive.',
  }),
  InvalidAccessKeyId: ({ server }) => ({
    code: 'wrong-credentials',
    problem: `${server} does not know the access key id`,
    hint: [wordCredentials(), 'They must be of this very server.'],
  }),
  SignatureDoesNotMatch: () => ({
    code: 'wrong-credentials',
    problem: 'the secret access key does not fit the access key id',
    hint: [wordCredentials(), 'Copy the secret again: it was cut, or belongs to another key.'],
  }),
  ExpiredToken: () => ({
    code: 'wrong-credentials',
    problem: 'the session of these credentials has ended',
    hint: 'Log in again (aws sso login) or fetch new credentials.',
  }),
  InvalidToken: () => ({
    code: 'wrong-credentials',
    problem: 'the session token is not valid',
    hint: 'Unset AWS_SESSION_TOKEN if it was left over from other credentials, or fetch new ones.',
  }),
  RequestTimeTooSkewed: ({ server }) => ({
    code: 'wrong-credentials',
    problem: `the clock of this machine is too far from that of ${server}`,
    hint: 'Set the clock.',
  }),
  AccessDenied: (attempt) => ({ code: 'access-denied', problem: 'access denied', hint: wordPermission(attempt) }),
  InvalidObjectState: () => ({
    code: 'access-denied',
    problem: 'the object is archived',
    hint: 'Restore it from the archive first: aws s3api restore-object.',
  }),
  PreconditionFailed: () => REPLACED,
};

const REPLACED: Explanation = {
  code: 'replaced',
  problem: 'the object was replaced while wfa read it',
  hint: 'Run wfa again once nobody writes there; it does not report on a mixture.',
};

/** Creates the error of an object that had been listed and now is another, or gone. */
export function replaced(attempt: Attempt, cause?: unknown): UserError {
  return new UserError('replaced', `Cannot read ${wordPlace(attempt)}: ${REPLACED.problem}.`, {
    hint: REPLACED.hint,
    cause,
  });
}

function explainAnswer(error: SdkError, attempt: Attempt): Explanation | undefined {
  const name = error.Code ?? error.name;
  const status = error.$metadata?.httpStatusCode;
  if (status === 301 || REGION_ERRORS.includes(name)) return explainRegion(error, attempt);
  if (status === 412) return REPLACED;
  if (name === 'CredentialsProviderError') return explainCredentials(error);
  const known = ANSWERS[name];
  if (known) return known(attempt);
  if (status === undefined) return undefined;
  const coded = !/^\d|^(Error|SyntaxError|NotFound|Unknown\w*)$/.test(name);
  const words = coded ? `${status} ${name}` : status;
  if (status >= 500) {
    const hint = 'The server is busy or in trouble: try again later.';
    return { code: 'no-answer', problem: `${attempt.server} answers ${words}`, hint };
  }
  return {
    code: 'unreadable',
    problem: `${attempt.server} answers ${words}`,
    hint: `${coded ? error.message : 'Is it an S3 server?'} ${wordServer(attempt.server)}`,
  };
}

const REGION_ERRORS = ['AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'];

/** Explains a wrong region. Amazon says the bucket's region in the answer's header or body, or not at all. */
function explainRegion(error: SdkError, { bucket }: Attempt): Explanation {
  const region = error.Region ?? error.$response?.headers?.['x-amz-bucket-region'];
  return {
    code: 'wrong-region',
    problem: `the bucket ${bucket} is in ${region ? `the region ${region}` : 'another region'}`,
    hint: region ? `Set AWS_REGION=${region} and try again.` : "Set AWS_REGION to the bucket's region and try again.",
  };
}

/** Explains missing credentials. The SDK's words say which profile or login is to blame, unless it found nothing at all. */
function explainCredentials({ message }: SdkError): Explanation {
  const reason = /^Could not load credentials from any/.test(message)
    ? ''
    : ` (${message.replace(/\.?\n.*|\.$/s, '')})`;
  return {
    code: 'no-credentials',
    problem: `there are no credentials${reason}`,
    hint: [wordCredentials(), 'A public bucket needs none: --no-sign-request.'],
  };
}

const SILENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNRESET: 'it breaks the connection off',
  EPIPE: 'it breaks the connection off',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ETIMEDOUT: 'it stays silent',
  TimeoutError: 'it stays silent',
  EPROTO: 'it does not speak TLS (http:// instead of https://?)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS (http:// instead of https://?)',
};

/** Explains a setting that the SDK refuses before it asks anybody. */
function explainSetting({ code, name, message }: SdkError, server: string): Explanation | undefined {
  if (code === 'ERR_INVALID_URL' || (name === 'EndpointError' && message.startsWith('Custom endpoint'))) {
    const hint = ['Write it as in http://localhost:9000', wordServer(server)];
    return { code: 'bad-uri', problem: 'the endpoint is no http or https URL', hint };
  }
  if (code === 'ERR_INVALID_CHAR') {
    const problem = 'the access key id or session token holds a character that none has';
    return { code: 'wrong-credentials', problem, hint: wordCredentials() };
  }
  return undefined;
}

function explainSilence(error: SdkError, { server, bucket }: Attempt): Explanation | undefined {
  const code = error.code ?? error.name;
  const setting = explainSetting(error, server);
  if (setting) return setting;
  const certificate = /CERT|SIGNATURE|SELF_SIGNED/.test(code) && 'its certificate is not trusted';
  const parse = code.startsWith('HPE_') && 'it does not speak HTTP';
  const problem = SILENCES[code] || certificate || parse;
  if (!problem) return undefined;
  const virtual = code === 'ENOTFOUND' && server.startsWith(`${bucket}.`) && !isAmazon(server);
  return {
    code: 'no-answer',
    problem: `no answer from ${server}: ${problem}`,
    hint: virtual
      ? `If the server has no host name of its own for each bucket, add --s3-path-style.\n${wordServer(server)}`
      : wordServer(server),
  };
}
