import { fstatSync, type Stats } from 'node:fs';
import { readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { UserError } from '../errors.ts';
import { isS3Uri, parseObjectUri } from '../sources/index.ts';

/** Finds out where an output really goes. */

/** The file descriptor of standard output. */
export const STDOUT = 1;

/** An output to a file goes to a file descriptor that is open already, or to a path without links. */
export type FileSink = { readonly descriptor: number } | { readonly path: string; readonly existing: Stats | null };

/** Finds the sink of a path: /dev/stdout and what standard output is redirected to are descriptors, as are /dev/fd/N. */
export async function findSink(path: string): Promise<FileSink> {
  const target = await followLinks(path);
  if (typeof target === 'number') return { descriptor: target };
  const existing = await stat(target).catch(() => null);
  return existing !== null && isStdout(existing) ? { descriptor: STDOUT } : { path: target, existing };
}

function isStdout({ dev, ino }: Stats): boolean {
  try {
    const stdout = fstatSync(STDOUT);
    return stdout.dev === dev && stdout.ino === ino;
  } catch {
    return false;
  }
}

/** As many as the kernel follows (path_resolution(7)). */
const MOST_LINKS = 40;
const DESCRIPTORS = ['/dev/fd', `/proc/${process.pid}/fd`];

/** Follows links, also to what does not exist yet; a link to an open file ends at its descriptor. */
async function followLinks(path: string): Promise<string | number> {
  let target = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    const folder = await realpath(dirname(target)).catch(() => null);
    if (folder === null) return target;
    const name = basename(target);
    if (DESCRIPTORS.includes(folder) && /^\d+$/.test(name)) return Number(name);
    const link = await readlink(target).catch(() => null);
    if (link === null) return links === 0 ? path : target;
    target = resolve(folder, link);
  }
  return path;
}

/** An output or an input has the name of its flag, for messages, and a path or URI; `null`: standard output. */
export interface NamedPlace {
  readonly flag: string;
  readonly place: string | null;
}

/** `UserError` when two outputs are one place, so that one would replace the other, or when an output is an input. */
export async function refuseSharedPlaces(outputs: readonly NamedPlace[], inputs: readonly NamedPlace[]): Promise<void> {
  const taken = new Map<string, NamedPlace>();
  for (const output of outputs) {
    const key = await findKey(output.place);
    const other = taken.get(key);
    if (other !== undefined) throw sharedPlace(other, output);
    taken.set(key, output);
  }
  const existing = await Promise.all(outputs.map(({ place }) => findFile(place)));
  if (existing.every((path) => path === null)) return;
  for (const input of inputs) {
    const path = await findFile(input.place === '-' ? '/dev/stdin' : input.place);
    const output = path === null ? undefined : taken.get(path);
    if (output !== undefined) throw sharedPlace(input, output);
  }
}

const sharedPlace = (first: NamedPlace, second: NamedPlace): UserError =>
  new UserError('bad-option', `${wordPlace(first)} and ${wordPlace(second)} are one place`, {
    hint: 'One would replace the other: give them different names.',
  });

const wordPlace = ({ flag, place }: NamedPlace): string => (place === null ? flag : `${flag} '${place}'`);

async function findKey(place: string | null): Promise<string> {
  if (place === null) return `descriptor ${STDOUT}`;
  if (isS3Uri(place)) return JSON.stringify(parseObjectUri(place));
  const sink = await findSink(place);
  if ('descriptor' in sink) return `descriptor ${sink.descriptor}`;
  const folder = await realpath(dirname(sink.path)).catch(() => dirname(sink.path));
  return join(folder, basename(sink.path));
}

/** Only a file can be lost: nothing else is replaced by an output. `null`: it is none. */
async function findFile(place: string | null): Promise<string | null> {
  if (place === null || isS3Uri(place)) return null;
  const found = await stat(place).catch(() => null);
  return found?.isFile() && !isStdout(found) ? realpath(place) : null;
}
