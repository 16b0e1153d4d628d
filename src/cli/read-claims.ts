import { readFile } from 'node:fs/promises';
import type { RawOptions } from '../analyses/analysis.ts';
import { UserError } from '../errors.ts';

/** Puts the text of a file of claims in its place: a question holds all that its answer depends on. `UserError` when it cannot be read. */
export async function inlineClaims(raw: RawOptions): Promise<RawOptions> {
  const path = raw.options['claims'];
  if (typeof path !== 'string') return raw;
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw refuse(path, error);
  });
  return { ...raw, options: { ...raw.options, claims: text } };
}

function refuse(path: string, error: NodeJS.ErrnoException): UserError {
  if (error.code === 'ENOENT') return new UserError('not-found', `--claims '${path}': there is no such file`);
  const why = error.code === 'EISDIR' ? 'it is a directory' : error.message;
  return new UserError('unreadable', `--claims '${path}' cannot be read: ${why}`);
}
