import type { SingleBar } from 'cli-progress';
import type { Progress } from '../engine/inputs.ts';
import type { Io } from './io.ts';

/** Faster reads need no bar. */
const DELAY_MS = 1000;
const MEBIBYTE = 2 ** 20;

/** A bar on standard error, only on a terminal, only when reading takes more than a second. */
export function createProgress(io: Io): Progress {
  if (!io.stderr.isTTY) return { start: () => {}, advance: () => {}, stop: () => {} };
  let [bytes, runs] = [0, 0];
  let bar: SingleBar | null = null;
  let timer: NodeJS.Timeout | null = null;
  return {
    start: (totalBytes) => {
      timer = setTimeout(async () => {
        // A CommonJS package: inside the bundle it has a default export only.
        const { default: cliProgress } = await import('cli-progress');
        const known =
          totalBytes === null ? '{mebibytes} MiB' : '[{bar}] {percentage} %  {mebibytes} of {totalMebibytes} MiB';
        if (timer === null) return;
        bar = new cliProgress.SingleBar({
          format: `reading ${known}  {runs} records`,
          stream: io.stderr,
          clearOnComplete: true,
          barsize: 24,
          barCompleteChar: '\u2501',
          barIncompleteChar: '\u2500',
        });
        const totalMebibytes = Math.ceil((totalBytes ?? 0) / MEBIBYTE);
        bar.start(totalBytes ?? 1, 0, { mebibytes: 0, totalMebibytes, runs: 0 });
      }, DELAY_MS);
      timer.unref();
    },
    advance: (moreBytes, runCount) => {
      bytes += moreBytes;
      runs = runCount;
      bar?.update(bytes, { mebibytes: Math.floor(bytes / MEBIBYTE), runs });
    },
    stop: () => {
      if (timer) clearTimeout(timer);
      timer = null;
      bar?.stop();
    },
  };
}
