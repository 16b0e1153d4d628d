import { env } from 'node:process';
import { quoteServer, UserError, type UserErrorCode } from '../../errors.ts';
import { wordSilence } from '../silence.ts';
import { ENDLESS_ANSWER, FAILURES } from './client-steps.ts';
import type { S3Connection } from './connection.ts';
import { type Place, wordPlace } from './place.ts';
import { readRegion } from './region.ts';

/** An attempt describes the request that failed. */
export interface Attempt extends Place {
  readonly verb: 'read' | 'list' | 'write';
  readonly server: string;
  /** Is true when --no-sign-request was given. */
  readonly unsigned: boolean;
  /** The server was sent these and may repeat them: they are not shown. */
  readonly secrets: readonly string[];
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
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Describes a request over a connection, as far as it is known by now. */
export const toAttempt = (
  { settings, server, secrets }: S3Connection,
  verb: Attempt['verb'],
  { bucket, key }: Place,
): Attempt => ({
  verb,
  bucket,
  key,
  server: server(),
  unsigned: settings.unsigned === true,
  secrets,
});

/** Turns the error of a request into a `UserError`; an error from elsewhere stays as it is. */
export function explain(thrown: unknown, attempt: Attempt): Error {
  const error = thrown as SdkError;
  if (error instanceof UserError) return error;
  const explanation = explainSetting(error, attempt) ?? explainAnswer(error, attempt) ?? explainSilence(error, attempt);
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

function wordPermission({ verb, bucket, unsigned }: Attempt): string | readonly string[] {
  if (unsigned) return 'Without credentials only public buckets answer: leave out --no-sign-request.';
  if (verb === 'write') return 'The credentials lack s3:PutObject there.';
  const lacking =
    verb === 'list'
      ? [`The credentials lack s3:ListBucket on the bucket ${bucket}; single objects can be read without it.`]
      : [
          'The credentials lack s3:GetObject there; or there is no such object, which S3 says only to who may list',
          `the bucket ${bucket} (s3:ListBucket).`,
        ];
  return [...lacking, 'A public bucket may want --no-sign-request, one whose readers pay --request-payer requester.'];
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
  [ENDLESS_ANSWER]: ({ server }) => ({
    code: 'unreadable',
    problem: `${server} gives an answer that does not end`,
    hint: `Is it an S3 server? ${wordServer(server)}`,
  }),
};

/** The explanations are keyed by status, for answers without a code. */
const STATUSES: Readonly<Record<number, (attempt: Attempt) => Explanation>> = {
  412: () => REPLACED,
  407: ({ server }) => ({
    code: 'no-answer',
    problem: `the proxy on the way to ${server} wants a user and password`,
    hint: 'Give them in HTTP_PROXY, as in http://USER:PASSWORD@HOST:PORT; NO_PROXY=HOST goes to a host without the proxy.',
  }),
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
  const name = error.Code ?? (error.code === ENDLESS_ANSWER ? error.code : error.name);
  const status = error.$metadata?.httpStatusCode;
  if (status === 301 || status === 307 || REGION_ERRORS.includes(name)) return explainRegion(error, attempt);
  if (name === FAILURES.credentials) return explainCredentials(error);
  const known = Object.hasOwn(ANSWERS, name) ? ANSWERS[name] : STATUSES[status ?? 0];
  return known?.(attempt) ?? (status === undefined ? undefined : explainOther(status, name, error.message, attempt));
}

/** Explains an answer that nobody foresaw, in the server's own words. */
function explainOther(status: number, name: string, message: string, { server, secrets }: Attempt): Explanation {
  const coded = !/^\d|^(Error|SyntaxError|NotFound|Unknown\w*)$/.test(name);
  const problem = `${server} answers ${coded ? quoteServer(`${status} ${name}`, secrets) : status}`;
  if (status >= 500) {
    return { code: 'no-answer', problem, hint: 'The server is busy or in trouble: try again later.' };
  }
  const words = coded ? quoteServer(message, secrets) : 'Is it an S3 server?';
  return { code: 'unreadable', problem, hint: `${words} ${wordServer(server)}` };
}

const REGION_ERRORS = ['AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'];

/** Explains a wrong region. Amazon says the bucket's region in the answer's header or body, or not at all. */
function explainRegion(error: SdkError, { bucket }: Attempt): Explanation {
  const region = readRegion(error);
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

/** Explains a setting that the SDK refuses before it asks anybody. */
function explainSetting({ code, name, message }: SdkError, { server }: Attempt): Explanation | undefined {
  if (code === 'ERR_INVALID_URL' || (name === FAILURES.setting && message.startsWith('Custom endpoint'))) {
    const hint = ['Write it as in http://localhost:9000', wordServer(server)];
    return { code: 'bad-uri', problem: 'the endpoint is no http or https URL', hint };
  }
  if (code === 'ERR_INVALID_CHAR') {
    const problem = 'the access key id or session token holds a character that none has';
    return { code: 'wrong-credentials', problem, hint: wordCredentials() };
  }
  if (name !== FAILURES.setting) return undefined;
  const contradiction = /^(?=.*custom endpoint).*(FIPS|dual-?stack)/i.exec(message)?.[1];
  return contradiction === undefined
    ? {
        code: 'bad-option',
        problem: 'its settings exclude each other or hold no valid value',
        hint: wordSetting(message),
      }
    : explainContradiction(contradiction, server);
}

/** Explains that a server of one's own is one address only: the variants are of Amazon's hosts. */
function explainContradiction(variant: string, server: string): Explanation {
  const [words, name] = /fips/i.test(variant) ? ['FIPS', 'FIPS'] : ['dual stack', 'DUALSTACK'];
  return {
    code: 'bad-option',
    problem: `${words} is asked for, which Amazon's own hosts have, and another endpoint is given`,
    hint: [
      `Leave out one of them: AWS_USE_${name}_ENDPOINT (use_${name.toLowerCase()}_endpoint in ~/.aws/config), or the endpoint.`,
      wordServer(server),
    ],
  };
}

const wordSetting = (message: string): readonly string[] => [
  `The AWS SDK says: ${quoteServer(message)}`,
  'Settings are the AWS_… variables and the profile in ~/.aws/config.',
];

function explainSilence(error: SdkError, { server, bucket }: Attempt): Explanation | undefined {
  const silence = wordSilence(error, server);
  if (silence === null) return undefined;
  const virtual = error.code === 'ENOTFOUND' && server.startsWith(`${bucket}.`) && !isAmazon(server);
  const hint = virtual
    ? ['If the server has no host name of its own for each bucket, add --s3-path-style.', wordServer(server)]
    : wordServer(server);
  return { code: 'no-answer', problem: silence.problem, hint: silence.hint ?? hint };
}
