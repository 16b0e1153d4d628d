import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';
import type { Resource } from './http/answer.ts';
import { findResource, readUrl } from './http/read-url.ts';
import { createRequester, type HttpPace, type Requester } from './http/request.ts';
import { showUri } from './show-uri.ts';
import type { Input, Source } from './source.ts';

const HTTP_PACE: HttpPace = { attemptCount: 5, backOffMs: 200, stallTimeoutMs: 15_000 };

/** Creates a source of what web servers give: one input a URL, which is asked for at once and read when it is opened. */
export function createHttpSource(pace: HttpPace): Source {
  let requester: Requester | null = null;
  return {
    accepts: (uri) => /^https?:/i.test(uri),
    list: async (uri) => {
      const resource = parseUrl(uri);
      requester ??= createRequester(pace);
      return [await findInput(requester, resource)];
    },
  };
}

/** The source reads `https://` and `http://`. */
export const httpSource = createHttpSource(HTTP_PACE);

function parseUrl(uri: string): Resource {
  const name = showUri(uri);
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (url !== null && /^https?:\/\/./i.test(uri)) return { url, name };
  throw new UserError('bad-uri', `wfa cannot read ${name}: it is no address of the web.`, {
    hint: 'Write https://HOST/PATH; special characters in a user or password as in %40 for @.',
  });
}

async function findInput(requester: Requester, resource: Resource): Promise<Input> {
  const stored = await findResource(requester, resource);
  const { name: uri, byteLength, etag, url } = stored;
  // Two addresses may be shown alike, so the version has the whole address.
  const version = etag && `${etag} ${createHash('sha256').update(url.href).digest('hex')}`;
  return { uri, byteLength, explicit: true, version, open: () => readUrl(requester, stored) };
}
