import { UserError } from '../../errors.ts';
import type { RawOptions } from '../analysis.ts';

/** The options of `wfa prewarm`, parsed. */
export interface PrewarmOptions {
  /** `null`: not known; an unused container is counted until its run ended. */
  readonly keepAliveMs: number | null;
}

/** Parses the flags; `UserError` `bad-option` for a keep-alive that is no number of seconds. */
export function parsePrewarm({ options }: RawOptions): PrewarmOptions {
  const text = options['keepAlive'] as string | undefined;
  if (text === undefined) return { keepAliveMs: null };
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s)?$/.exec(text.trim()) ?? [];
  const keepAliveMs = Number(digits) * (unit === 'ms' ? 1 : 1000);
  if (keepAliveMs > 0) return { keepAliveMs };
  throw new UserError('bad-option', `--keep-alive '${text}' is no positive number of seconds`, {
    hint: 'As in: --keep-alive 8',
  });
}
