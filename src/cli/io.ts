import { showText } from '../view/show-text.ts';

/** A command may touch this of the outside world; `bin/` hands over the real one. */
export interface Io {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Exit statuses; never a count. */
export const STATUS = { done: 0, tripped: 1, failed: 2, undecided: 3, bug: 70 } as const;

/** Says lines on standard error: the only way there for texts with names in them. */
export function say(io: Pick<Io, 'stderr'>, ...lines: readonly string[]): void {
  for (const line of lines) io.stderr.write(`${showText(line)}\n`);
}

/** The terminal's columns, what COLUMNS says, or 80. */
export function terminalColumns({ stdout, env }: Io): number {
  const columns = (stdout.isTTY ? stdout.columns : 0) || Number(env['COLUMNS']);
  return columns >= 40 ? columns : 80;
}

/** Gives the colours that standard output takes, as chalk counts them: NO_COLOR and FORCE_COLOR are obeyed. */
export function colourLevel({ stdout, env }: Io): 0 | 1 | 2 | 3 {
  const forced = env['FORCE_COLOR'];
  if (env['NO_COLOR']) return 0;
  if (forced) return forced === '0' || forced === 'false' ? 0 : 1;
  // Empty is as good as absent (no-color.org, force-color.org); Node takes it for a word.
  const { NO_COLOR: _, FORCE_COLOR: __, ...others } = env;
  return stdout.isTTY && stdout.hasColors(others) ? 1 : 0;
}
