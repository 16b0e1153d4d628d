/** Writes the header value of basic authentication (RFC 7617) for the user and password of a URL; `null` when it has none. */
export function writeBasicAuth({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`;
}

/** Decodes percent signs where they are followed by digits, and leaves others. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
