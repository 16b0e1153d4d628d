import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../../errors.ts';
import { writeBasicAuth } from '../basic-auth.ts';
import { timedOut } from '../pace.ts';
import { type Agents, createAgents } from '../proxy.ts';
import { wordSilence } from '../silence.ts';
import type { Answer, Resource } from './answer.ts';
import { explainStatus } from './explain.ts';

/** The pace sets patience with a server; tests make it hurried. */
export interface HttpPace {
  /** Requests for the same thing before giving up. */
  readonly attemptCount: number;
  /** Wait before the second attempt; it doubles each time. */
  readonly backOffMs: number;
  /** Longest silence on a connection. */
  readonly stallTimeoutMs: number;
}

/** Asks servers, over connections that are kept. */
export interface Requester {
  get(resource: Resource, headers: Readonly<Record<string, string>>): Promise<Answer>;
  readonly pace: HttpPace;
}

const MOST_REDIRECTS = 10;
/** Longest wait that a busy server is granted. */
const MOST_WAIT_MS = 30_000;

/** Creates what asks servers by GET: it follows redirects, and asks busy and silent ones again. `UserError` when there is no answer. */
export function createRequester(pace: HttpPace): Requester {
  const agents = createAgents(pace.stallTimeoutMs);
  return {
    pace,
    get: async (resource, headers) => {
      for (let attempt = 1; ; attempt++) {
        const outcome = await follow(resource, headers, agents, pace).catch((error: Error) => error);
        if (isData(outcome)) return outcome;
        if (attempt === pace.attemptCount || !isPassing(outcome)) throw explain(outcome, resource);
        await delay(Math.max(readWait(outcome), pace.backOffMs * 2 ** (attempt - 1)));
      }
    },
  };
}

/** Tells an answer with data; of another one the body is let go. */
function isData(outcome: Answer | Error): outcome is Answer {
  if (outcome instanceof Error) return false;
  const holds = [200, 206, 416].includes(outcome.status);
  if (!holds) outcome.body.destroy();
  return holds;
}

/** Reads how long a busy server asks to be left alone, in ms; 0 where it does not. */
const readWait = (outcome: Answer | Error): number =>
  outcome instanceof Error ? 0 : Math.min(MOST_WAIT_MS, Number(outcome.headers['retry-after']) * 1000 || 0);

const PASSING_STATUSES = [408, 429, 500, 502, 503, 504];
const PASSING_CODES = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'];

/** Tells whether it may be otherwise a moment later. */
const isPassing = (outcome: Answer | Error): boolean =>
  outcome instanceof Error
    ? PASSING_CODES.includes((outcome as NodeJS.ErrnoException).code ?? '')
    : PASSING_STATUSES.includes(outcome.status);

function explain(outcome: Answer | Error, resource: Resource): Error {
  if (!(outcome instanceof Error)) return explainStatus(outcome, resource);
  const silence =
    outcome instanceof UserError ? null : wordSilence(outcome, (outcome as Named).server ?? resource.url.host);
  if (silence === null) return outcome;
  return new UserError('no-answer', `Cannot read ${resource.name}: ${silence.problem}.`, {
    ...(silence.hint === null ? {} : { hint: silence.hint }),
    cause: outcome,
  });
}

interface Named extends Error {
  /** Host and port that did not answer. */
  readonly server?: string;
}

async function follow(
  { url, name }: Resource,
  headers: Readonly<Record<string, string>>,
  agents: Agents,
  pace: HttpPace,
): Promise<Answer> {
  let at = url;
  for (let redirectCount = 0; redirectCount <= MOST_REDIRECTS; redirectCount++) {
    const answer = await ask(at, headers, agents, pace);
    const location = [301, 302, 303, 307, 308].includes(answer.status) ? answer.headers.location : undefined;
    if (location === undefined) return answer;
    answer.body.destroy();
    at = resolveRedirect(at, location, name);
  }
  throw new UserError(
    'unreadable',
    `Cannot read ${name}: it leads from one address to the next, more than ${MOST_REDIRECTS} times.`,
  );
}

/** Resolves where an answer leads. User and password go to no other server, and the rest of the way stays encrypted. */
function resolveRedirect(from: URL, location: string, name: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from.href) : null;
  if (to === null || !/^https?:$/.test(to.protocol)) {
    throw new UserError('unreadable', `Cannot read ${name}: ${from.host} leads to an address that is none of the web.`);
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw new UserError(
      'unreadable',
      `Cannot read ${name}: it leads from https:// to http://, where anybody on the way could change it.`,
      {
        hint: 'If that is meant, give the address with http://',
      },
    );
  }
  if (to.host === from.host && to.username === '')
    Object.assign(to, { username: from.username, password: from.password });
  return to;
}

function ask(url: URL, headers: Readonly<Record<string, string>>, agents: Agents, pace: HttpPace): Promise<Answer> {
  const authorization = writeBasicAuth(url);
  const options = {
    timeout: pace.stallTimeoutMs,
    headers: { ...COMMON_HEADERS, ...headers, ...(authorization && { Authorization: authorization }) },
  };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? requestHttps(url, { ...options, agent: agents.httpsAgent })
        : requestHttp(url, { ...options, agent: agents.httpAgent });
    // Headers may drip too, which is no silence.
    const deadline = setTimeout(() => request.destroy(timedOut()), 2 * pace.stallTimeoutMs);
    request
      .once('close', () => clearTimeout(deadline))
      .once('response', (body) => {
        clearTimeout(deadline);
        resolve({ status: body.statusCode ?? 0, headers: body.headers, body, server: url.host });
      })
      .once('timeout', () => request.destroy(timedOut()))
      .once('error', (error) => reject(Object.assign(error, { server: url.host })))
      .end();
  });
}

/** Bytes as they are stored: packed on the way, they would have another length and version. */
const COMMON_HEADERS = { Accept: '*/*', 'Accept-Encoding': 'identity', 'User-Agent': 'wfa' };
