import { UserError } from '../errors.ts';
import { cannotWrite } from './cannot-write.ts';
import { isStdoutClosed } from './closed-stdout.ts';

/** The part of a process that its result goes to. */
export interface StandardOutput {
  readonly stdout: NodeJS.WriteStream;
}

/** Writes to standard output; a reader that has closed the pipe has seen enough: that is no error, but nobody reads on (false). */
export async function writeStdout(io: StandardOutput, document: string | Uint8Array): Promise<boolean> {
  if (isStdoutClosed()) throw new UserError('unwritable', 'Cannot write standard output: it is closed.');
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null) => {
      io.stdout.off('error', settle);
      if (!error) return resolve(true);
      // The stream tells of the same error a second time, by event.
      io.stdout.once('error', () => {});
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') resolve(false);
      else reject(cannotWrite('standard output', error));
    };
    io.stdout.once('error', settle);
    io.stdout.write(document, settle);
  });
}
