import { UserError, type UserErrorCode } from '../../errors.ts';
import { type Place, wordPlace } from './place.ts';

/** Turns what the SDK throws into what the user can mend. */

/** What was tried. */
export interface Attempt extends Place {
  readonly verb: 'read' | 'list' | 'write';
  readonly server: string;
}

interface Explanation {
  readonly code: UserErrorCode;
  readonly problem: string;
  readonly hint: string;
}

/** The fields of the SDK's errors that say something; all of them may be missing. */
interface SdkError extends Error {
  readonly code?: string;
  readonly Code?: string;
  readonly Region?: string;
  readonly hostname?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** The `UserError` for what a request ended with; what came from elsewhere stays as it is. */
export function explain(thrown: unknown, attempt: Attempt): Error {
  const error = thrown as SdkError;
  if (error instanceof UserError) return error;
  const explanation = explainAnswer(error, attempt) ?? explainSilence(error, attempt);
  if (!explanation) return error;
  const { code, problem, hint } = explanation;
  return new UserError(code, `Cannot ${attempt.verb} ${wordPlace(attempt)}: ${problem}.`, { hint, cause: error });
}

/** Whether the server answered that there is no such object; a HEAD cannot say whether the bucket is there. */
export const isMissing = (thrown: unknown): boolean => ['NoSuchKey', 'NotFound'].includes((thrown as Error)?.name);

const CREDENTIALS_HINT =
  'Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else from the profile AWS_PROFILE in ~/.aws.';

const PERMISSION = { read: 's3:GetObject', list: 's3:ListBucket', write: 's3:PutObject' };

const SERVER_HINT =
  'wfa asked the server that --s3-endpoint, AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL names, else Amazon.';

/** By the error code of the protocol. */
const ANSWERS: Readonly<Record<string, (attempt: Attempt) => Explanation>> = {
  NoSuchBucket: ({ bucket, server }) => ({
    code: 'not-found',
    problem: `there is no bucket ${bucket} at ${server}`,
    hint: `Check the bucket's name. ${SERVER_HINT}`,
  }),
  NoSuchKey: ({ bucket, key }) => ({
    code: 'not-found',
    problem: `the bucket ${bucket} has no object ${key}`,
    hint: `Keys are case-sensitive; list what is there: aws s3 ls s3://${bucket}/${key.replace(/[^/]*$/, '')}`,
  }),
  InvalidAccessKeyId: ({ server }) => ({
    code: 'wrong-credentials',
    problem: `${server} does not know the access key id`,
    hint: `${CREDENTIALS_HINT}\nThey must be of this very server.`,
  }),
  SignatureDoesNotMatch: () => ({
    code: 'wrong-credentials',
    problem: 'the secret access key does not fit the access key id',
    hint: `${CREDENTIALS_HINT}\nCopy the secret again: it was cut, or belongs to another key.`,
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
  AccessDenied: ({ verb, bucket }) => ({
    code: 'access-denied',
    problem: 'access denied',
    hint: {
      read: `The credentials lack ${PERMISSION.read} there, or there is no such object and they lack ${PERMISSION.list} on the bucket ${bucket}.\nA public bucket may want --no-sign-request.`,
      list: `The credentials lack ${PERMISSION.list} on the bucket ${bucket}. Single objects can be read without it.\nA public bucket may want --no-sign-request.`,
      write: `The credentials lack ${PERMISSION.write} there.`,
    }[verb],
  }),
  InvalidObjectState: () => ({
    code: 'access-denied',
    problem: 'the object is archived',
    hint: 'Restore it from the archive first: aws s3api restore-object.',
  }),
  PreconditionFailed: () => REPLACED,
  CredentialsProviderError: () => ({
    code: 'no-credentials',
    problem: 'there are no credentials',
    hint: `${CREDENTIALS_HINT}\nA public bucket needs none: --no-sign-request.`,
  }),
};

const REPLACED: Explanation = {
  code: 'replaced',
  problem: 'the object was replaced while wfa read it',
  hint: 'Run wfa again once nobody writes there; it does not report on a mixture.',
};

/** Of an object that had been there and now is another, or gone. */
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
  const known = ANSWERS[name];
  if (known) return known(attempt);
  if (status === undefined) return undefined;
  const words = /^\d|^(Error|SyntaxError|Unknown\w*)$/.test(name) ? `${status}` : `${status} ${name}`;
  return {
    code: status >= 500 ? 'no-answer' : 'unreadable',
    problem: `${attempt.server} answers ${words}`,
    hint: status >= 500 ? 'The server is busy or in trouble: try again later.' : SERVER_HINT,
  };
}

const REGION_ERRORS = ['AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'];

/** Amazon says the bucket's region in the answer's header or body, or not at all. */
function explainRegion(error: SdkError, { bucket }: Attempt): Explanation {
  const region = error.Region ?? error.$response?.headers?.['x-amz-bucket-region'];
  return {
    code: 'wrong-region',
    problem: `the bucket ${bucket} is in ${region ? `the region ${region}` : 'another region'}`,
    hint: region ? `Set AWS_REGION=${region} and try again.` : "Set AWS_REGION to the bucket's region and try again.",
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
  EPROTO: 'it does not speak TLS; is it http:// rather than https://?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; is it http:// rather than https://?',
};

function explainSilence(error: SdkError, { server, bucket }: Attempt): Explanation | undefined {
  const code = error.code ?? error.name;
  const certificate = /CERT|SIGNATURE|SELF_SIGNED/.test(code) && 'its certificate is not trusted';
  const parse = code.startsWith('HPE_') && 'it does not speak HTTP';
  const problem = SILENCES[code] || certificate || parse;
  if (!problem) return undefined;
  const virtual = server.startsWith(`${bucket}.`) && code === 'ENOTFOUND';
  return {
    code: 'no-answer',
    problem: `no answer from ${server}: ${problem}`,
    hint: virtual
      ? `If the server has no host name of its own for each bucket, add --s3-path-style. ${SERVER_HINT}`
      : SERVER_HINT,
  };
}
