import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { fileSource } from './file.ts';
import { packageRoot } from './package-root.ts';
import type { Input, Source } from './source.ts';

/** The source lists the runs that come with wfa: `sample:` is all of them, `sample:NAME` one file. */
export const sampleSource: Source = {
  accepts: (uri) => uri.startsWith('sample:'),
  list: async (uri, settings) => {
    const name = uri.slice('sample:'.length);
    const directory = join(packageRoot(), 'samples');
    const all = await fileSource.list(directory, settings);
    const chosen = all.filter((input) => name === '' || sampleName(input.uri, directory) === name);
    if (chosen.length === 0) {
      if (name === 'invocations') {
        throw new UserError('not-run-records', `${uri} is an invocation log, no run records.`, {
          hint: `Say which column is what: wfa workers --map start=requested,end=ended,pool=function --time-unit iso -d ${uri}`,
        });
      }
      const names = all.map((input) => `sample:${sampleName(input.uri, directory)}`);
      throw new UserError('not-found', `There is no ${uri}`, {
        hint: `There are: sample:, ${names.join(', ')}, and sample:invocations for wfa workers --map.`,
      });
    }
    return chosen.map(
      (input): Input => ({ ...input, uri: `sample:${sampleName(input.uri, directory)}`, explicit: true }),
    );
  },
};

const sampleName = (path: string, directory: string): string => path.slice(directory.length + 1).replace(/\..*$/, '');
