import { readFile } from 'node:fs/promises';
import { env } from 'node:process';
import { UserError } from '../../errors.ts';
import { showUri } from '../show-uri.ts';

/** Recognizes `redis://[user:password@]host[:port][/database]`, and `rediss://` for TLS. */
export const isRedisUri = (uri: string): boolean => /^rediss?:/i.test(uri);

/** The address says how to reach a database of a server. */
export interface RedisAddress {
  /** Name of the server in messages. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly username: string | null;
  readonly password: string | null;
  /** `null`: not encrypted. */
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer } | null;
}

const DEFAULT_PORT = 6379;

/** Options after a question mark: files in PEM format, for rediss:// only. */
const FILE_OPTIONS = { 'tls-ca': 'ca', 'tls-cert': 'cert', 'tls-key': 'key' } as const;

/** Parses a Redis URI; without a password in it, that in REDISCLI_AUTH is used, as redis-cli does. `UserError` when it is none. */
export async function parseRedisUri(uri: string): Promise<RedisAddress> {
  const parsed = URL.canParse(uri) ? new URL(uri) : null;
  const database = /^\/?(\d*)\/?$/.exec(parsed?.pathname ?? '?')?.[1];
  if (!parsed || parsed.hostname === '' || database === undefined)
    throw badUri(uri, 'it is no address of a Redis server');
  const encrypted = parsed.protocol.toLowerCase() === 'rediss:';
  const [username, password] = [decode(parsed.username, uri), decode(parsed.password, uri)];
  return {
    name: showUri(uri),
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? DEFAULT_PORT : Number(parsed.port),
    database: Number(database),
    username: username === '' ? null : username,
    password: password !== '' ? password : (env['REDISCLI_AUTH'] ?? null),
    tls: await readFiles(parsed, uri, encrypted),
  };
}

async function readFiles(parsed: URL, uri: string, encrypted: boolean): Promise<RedisAddress['tls']> {
  const files: { ca?: Buffer; cert?: Buffer; key?: Buffer } = {};
  for (const [option, path] of parsed.searchParams) {
    if (!Object.hasOwn(FILE_OPTIONS, option)) {
      // Only what looks like a name: it may be a password.
      throw badUri(
        uri,
        `it has an option that wfa does not know${path && /^[a-z-]{1,16}$/.test(option) ? `, ${option}` : ''}`,
      );
    }
    if (!encrypted) throw badUri(uri, `${option} is for rediss://, with TLS`);
    files[FILE_OPTIONS[option as keyof typeof FILE_OPTIONS]] = await readFile(path).catch((cause) => {
      throw new UserError('unreadable', `Cannot read ${path}, which ${option} of ${showUri(uri)} names.`, {
        cause,
      });
    });
  }
  return encrypted ? files : null;
}

function decode(text: string, uri: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badUri(uri, 'a percent sign in its user or password is not followed by two hexadecimal digits');
  }
}

function badUri(uri: string, problem: string): UserError {
  return new UserError('bad-uri', `wfa cannot read ${showUri(uri)}: ${problem}.`, {
    hint: [
      'Give redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], or rediss:// for TLS, with ?tls-ca=FILE for an authority of your own.',
      'Write @ : / ? # in a user or password as %40 %3A %2F %3F %23, or put the password into REDISCLI_AUTH.',
    ].join('\n'),
  });
}
