import type { RawOptions } from '../analyses/analysis.ts';
import { UserError } from '../errors.ts';
import { readText } from './read-text.ts';

/** Puts the text of a file of claims in its place: a question holds all that its answer depends on. `UserError` when it cannot be read. */
export async function inlineClaims(raw: RawOptions): Promise<RawOptions> {
  const path = raw.options['claims'];
  if (typeof path !== 'string') return raw;
  const given = `--claims '${path}'`;
  const text = await readText(path, given);
  if (text === null) throw new UserError('not-found', `${given}: there is no such file`);
  return { ...raw, options: { ...raw.options, claims: text } };
}
