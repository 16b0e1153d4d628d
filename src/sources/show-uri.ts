/**
 * Writes an address as messages and reports may show it: without user and password, and without what follows a question mark, where
 * signatures stand. Addresses that are malformed lose all that could be a part of these; a path of a file stays as it is.
 */
export function showUri(uri: string): string {
  // Something may stand before the scheme, such as a label.
  const [, before = '', rest = ''] =
    /^((?:.*?(?=[a-z][a-z0-9+.-]*:\/\/))?\s*(?:[a-z][a-z0-9+.-]*:)?\/*)(.*)$/is.exec(uri) ?? [];
  const scheme = /([a-z0-9+.-]*):\/*$/i.exec(before)?.[1]?.toLowerCase() ?? '';
  if (scheme === 'file' || (scheme === '' && !before.trimStart().startsWith('//'))) return uri;
  const shown = before + withoutUser(rest, scheme);
  return HAS_KEYS.test(scheme) ? shown : shown.replace(/[?#].*$/s, '?…');
}

/** Question marks in these are a part of a name or pattern. */
const HAS_KEYS = /^(s3|sample)$/;

/** A bucket of S3 may be the resource name of an access point, which has colons. */
const IS_ARN = /^arn:/;

function withoutUser(rest: string, scheme: string): string {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  // A user without a host behind it: the password holds a character that ends the host, and the host comes after it.
  const isCut = /:(?!\d*$)/.test(authority) && !IS_ARN.test(authority) && !/^\[[^\]]*\](:\d*)?$/.test(authority);
  if (/^rediss?$/.test(scheme) || (isCut && !authority.includes('@'))) return rest.slice(rest.lastIndexOf('@') + 1);
  return rest.slice(authority.lastIndexOf('@') + 1);
}
