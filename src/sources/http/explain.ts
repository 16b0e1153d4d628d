import { UserError, type UserErrorCode } from '../../errors.ts';
import type { Answer, Resource } from './answer.ts';

interface Explanation {
  readonly code: UserErrorCode;
  readonly problem: string;
  readonly hint?: string;
}

/** Explains an answer that holds no data, by its status. */
export function explainStatus({ status, server }: Answer, { url, name }: Resource): UserError {
  const { code, problem, hint } = EXPLANATIONS[status]?.({ server, url }) ?? explainOther(status, server);
  return new UserError(code, `Cannot read ${name}: ${problem}.`, { hint });
}

const explainOther = (status: number, server: string): Explanation =>
  status === 429 || status >= 500
    ? {
        code: 'no-answer',
        problem: `${server} answers ${status}`,
        hint: 'The server is busy or in trouble: try again later.',
      }
    : { code: 'unreadable', problem: `${server} answers ${status}` };

const wordSigned = (url: URL): string =>
  url.search === '' ? '' : '\nIf the address is signed: signatures end after a while; ask for a new one.';

const CREDENTIALS_HINT =
  'Give user and password in the address: https://USER:PASSWORD@HOST/PATH, special characters as in %40.';

const isNamed = ({ username, password }: URL): boolean => username !== '' || password !== '';

const missing = ({ server }: { server: string }): Explanation => ({
  code: 'not-found',
  problem: `there is no such thing at ${server}`,
  hint: 'Check the path; it is case-sensitive.',
});

const EXPLANATIONS: Readonly<Record<number, (asked: { server: string; url: URL }) => Explanation>> = {
  401: ({ server, url }) =>
    isNamed(url)
      ? { code: 'wrong-credentials', problem: `${server} refuses this user and password`, hint: CREDENTIALS_HINT }
      : { code: 'no-credentials', problem: `${server} wants a user and password`, hint: CREDENTIALS_HINT },
  403: ({ server, url }) => ({
    code: 'access-denied',
    problem: `access denied by ${server}`,
    hint: `${CREDENTIALS_HINT}${wordSigned(url)}`,
  }),
  404: missing,
  410: missing,
  407: ({ server }) => ({
    code: 'no-answer',
    problem: `the proxy on the way to ${server} wants a user and password`,
    hint: 'Give them in HTTP_PROXY, as in http://USER:PASSWORD@HOST:PORT; NO_PROXY=HOST goes to a host without the proxy.',
  }),
};
