import { type AgentOptions, type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { BlockList, isIP, type Socket } from 'node:net';
import { env } from 'node:process';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { UserError } from '../errors.ts';
import { writeBasicAuth } from './basic-auth.ts';

/**
 * Ways to servers through the proxy that the environment names, as curl and the AWS CLI go: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and
 * NO_PROXY, in small letters first. Node itself heeds them from version 24 on.
 */

/** Agents go to servers by HTTP and HTTPS, through the proxy where there is one. */
export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

const CONNECTION_COUNT = 50;

/** Creates agents that keep connections; waiting for a proxy ends after `timeoutMs`. `UserError` when a variable names no proxy. */
export function createAgents(timeoutMs: number): Agents {
  for (const scheme of ['http', 'https'] as const) readProxy(scheme);
  const options = { keepAlive: true, maxSockets: CONNECTION_COUNT };
  return { httpAgent: new ForwardingAgent(options), httpsAgent: new TunnelAgent(options, timeoutMs) };
}

/** Gives the proxy on the way to a host; `null`: there is none. `UserError` when the environment names something else. */
export function proxyOf(scheme: 'http' | 'https', hostname: string, port: number): URL | null {
  const proxy = readProxy(scheme);
  return proxy === null || isExcepted(hostname.replace(/^\[|\]$/g, ''), port) ? null : proxy;
}

const readVariable = (name: string): string => env[name] || env[name.toUpperCase()] || '';

function readProxy(scheme: 'http' | 'https'): URL | null {
  const own = readVariable(`${scheme}_proxy`);
  const text = own || readVariable('all_proxy');
  if (text === '') return null;
  const variable = own ? `${scheme.toUpperCase()}_PROXY` : 'ALL_PROXY';
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const proxy = URL.canParse(address) ? new URL(address) : null;
  if (proxy && /^https?:$/.test(proxy.protocol) && proxy.hostname !== '') return proxy;
  throw new UserError('bad-option', `${variable} is no address of an HTTP proxy.`, {
    hint: `Write it as in ${variable}=http://proxy.example.org:3128; wfa does not go through proxies of other kinds, such as SOCKS.`,
  });
}

/** Tells whether NO_PROXY excepts a host: by its name, a name above it, its address or network, each also with a port. */
function isExcepted(hostname: string, port: number): boolean {
  const entries = readVariable('no_proxy')
    .toLowerCase()
    .split(/[\s,]+/);
  return entries.some((entry) => isMatch(entry, hostname.toLowerCase(), port));
}

function isMatch(entry: string, hostname: string, port: number): boolean {
  if (entry === '*') return true;
  // A port stands behind a name or an address in brackets; other colons are those of an address.
  const [, name = entry, entryPort] = /^(?:\[(?=.*\]))?([^:]*|.*(?=\]))\]?:(\d+)$/.exec(entry) ?? [];
  const bare = name.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  if (bare === '' || (entryPort !== undefined && Number(entryPort) !== port)) return false;
  return isIP(hostname) === 0 ? hostname === bare || hostname.endsWith(`.${bare}`) : isInNetwork(bare, hostname);
}

function isInNetwork(network: string, address: string): boolean {
  const [base = '', prefix] = network.split('/');
  const family = isIP(base);
  if (family === 0 || family !== isIP(address)) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
  if (!(bits >= 0 && bits <= (family === 4 ? 32 : 128))) return false;
  const list = new BlockList();
  list.addSubnet(base, bits, kind);
  return list.check(address, kind);
}

const portOf = (proxy: URL): number => Number(proxy.port || (proxy.protocol === 'https:' ? 443 : 80));
const wordProxy = (proxy: URL): string => `${proxy.hostname}:${portOf(proxy)}`;

const authorize = (proxy: URL): Record<string, string> => {
  const authorization = writeBasicAuth(proxy);
  return authorization === null ? {} : { 'Proxy-Authorization': authorization };
};

/** Marks an error as the proxy's, for `wordSilence`. */
const blame = (error: Error, proxy: URL, more: { proxyStatus?: number } = {}): Error =>
  Object.assign(error, { proxy: wordProxy(proxy), ...more });

/** Creates the error of a proxy that opens no tunnel; its code is not one of Node's. */
const refusedBy = (proxy: URL, proxyStatus: number): Error =>
  blame(Object.assign(new Error('refused by the proxy'), { code: 'EPROXY' }), proxy, { proxyStatus });

interface Target extends ConnectionOptions {
  readonly host: string;
  readonly port: number;
}

/** The hooks of Node's agents, which its types leave out. */
interface AgentHooks {
  addRequest(request: ClientRequest, options: Target): void;
  createConnection(options: Target, done?: (error: Error | null, socket?: Duplex) => void): Duplex | undefined;
}

const hooksOf = (prototype: object): AgentHooks => prototype as AgentHooks;

/** The agent asks the proxy for http:// addresses by their whole URL: proxies tunnel to ports of TLS only. */
class ForwardingAgent extends HttpAgent {
  addRequest(request: ClientRequest, options: Target): void {
    const proxy = proxyOf('http', options.host, options.port);
    const there = proxy === null ? options : forward(request, options, proxy);
    hooksOf(HttpAgent.prototype).addRequest.call(this, request, there);
  }
}

/** Has a request ask the proxy for the whole URL; gives where that is. */
function forward(request: ClientRequest, options: Target, proxy: URL): Target {
  const host = isIP(options.host) === 6 ? `[${options.host}]` : options.host;
  request.path = `http://${host}:${options.port}${request.path}`;
  for (const [name, text] of Object.entries(authorize(proxy))) request.setHeader(name, text);
  request.once('socket', (socket: Socket) => {
    // Before the request itself hears of it.
    if (socket.connecting) socket.prependOnceListener('error', (error) => blame(error, proxy));
  });
  return { ...options, host: proxy.hostname.replace(/^\[|\]$/g, ''), port: portOf(proxy) };
}

/** The agent has the proxy open a tunnel to https:// addresses: it sees whom it leads to, and nothing else. */
class TunnelAgent extends HttpsAgent {
  readonly #timeoutMs: number;

  constructor(options: AgentOptions, timeoutMs: number) {
    super(options);
    this.#timeoutMs = timeoutMs;
  }

  override createConnection(options: Target, done: (error: Error | null, socket?: Duplex) => void): Duplex | undefined {
    const proxy = proxyOf('https', options.host, options.port);
    if (proxy === null) return hooksOf(HttpsAgent.prototype).createConnection.call(this, options, done);
    openTunnel(proxy, options, this.#timeoutMs).then(
      (socket) => done(null, connectTls({ ...options, socket })),
      (error: Error) => done(error),
    );
    return undefined;
  }
}

function openTunnel(proxy: URL, { host, port }: Target, timeoutMs: number): Promise<Duplex> {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const ask = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(blame(error, proxy));
    ask({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: portOf(proxy),
      method: 'CONNECT',
      path: authority,
      headers: { Host: authority, ...authorize(proxy) },
      agent: false,
      timeout: timeoutMs,
    })
      .once('connect', ({ statusCode = 0 }, socket) => {
        if (statusCode === 200) return resolve(socket.setTimeout(0));
        socket.destroy();
        reject(refusedBy(proxy, statusCode));
      })
      .once('response', ({ statusCode = 0 }) => {
        reject(refusedBy(proxy, statusCode));
      })
      .once('timeout', function (this: ClientRequest) {
        this.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }));
      })
      .once('error', fail)
      .end();
  });
}
