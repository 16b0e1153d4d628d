import { UserError } from '../errors.ts';
import type { Source } from './source.ts';

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
    return [{ uri: '-', byteLength: null, explicit: true, version: null, open: () => stdin }];
  },
};
