import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { UserError } from '../errors.ts';
import { toUtf8 } from '../formats/index.ts';

/** Bytes of a text that an option names, at most: a list of a million claims; a device may go on for ever. */
const MOST_BYTES = 1 << 26;

/**
 * Reads a text that an option names, in UTF-8 or UTF-16, without its byte-order mark; a pipe is read to its end. `given`: the option
 * and the path, for messages. `null`: there is no such file. `UserError` when it cannot be read, or is no text.
 */
export async function readText(path: string, given: string): Promise<string | null> {
  try {
    const bytes = await readBytes(path);
    if (isUtf8(bytes)) return bytes.toString('utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw refuse(given, code === 'EISDIR' ? 'it is a directory' : message);
  }
  throw refuse(given, 'it is no text in UTF-8', 'Save it as UTF-8.');
}

async function readBytes(path: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of toUtf8(createReadStream(path))) {
    byteLength += chunk.length;
    if (byteLength > MOST_BYTES) throw new Error(`it is longer than ${MOST_BYTES >> 20} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const refuse = (given: string, why: string, hint?: string): UserError =>
  new UserError('unreadable', `${given} cannot be read: ${why}`, hint === undefined ? {} : { hint });
