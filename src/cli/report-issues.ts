import type { Loaded } from '../engine/collect.ts';
import { wordIssue } from '../model/issue.ts';
import { type Io, say } from './io.ts';
import { wordSkipped } from './word-skipped.ts';

/** Issues are data; standard error gets a few of them and the count. */
export function reportIssues({ issues, skipped }: Loaded<unknown>, io: Io): void {
  const shown = 5;
  for (const issue of issues.slice(0, shown)) say(io, `wfa: ${wordIssue(issue)}`);
  if (issues.length > shown) {
    say(io, `wfa: and ${issues.length - shown} more records left out; --format json lists all`);
  }
  for (const line of wordSkipped(skipped)) say(io, `wfa: ${line}`);
}

/** Says what kind of thing could not be read; `null`: nothing. */
export function wordUnread({ issues, skipped }: Loaded<unknown>): string | null {
  if (issues.length > 0) return 'records';
  return skipped.some(({ isProblem }) => isProblem) ? 'files' : null;
}
