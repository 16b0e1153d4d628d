import { quoteServer, UserError, type UserErrorCode } from '../../errors.ts';
import { ProtocolError, ReplyError } from './reply-parser.ts';
import type { RedisAddress } from './uri.ts';

interface Explanation {
  readonly code: UserErrorCode;
  readonly pattern: RegExp;
  readonly problem: string;
  readonly hint?: string;
}

/** The explanations are tried from the top on `code message` of the error. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    code: 'wrong-credentials',
    pattern: /WRONGPASS|invalid password/,
    problem: 'it refuses this user and password',
    hint: 'Give redis://USER:PASSWORD@HOST, or the password in REDISCLI_AUTH; without a user, Redis takes the user called default.',
  },
  {
    code: 'no-credentials',
    pattern: /NOAUTH|DENIED Redis is running in protected mode/,
    problem: 'it wants a password',
    hint: 'Give redis://[USER]:PASSWORD@HOST, or the password in REDISCLI_AUTH.',
  },
  {
    code: 'wrong-credentials',
    pattern: /without any password configured/,
    problem: 'it has no password, and one was given',
    hint: 'Leave the password out of the address and of REDISCLI_AUTH.',
  },
  {
    code: 'access-denied',
    pattern: /NOPERM/,
    problem: 'this user may not do what reading takes',
    hint: 'Let it: ACL SETUSER … +scan +mget +type +select ~dag-* ~md-storage-* (for a cluster also +cluster|slots)',
  },
  {
    code: 'replaced',
    pattern: /^(MOVED|ASK|TRYAGAIN)\b/,
    problem: 'the cluster gave keys to other nodes while wfa read them',
    hint: 'Run wfa again once the cluster is at rest.',
  },
  {
    code: 'no-answer',
    pattern: /^CLUSTERDOWN/,
    problem: 'the cluster is down',
    hint: 'See redis-cli --cluster check HOST:PORT.',
  },
  {
    code: 'bad-uri',
    pattern: /DB index is out of range|SELECT is not allowed/,
    problem: 'it has no database of this number',
    hint: 'The database is what follows the host: redis://HOST/0',
  },
  {
    code: 'no-answer',
    pattern: /LOADING/,
    problem: 'it is still loading its data',
    hint: 'Try again in a while.',
  },
  {
    code: 'no-answer',
    pattern: /^ENOTFOUND|^EAI_AGAIN/,
    problem: 'there is no host of this name',
  },
  {
    code: 'no-answer',
    pattern: /^ECONNREFUSED/,
    problem: 'nothing answers at this address',
    hint: 'Is the server running, and is this its port? Redis listens on 6379 unless told otherwise.',
  },
  {
    code: 'no-answer',
    pattern: /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|self-signed/i,
    problem: 'its certificate is signed by an authority that is not known here',
    hint: 'Name the authority: rediss://HOST?tls-ca=FILE.pem, or NODE_EXTRA_CA_CERTS=FILE.pem.',
  },
  {
    code: 'no-answer',
    pattern: /CERT_HAS_EXPIRED|ALTNAME/,
    problem: 'its certificate has expired or is for another host',
    hint: 'Use the name that stands in the certificate, or have it renewed.',
  },
  {
    code: 'no-answer',
    pattern: /WRONG_VERSION_NUMBER|packet length too long/i,
    problem: 'it does not speak TLS',
    hint: 'Give redis:// instead of rediss://.',
  },
  {
    code: 'no-answer',
    pattern: /certificate[_ ]required|handshake[_ ]failure/i,
    problem: 'it wants a certificate of the client',
    hint: 'Name one: rediss://HOST?tls-cert=FILE.crt&tls-key=FILE.key',
  },
  {
    code: 'no-answer',
    pattern: /ETIMEDOUT|timed out/,
    problem: 'it does not answer in time',
    hint: 'Is a firewall in between, the server overloaded, or is it one without TLS asked for TLS (rediss://)?',
  },
  {
    code: 'cut-short',
    pattern: /ECONNRESET|EPIPE|closed|socket/i,
    problem: 'the connection was lost',
    hint: 'wfa does not report on a part of the runs; try again. A server that wants TLS also closes the connection: rediss://.',
  },
];

/** Turns an error of the server or the network into a `UserError` without user and password; any other stays as it is. */
export function explainRedisError(error: unknown, { name, username, password }: RedisAddress): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  if (error instanceof ProtocolError) {
    return new UserError('unreadable', `Cannot read ${name}: it does not answer as Redis does (${error.message}).`, {
      hint: 'Is this the port of a Redis server? Redis listens on 6379 unless told otherwise.',
      cause: error,
    });
  }
  const said = `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}`.trim();
  const found = EXPLANATIONS.find(({ pattern }) => pattern.test(said));
  if (found)
    return new UserError(found.code, `Cannot read ${name}: ${found.problem}.`, { hint: found.hint, cause: error });
  if (!(error instanceof ReplyError)) return error;
  const words = quoteServer(error.message, [password, username]);
  return new UserError('unreadable', `Cannot read ${name}: it answered: ${words}`, { cause: error });
}
