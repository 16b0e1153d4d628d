/** The codes are the closed list of faults that are the user's to mend. Everything else that is thrown is a bug of ours. */
export type UserErrorCode =
  | 'no-data'
  | 'unknown-scheme'
  | 'not-found'
  | 'unreadable'
  | 'bad-uri'
  | 'no-credentials'
  | 'wrong-credentials'
  | 'access-denied'
  | 'wrong-region'
  | 'no-answer'
  | 'replaced'
  | 'no-record-files'
  | 'empty-input'
  | 'cut-short'
  | 'damaged'
  | 'damaged-dump'
  | 'not-run-records'
  | 'damaged-records'
  | 'terminal-input'
  | 'no-runs-left'
  | 'not-recorded'
  | 'no-runs'
  | 'bad-option'
  | 'unknown-arm'
  | 'ambiguous-arm'
  | 'same-arm'
  | 'overlapping-arms'
  | 'no-common-block'
  | 'unknown-metric'
  | 'bad-prices'
  | 'unwritable'
  | 'terminal-output'
  | 'unknown-run'
  | 'ambiguous-run'
  | 'unknown-task'
  | 'no-chart'
  | 'not-facts'
  | 'other-facts'
  | 'changed-facts'
  | 'changed-input'
  | 'not-rows'
  | 'no-invocations'
  | 'unknown-column'
  | 'too-large';

/** The error refuses something the user gave: `message` quotes it and says what is wrong, `hint` says what to do next. */
export class UserError extends Error {
  readonly code: UserErrorCode;
  /** Lines of the hint: a line feed in one of them belongs to a name. */
  readonly hintLines: readonly string[];

  constructor(
    code: UserErrorCode,
    message: string,
    extra: { hint?: string | readonly string[] | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: extra.cause });
    this.name = 'UserError';
    this.code = code;
    this.hintLines = typeof extra.hint === 'string' ? [extra.hint] : (extra.hint ?? []);
  }

  /** The whole hint; undefined without one. */
  get hint(): string | undefined {
    return this.hintLines.length === 0 ? undefined : this.hintLines.join('\n');
  }
}

/** Characters of a server's words at most: an error has fewer, a page for people has more. */
const MOST_QUOTED_LENGTH = 300;

/** Quotes words of a server in an error: on one line, cut, without control characters and without the `secrets` that it was sent. */
export function quoteServer(words: string, secrets: readonly (string | null | undefined)[] = []): string {
  const line = words.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  const forms = secrets.flatMap((secret) => (secret ? [secret, encodeURIComponent(secret)] : []));
  // The longest first: one may be a part of another.
  forms.sort((a, b) => b.length - a.length);
  const safe = forms.reduce((text, form) => text.replaceAll(form, '***'), line);
  return safe.length > MOST_QUOTED_LENGTH ? `${safe.slice(0, MOST_QUOTED_LENGTH)}…` : safe;
}
