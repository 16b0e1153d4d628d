import { isUtf8 } from 'node:buffer';
import type { BigIntStats, Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { isHiddenName, type PassedOver } from './source.ts';

/** A file that a folder or a pattern stands for. */
export interface FoundFile {
  /** Path as text; bytes that are not UTF-8 are written `\xE9`. */
  readonly name: string;
  readonly path: Buffer;
  readonly found: BigIntStats;
}

/** An entry that is not read although a folder or a pattern brings it along. */
interface NamedPassedOver extends PassedOver {
  readonly name: string;
}

/** All that was found, and all that was not taken. */
export interface Findings {
  /** In the order of their names, each file once, however many links lead to it. */
  readonly files: readonly FoundFile[];
  readonly passedOver: readonly NamedPassedOver[];
  /** Folders that the whole pattern fits. */
  readonly folderCount: number;
}

/** A segment takes the names at one level of a path; `**` takes any number of levels. */
export type Segment = '**' | NameSegment;

/** A name segment takes some of the names at one level. */
interface NameSegment {
  readonly takes: (name: string) => boolean;
  /** Is true when it also takes names that are hidden from others. */
  readonly takesHidden: boolean;
}

/** A path pattern begins in a folder (empty: the current one), below which names are looked for. */
export interface PathPattern {
  readonly root: string;
  readonly segments: readonly Segment[];
}

/**
 * Finds the files that the patterns fit, through links as well. Throws the file system's error where a root cannot be read; any other
 * folder that cannot is passed over, and named.
 */
export async function findFiles(patterns: readonly PathPattern[]): Promise<Findings> {
  const search = new Search();
  for (const { root, segments } of patterns) await search.begin(root, segments);
  return search.finish();
}

/** An entry below a root, a root itself, or where a link leads. */
interface Place {
  readonly path: Buffer;
  readonly name: string;
  /** Resolved path: the same for all links to one place. */
  readonly real: Buffer;
  /** Is true when it is only looked at so that hidden files can be named. */
  readonly isHidden: boolean;
}

interface Link {
  readonly place: Place;
  readonly folder: Place;
  readonly next: Position;
}

type Kind = Pick<Dirent, 'isDirectory' | 'isFile' | 'isFIFO' | 'isSocket'>;

class Search {
  readonly #files = new Map<string, Place>();
  readonly #passedOver: NamedPassedOver[] = [];
  readonly #walked = new Set<string>();
  /** Links wait until all that lies below the root itself has been found, whose own names are the better ones. */
  readonly #links: Link[] = [];
  #folderCount = 0;

  async begin(root: string, segments: readonly Segment[]): Promise<void> {
    const path = Buffer.from(root);
    const real = await realpath(root === '' ? '.' : path, 'buffer');
    await this.#walk({ path, name: root, real, isHidden: false }, new Position(segments));
    for (let link = this.#links.shift(); link; link = this.#links.shift()) await this.#follow(link, real);
  }

  async finish(): Promise<Findings> {
    const files = await Promise.all([...this.#files.values()].map((place) => this.#measure(place)));
    return {
      files: files.filter((file) => file !== null).sort(byName),
      passedOver: this.#passedOver.sort(byName),
      folderCount: this.#folderCount,
    };
  }

  async #measure(place: Place): Promise<FoundFile | null> {
    try {
      return { name: place.name, path: place.path, found: await stat(place.path, { bigint: true }) };
    } catch (error) {
      this.#passOver(place, wordProblem(error as NodeJS.ErrnoException, 'gone meanwhile'));
      return null;
    }
  }

  async #walk(folder: Place, position: Position): Promise<void> {
    const key = `${toKey(folder.real)}\0${position.key}`;
    if (this.#walked.has(key)) return;
    this.#walked.add(key);
    const path = folder.path.length === 0 ? Buffer.from('.') : folder.path;
    // Node's types know folders of names in text only.
    const entries = (await readdir(path, { withFileTypes: true, encoding: 'buffer' })) as unknown as BytesDirent[];
    for (const entry of entries.sort((a, b) => Buffer.compare(a.name, b.name))) {
      await this.#take(folder, entry, position);
    }
  }

  async #take(folder: Place, entry: BytesDirent, position: Position): Promise<void> {
    const text = entry.name.toString();
    const open = position.advance(text, false);
    const isHidden = folder.isHidden || (open.isNowhere && isHiddenName(text));
    const next = isHidden ? position.advance(text, true) : open;
    if (next.isNowhere) return;
    const place = {
      path: join(folder.path, entry.name),
      name: join(Buffer.from(folder.name), Buffer.from(showBytes(entry.name))).toString(),
      real: join(folder.real, entry.name),
      isHidden,
    };
    if (entry.isSymbolicLink()) this.#links.push({ place, folder, next });
    else await this.#takeKind(place, entry, next, folder.isHidden);
  }

  async #follow({ place, folder, next }: Link, root: Buffer): Promise<void> {
    try {
      const target = await stat(place.path);
      const real = await realpath(place.path, 'buffer');
      // Links to below the root are found anyway; one to around it may lead to the whole disk.
      const isCircle = target.isDirectory() && next.isBottomless && contains(real, folder.real);
      if (!isCircle) await this.#takeKind({ ...place, real }, target, next, folder.isHidden);
      else if (!contains(root, real)) this.#passOver(place, 'a link to a folder around it');
    } catch (error) {
      this.#passOver(place, wordProblem(error as NodeJS.ErrnoException, 'a link to nothing'));
    }
  }

  async #takeKind(place: Place, kind: Kind, next: Position, isBelowHidden: boolean): Promise<void> {
    if (kind.isDirectory()) {
      // One look into a hidden folder names its files; there is no end of them in such as .git.
      if (!isBelowHidden) await this.#enter(place, next);
    } else if (!next.isEnd) return;
    else if (place.isHidden) this.#passedOver.push({ name: place.name, reason: 'hidden', isProblem: false });
    else if (!kind.isFile()) this.#passOver(place, wordKind(kind));
    else if (!this.#files.has(toKey(place.real))) this.#files.set(toKey(place.real), place);
  }

  async #enter(place: Place, next: Position): Promise<void> {
    if (next.isEnd && !place.isHidden) this.#folderCount++;
    try {
      await this.#walk(place, next);
    } catch (error) {
      this.#passOver(place, wordProblem(error as NodeJS.ErrnoException, 'gone meanwhile'));
    }
  }

  #passOver({ name, isHidden }: Place, reason: string): void {
    if (!isHidden) this.#passedOver.push({ name, reason, isProblem: true });
  }
}

type BytesDirent = Omit<Dirent, 'name'> & { readonly name: Buffer };

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

/** A position in a pattern is the set of its segments that may take the next name. */
class Position {
  readonly #segments: readonly Segment[];
  readonly #at: ReadonlySet<number>;

  constructor(segments: readonly Segment[], at: readonly number[] = [0]) {
    this.#segments = segments;
    // `**` may take no name at all.
    this.#at = new Set(at.flatMap((i) => (segments[i] === '**' ? [i, i + 1] : [i])));
  }

  /** The key is the same for equal positions of one pattern. */
  get key(): string {
    return `${[...this.#at].join()}/${this.#segments.length}`;
  }

  /** Is true when the pattern does not fit the path so far. */
  get isNowhere(): boolean {
    return this.#at.size === 0;
  }

  /** Is true when the pattern fits the path so far as a whole. */
  get isEnd(): boolean {
    return this.#at.has(this.#segments.length);
  }

  /** Is true when the pattern fits at any depth below the path so far. */
  get isBottomless(): boolean {
    return [...this.#at].some((i) => this.#segments[i] === '**');
  }

  advance(name: string, takesHidden: boolean): Position {
    const isOpen = takesHidden || !isHiddenName(name);
    const next = [...this.#at].flatMap((i) => {
      const segment = this.#segments[i];
      if (segment === '**') return isOpen ? [i] : [];
      return segment !== undefined && (isOpen || segment.takesHidden) && segment.takes(name) ? [i + 1] : [];
    });
    return new Position(this.#segments, next);
  }
}

const SLASH = Buffer.from('/');

/** Joins bytes of a path; an empty folder is the current one. */
const join = (folder: Buffer, name: Buffer): Buffer =>
  Buffer.concat(folder.length === 0 ? [name] : folder.at(-1) === SLASH[0] ? [folder, name] : [folder, SLASH, name]);

const toKey = (path: Buffer): string => path.toString('latin1');

const contains = (folder: Buffer, path: Buffer): boolean =>
  path.equals(folder) || path.subarray(0, folder.length + 1).equals(join(folder, Buffer.alloc(0)));

/** Writes a name in UTF-8 as it is; in any other, bytes above ASCII stand as `\xE9`. */
function showBytes(name: Buffer): string {
  if (isUtf8(name)) return name.toString();
  const show = (character: string) => `\\x${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return name.toString('latin1').replace(/[\x80-\xff]/g, show);
}

function wordKind(kind: Kind): string {
  return kind.isFIFO() ? 'a named pipe' : kind.isSocket() ? 'a socket' : 'a device';
}

const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'a link in a circle',
  ENOTDIR: 'a link to nothing',
};

/** The codes of a process that has run out of something, which says nothing about the place. */
const EXHAUSTED = ['EMFILE', 'ENFILE', 'ENOMEM'];

function wordProblem(error: NodeJS.ErrnoException, missing: string): string {
  if (error.code === undefined || EXHAUSTED.includes(error.code)) throw error;
  return error.code === 'ENOENT' ? missing : (PROBLEMS[error.code] ?? error.code);
}
