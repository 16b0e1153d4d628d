import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { fileSource } from './file.ts';
import { packageRoot } from './package-root.ts';
import { type Input, isRecordFileName, type Source, type SourceSettings } from './source.ts';

/** Below the samples: files in the layouts of other engines. */
const ENGINES = 'engines';

/** A bundled file with the name that it has behind `sample:`. */
interface Sample {
  readonly name: string;
  readonly path: string;
  /** Is true of a file in another engine's layout, which `sample:` alone does not stand for. */
  readonly isOther: boolean;
}

/** The source lists the runs that come with wfa: `sample:` is all of the measured engine, `sample:NAME` one file or one engine's. */
export const sampleSource: Source = {
  accepts: (uri) => uri.startsWith('sample:'),
  list: async (uri, settings) => {
    const asked = uri.slice('sample:'.length);
    const all = await listSamples(settings);
    const chosen = all.filter(({ name, isOther }) =>
      asked === '' ? !isOther : name === asked || name.startsWith(`${asked}/`),
    );
    if (chosen.length === 0) throw noSuchSample(uri, asked, all);
    const listed = chosen.map(async ({ name, path }) => {
      const inputs = await fileSource.list(path, settings);
      return inputs.map((input): Input => ({ ...input, uri: `sample:${name}`, explicit: true }));
    });
    return (await Promise.all(listed)).flat();
  },
};

/** Lists all bundled files in the order of their names, those of the measured engine first. */
async function listSamples(settings: SourceSettings): Promise<readonly Sample[]> {
  const directory = join(packageRoot(), 'samples');
  const own = (await readdir(directory)).filter((file) => isRecordFileName(file, settings));
  const others = await readdir(join(directory, ENGINES), { recursive: true, withFileTypes: true });
  return [
    ...own.map((file) => ({ file, path: join(directory, file), isOther: false })),
    ...others
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ file: path.slice(join(directory, ENGINES).length + 1), path, isOther: true })),
  ]
    .map(({ file, ...sample }) => ({ ...sample, name: file.replaceAll('\\', '/').replace(/\.[^/]*$/, '') }))
    .sort((a, b) => Number(a.isOther) - Number(b.isOther) || (a.name < b.name ? -1 : 1));
}

function noSuchSample(uri: string, asked: string, all: readonly Sample[]): UserError {
  if (asked === 'invocations') {
    return new UserError('not-run-records', `${uri} is an invocation log, no run records.`, {
      hint: `Say which column is what: wfa workers --map start=requested,end=ended,pool=function --time-unit iso -d ${uri}`,
    });
  }
  const wordNames = (isOther: boolean) => {
    const names = all.filter((sample) => sample.isOther === isOther).flatMap(({ name }) => foldersOf(name));
    return [...new Set(names)].map((name) => `sample:${name}`).join(', ');
  };
  return new UserError('not-found', `There is no ${uri}`, {
    hint: [
      `There are: sample:, ${wordNames(false)}, and sample:invocations for wfa workers --map.`,
      `In the layouts of other engines: ${wordNames(true)}.`,
    ],
  });
}

/** Lists what can stand behind `--data`: all samples, each file, and each engine's. */
export async function listSampleUris(): Promise<readonly string[]> {
  const names = (await listSamples({})).flatMap(({ name }) => foldersOf(name));
  return ['', ...new Set(names), 'invocations'].map((name) => `sample:${name}`);
}

/** Lists the folders that hold a file, outermost first; a file in none stands for itself. */
function foldersOf(name: string): readonly string[] {
  const parts = name.split('/');
  const count = Math.max(parts.length - 1, 1);
  return parts.slice(0, count).map((_, i) => parts.slice(0, i + 1).join('/'));
}
