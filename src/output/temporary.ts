import { rmSync } from 'node:fs';
import process from 'node:process';

/** Files under a temporary name: whoever interrupts wfa finds none of them left. */

/** As shells number them: 128 and the signal's number. */
const STATUSES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof STATUSES;
const SIGNALS = Object.keys(STATUSES) as Signal[];

const paths = new Set<string>();

/**
 * Has the file removed if a signal ends wfa; gives what to call when it no longer needs that. Only while there is such a file
 * are signals caught: the system ends a busy program at once, wfa itself could only do so when it is idle.
 */
export function guardTemporary(path: string): () => void {
  if (paths.size === 0) for (const signal of SIGNALS) process.on(signal, removeAndExit);
  paths.add(path);
  return () => {
    paths.delete(path);
    if (paths.size === 0) for (const signal of SIGNALS) process.off(signal, removeAndExit);
  };
}

function removeAndExit(signal: NodeJS.Signals): void {
  for (const path of paths) rmSync(path, { force: true });
  process.exit(STATUSES[signal as Signal]);
}
