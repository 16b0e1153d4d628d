import type { BigIntStats } from 'node:fs';
import { UserError } from '../errors.ts';

// The time of change (ctime) is among them because no program can set it back, as cp -p, rsync -t and touch -r do the other one.
const identify = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join('-');

/** The kernel's clock for files ticks at least 100 times a second; some file systems keep whole seconds only, FAT every second one. */
const TICK_MS = 10;
const COARSE_TICK_MS = 2000;

/**
 * Words the version of a file's bytes; `null` when it was changed so shortly before `nowMs` that a change after it could bear the same
 * time (Git's "racily clean" entries).
 */
export function wordVersion(found: BigIntStats, nowMs: number): string | null {
  const isCoarse = found.mtimeNs % 1_000_000_000n === 0n && found.ctimeNs % 1_000_000_000n === 0n;
  const isSettled = nowMs - Number(found.ctimeMs) > (isCoarse ? COARSE_TICK_MS : TICK_MS);
  return isSettled ? identify(found) : null;
}

/** Gives the error to throw when a file is not now what it was; `now` is `null` when it is gone. */
export function explainChange(name: string, before: BigIntStats, now: BigIntStats | null): UserError | null {
  if (now !== null && identify(now) === identify(before)) return null;
  return new UserError('changed-input', `${name} was changed while it was read: ${wordChange(before, now)}.`, {
    hint: 'Ask again when nothing writes to it, or copy it first and ask the copy.',
  });
}

function wordChange(before: BigIntStats, now: BigIntStats | null): string {
  if (now === null) return 'it is gone';
  if (now.ino !== before.ino || now.dev !== before.dev) return 'another file has its name';
  if (now.size !== before.size) return `it had ${before.size} bytes and has ${now.size}`;
  return 'it was written to';
}
