import { type BigIntStats, fstatSync } from 'node:fs';
import { UserError } from '../errors.ts';
import { cannotRead } from './file.ts';
import { explainChange } from './file-version.ts';
import type { Input, Source } from './source.ts';

const DESCRIPTOR = 0;
const NAME = 'standard input';

/** The source is standard input, named `-`. */
export const stdinSource: Source = {
  accepts: (uri) => uri === '-',
  list: async () => {
    const { stdin } = await import('node:process');
    if (stdin.isTTY) {
      throw new UserError('terminal-input', 'Standard input is a terminal, not data.', {
        hint: 'Pipe run records into wfa, as in: zcat runs.ndjson.gz | wfa runs --data -',
      });
    }
    const open = async function* () {
      try {
        yield* stdin;
      } catch (error) {
        throw cannotRead(NAME, error as NodeJS.ErrnoException);
      }
    };
    const input: Input = { uri: '-', byteLength: null, explicit: true, version: null, open };
    const found = stat();
    if (!found?.isFile()) return [input];
    return [{ ...input, findChange: async () => explainChange(NAME, found, stat()) }];
  },
};

function stat(): BigIntStats | null {
  try {
    return fstatSync(DESCRIPTOR, { bigint: true });
  } catch {
    return null;
  }
}
