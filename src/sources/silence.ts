/** Words for the ways in which a network stays silent, by the codes of Node's errors. */
const SILENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNRESET: 'it breaks the connection off',
  EPIPE: 'it breaks the connection off',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  EADDRNOTAVAIL: 'there is no way to it',
  EACCES: 'the system allows no connection to it',
  EPERM: 'the system allows no connection to it',
  ETIMEDOUT: 'it stays silent',
  TimeoutError: 'it stays silent',
  EPROTO: 'it does not speak TLS (http:// instead of https://?)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS (http:// instead of https://?)',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS (http:// instead of https://?)',
};

/** The error may tell that a proxy is to blame (`proxy.ts`), with the status of its refusal where it gave one. */
interface NetworkError extends Error {
  readonly code?: string;
  readonly proxy?: string;
  readonly proxyStatus?: number;
}

interface Silence {
  readonly problem: string;
  /** Hint where the proxy is to blame; `null`: the server is. */
  readonly hint: string | null;
}

const PROXY_HINT =
  'The proxy is what HTTPS_PROXY, HTTP_PROXY or ALL_PROXY says; NO_PROXY=HOST goes to a host without it.';

/** Words the reason why no answer came from `server`; `null` when the error is none of the network. */
export function wordSilence(error: NetworkError, server: string): Silence | null {
  const { proxy, proxyStatus } = error;
  if (proxy !== undefined && proxyStatus !== undefined) {
    const wanted = proxyStatus === 407 ? ': it wants a user and password, as in http://USER:PASSWORD@HOST:PORT' : '';
    return { problem: `the proxy ${proxy} answers ${proxyStatus} when asked for ${server}${wanted}`, hint: PROXY_HINT };
  }
  const reason = wordReason(error.code ?? error.name);
  if (reason === null) return null;
  return proxy === undefined
    ? { problem: `no answer from ${server}: ${reason}`, hint: null }
    : { problem: `no answer from the proxy ${proxy}: ${reason}`, hint: PROXY_HINT };
}

function wordReason(code: string): string | null {
  if (/CERT|SIGNATURE|SELF_SIGNED|UNABLE_TO_GET_ISSUER/.test(code)) return 'its certificate is not trusted';
  if (code.startsWith('HPE_')) return 'it does not speak HTTP';
  return Object.hasOwn(SILENCES, code) ? (SILENCES[code] as string) : null;
}
