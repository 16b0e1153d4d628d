import { createHash } from 'node:crypto';
import packageJson from '../../package.json' with { type: 'json' };
import { UserError } from '../errors.ts';
import { decodeRecords, splitLines } from '../formats/index.ts';
import type { Issue } from '../model/issue.ts';
import type { RunFacts, RunTraits } from '../model/run-facts.ts';
import { createSharing } from '../model/share-traits.ts';
import type { ReportInput } from '../render/index.ts';
import { decompress } from '../sources/index.ts';
import type { FactsEvent } from './extract-runs.ts';
import type { DataSpec, Skipped } from './inputs.ts';
import { type Asked, listLaterOptions, type Question } from './question.ts';
import { createTextRestoring, createTextShortening } from './share-texts.ts';

/**
 * Facts are written as lines of JSON, by `wfa extract` and into the cache. A head says what was asked; then comes how the data
 * were named, unless the cache knows it; the records of each input in order, each time followed by the input; and an end, without which
 * the lines were cut. The end seals them: an analysis would believe whatever somebody made of them.
 */

/** The format's number is raised when the lines change their meaning. */
const FORMAT = 9;

interface Head {
  readonly format: number;
  readonly wfa: string;
  readonly analysis: string;
  /** Arguments, options and filters as `wordAsked` words them: equal when the facts are. */
  readonly asked: string;
}

type Facts = Record<string, unknown>;

/** The run's traits stand in a line of their own, before the first run that has them: this is its number, from 0. */
type StoredRun = Omit<RunFacts, 'traits'> & { readonly traits: number };

type RunLine = { readonly run: StoredRun; readonly facts: Facts | null };

type Line =
  | RunLine
  | { readonly issue: Issue }
  | { readonly traits: RunTraits }
  | { readonly head: Head }
  | { readonly data: readonly DataSpec[] }
  | { readonly input: ReportInput }
  | { readonly skipped: Skipped }
  | { readonly end: string };

/** Words the lines of one file, and seals them with the SHA-256 of their texts. */
export class FactsSealer {
  readonly #hash = createHash('sha256');
  readonly #share = createSharing();
  readonly #shorten = createTextShortening();
  readonly #traitNumbers = new Map<RunTraits, number>();

  /** The first line says what was asked. */
  wordHead(question: Question): string {
    const head = { format: FORMAT, wfa: packageJson.version, analysis: question.analysis, asked: wordAsked(question) };
    return this.#seal([{ head }]);
  }

  wordEvents(events: readonly FactsEvent<unknown>[]): string {
    return this.#seal(events.flatMap((event) => this.#toLines(event)));
  }

  #toLines(event: FactsEvent<unknown>): readonly Line[] {
    if (!('run' in event)) return [event];
    const { run } = event;
    const traits = this.#share(run.traits);
    const known = this.#traitNumbers.get(traits);
    const number = known ?? this.#traitNumbers.size;
    const facts = event.facts as Facts | null;
    // Facts hold the run's facts once more: they are written once, and their place is kept.
    const kept = facts !== null && facts['run'] === run ? { ...facts, run: null } : facts;
    const stored = { ...run, traits: number, origin: this.#shorten(run.origin) };
    const line = { run: stored, facts: kept && this.#shorten(kept) };
    if (known !== undefined) return [line];
    this.#traitNumbers.set(traits, number);
    return [{ traits }, line];
  }

  /** The last line carries the seal. */
  wordEnd(): string {
    return wordLine({ end: this.#hash.digest('hex') });
  }

  #seal(lines: readonly Line[]): string {
    const text = lines.map(wordLine).join('');
    this.#hash.update(text);
    return text;
  }
}

const wordLine = (line: Line): string => `${JSON.stringify(line)}\n`;

/** Words a question as far as facts depend on it: the text is the same when they are. */
export function wordAsked({ filter, joint, mostRuns, ...asked }: Question): string {
  const questions =
    joint === undefined
      ? wordOptions(asked)
      : [joint.map((one) => [one.analysis, one.isLimited, ...wordOptions(one)]), mostRuns];
  return JSON.stringify([...questions, filter]);
}

function wordOptions({ analysis, raw }: Asked): readonly unknown[] {
  const later = listLaterOptions(analysis);
  const options = Object.entries(raw.options)
    .filter(([name]) => !later.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return [raw.arguments, options];
}

/**
 * Reads a file of facts to its end, because only its last line tells whether to believe the others. `note` is told how many bytes were
 * read, unpacked. `UserError` when they are no facts, answer another question, were changed or cut.
 */
export async function readFactsLines(
  stored: AsyncIterable<Uint8Array>,
  uri: string,
  question: Question,
  note: (byteLength: number) => void = () => {},
): Promise<FactsEvent<unknown>[]> {
  const reader = new FactsReader(uri, question);
  const events: FactsEvent<unknown>[] = [];
  for await (const batch of decodeRecords(decompress(stored, uri), uri)) {
    if (!('lines' in batch)) throw reader.foreign();
    note(batch.lines.length);
    splitLines(batch, uri, ({ text }) => {
      const event = reader.read(text);
      if (event !== null) events.push(event);
    });
  }
  reader.finish();
  return events;
}

/** Reads lines one by one. */
class FactsReader {
  readonly #uri: string;
  readonly #question: Question;
  #restore = createTextRestoring();
  #hash = createHash('sha256');
  #traits: RunTraits[] = [];
  #lineCount = 0;
  #ended = false;

  constructor(uri: string, question: Question) {
    this.#uri = uri;
    this.#question = question;
  }

  /** Gives `null` when the line holds nothing to be handed on. */
  read(text: Buffer): FactsEvent<unknown> | null {
    const line = parseJson(text.toString());
    if (this.#ended && isObject(line) && 'head' in line) this.#beginAnew();
    const event = this.#take(line);
    if (this.#ended) this.#checkSeal(line as { readonly end: unknown });
    else this.#hash.update(withoutReturn(text)).update(LINE_FEED);
    return event;
  }

  /** Begins with the next of several files of facts that were joined in one. */
  #beginAnew(): void {
    this.#restore = createTextRestoring();
    this.#hash = createHash('sha256');
    this.#traits = [];
    this.#lineCount = 0;
    this.#ended = false;
  }

  #checkSeal({ end }: { readonly end: unknown }): void {
    if (end === this.#hash.digest('hex')) return;
    throw new UserError('changed-facts', `The facts in ${this.#uri} were changed after they had been extracted.`, {
      hint: 'Extract them again; to leave runs out, filter them there.',
    });
  }

  #take(candidate: unknown): FactsEvent<unknown> | null {
    this.#lineCount++;
    const line = this.#checkLine(candidate);
    if (this.#lineCount === 1) return this.#checkHead('head' in line ? line.head : null);
    if ('run' in line) return this.#readRun(line);
    if ('traits' in line) {
      this.#traits.push(line.traits);
      return null;
    }
    if ('issue' in line || 'data' in line || 'input' in line || 'skipped' in line) return line;
    if (!('end' in line)) throw this.#damaged();
    this.#ended = true;
    return null;
  }

  /** Undoes what the writer did to the event of a run. */
  #readRun({ run: stored, facts }: RunLine): FactsEvent<unknown> {
    const traits = this.#traits[stored.traits];
    if (traits === undefined) throw this.#damaged();
    // Not a copy: there are as many of them as runs.
    const run: RunFacts = Object.assign(stored, { traits });
    this.#restoreTexts(run.origin);
    if (facts === null) return { run, facts };
    this.#restoreTexts(facts);
    facts['run'] ??= run;
    return { run, facts };
  }

  #restoreTexts(json: object): void {
    try {
      this.#restore(json);
    } catch (error) {
      throw error instanceof RangeError ? this.#damaged() : error;
    }
  }

  finish(): void {
    if (this.#lineCount === 0) throw this.foreign();
    if (this.#ended) return;
    throw new UserError('cut-short', `Cannot read ${this.#uri}: the facts end too early: the file was cut.`, {
      hint: 'Extract them again.',
    });
  }

  #checkLine(line: unknown): Line {
    if (isObject(line) && !this.#ended && isWhole(line as Line)) return line as Line;
    throw this.#lineCount === 1 ? this.foreign() : this.#damaged();
  }

  #checkHead(head: Head | null): null {
    if (head?.format !== FORMAT) throw this.foreign();
    if (head.wfa !== packageJson.version) {
      throw new UserError('other-facts', `The facts in ${this.#uri} were extracted by wfa ${head.wfa}.`, {
        hint: `This is wfa ${packageJson.version}: extract them again.`,
      });
    }
    if (head.analysis === this.#question.analysis && head.asked === wordAsked(this.#question)) return null;
    throw new UserError('other-facts', `The facts in ${this.#uri} answer another question.`, {
      hint:
        head.analysis === this.#question.analysis
          ? 'Give the same arguments, options and filters as to wfa extract.'
          : `They are for wfa ${head.analysis}.`,
    });
  }

  foreign(): UserError {
    return new UserError('not-facts', `${this.#uri} holds no facts that this wfa can read.`, {
      hint: 'wfa extract writes facts. Runs are given with --data.',
    });
  }

  #damaged(): UserError {
    return new UserError('cut-short', `Cannot read ${this.#uri}: its line ${this.#lineCount} is damaged.`, {
      hint: 'Extract the facts again.',
    });
  }
}

const LINE_FEED = '\n';

/** Leaves out what other systems' tools put before a line's end. */
const withoutReturn = (text: Buffer): Buffer => (text.at(-1) === 0x0d ? text.subarray(0, -1) : text);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isWhole = (line: Line): boolean =>
  !('run' in line) || (isObject(line.run) && (line.facts === null || isObject(line.facts)));

/** Gives `null` for what is no JSON, which is as wrong as other JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
