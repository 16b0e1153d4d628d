import { ABSENT, CONTAINER, NULL, SLOT_BYTES, TEXT, TEXT_ENTRY_BYTES } from './assembly/layout.ts';
import type { Field, Shape } from './shapes.ts';

/** Kept values stand one behind the other, as `assembly/layout.ts` tells. Threads can hand them over. */
export interface ScannedValues {
  /** The slots, the entries of the texts, and the texts' bytes. */
  readonly memory: ArrayBuffer;
  readonly slotCount: number;
  readonly textCount: number;
}

/** Scanned values, each of which is asked for by its slot. */
export class Slots {
  /** Two words, or one double, a slot. */
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #texts: readonly string[];
  /** The place in the list of each text; those below `#listFrom` were in an earlier one. */
  readonly #places: Int32Array;
  #listFrom = 1;
  #listTo = 1;

  constructor({ memory, slotCount, textCount }: ScannedValues) {
    this.#words = new Int32Array(memory, 0, slotCount * 2);
    this.#doubles = new Float64Array(memory, 0, slotCount);
    const entriesAt = slotCount * SLOT_BYTES;
    const textsAt = entriesAt + textCount * TEXT_ENTRY_BYTES;
    this.#places = new Int32Array(textCount);
    const entries = new Int32Array(memory, entriesAt, textCount * WORDS_PER_ENTRY);
    this.#texts = readTexts(entries, Buffer.from(memory, textsAt));
  }

  isAbsent(slot: number): boolean {
    return this.#words[slot * 2 + 1] === ABSENT;
  }

  isNull(slot: number): boolean {
    return this.#words[slot * 2 + 1] === NULL;
  }

  isContainer(slot: number): boolean {
    return this.#words[slot * 2 + 1] === CONTAINER;
  }

  isText(slot: number): boolean {
    return this.#words[slot * 2 + 1] === TEXT;
  }

  text(slot: number): string {
    return this.#texts[this.#words[slot * 2] as number] as string;
  }

  textOrNull(slot: number): string | null {
    return this.isNull(slot) ? null : this.text(slot);
  }

  /** Begins a new list of texts. */
  startList(): void {
    this.#listFrom = this.#listTo;
  }

  /** Adds the text to the list; gives whether it is there for the first time. */
  addToList(slot: number): boolean {
    const isFirst = this.placeInList(slot) < 0;
    this.#places[this.#words[slot * 2] as number] = this.#listTo++;
    return isFirst;
  }

  /** The last place, from 0, of the text in the list; -1: it is not there. */
  placeInList(slot: number): number {
    return Math.max(-1, (this.#places[this.#words[slot * 2] as number] as number) - this.#listFrom);
  }

  /** A finite number. */
  number(slot: number): number {
    const value = this.#doubles[slot] as number;
    // Some are told by their own text.
    return Number.isNaN(value) ? Number(this.text(slot)) : value;
  }

  numberOrNull(slot: number): number | null {
    return this.isNull(slot) ? null : this.number(slot);
  }

  /** Counts the items of a list, or the entries of a map. */
  count(slot: number): number {
    return this.#words[this.content(slot) * 2 - 2] as number;
  }

  /** The slot of an object's first field, of a list's first item, or of a map's first key, which has its value next to it. */
  content(slot: number): number {
    return this.#words[slot * 2] as number;
  }

  /** The slot behind an item, or a value of a map, and all that it contains: the next one's, if there is a next. */
  behind(slot: number): number {
    return this.isContainer(slot) ? (this.#words[this.content(slot) * 2 - 1] as number) : slot + 1;
  }

  /** The JSON of this shape; of objects, what is kept. `undefined`: absent. */
  json(slot: number, shape: Shape): unknown {
    if (this.isAbsent(slot)) return undefined;
    if (this.isNull(slot)) return null;
    if (this.isText(slot)) return this.text(slot);
    if (!this.isContainer(slot)) return this.number(slot);
    return shape.fields ? this.#object(slot, shape.fields) : this.#list(slot, shape.item as Shape);
  }

  #object(slot: number, fields: readonly Field[]): Record<string, unknown> {
    const first = this.content(slot);
    const kept = fields.flatMap(({ key, kept, shape }, i) => (kept ? [[key, this.json(first + i, shape)]] : []));
    return Object.fromEntries(kept);
  }

  #list(slot: number, shape: Shape): unknown[] {
    const items: unknown[] = [];
    for (let left = this.count(slot), item = this.content(slot); left > 0; left--) {
      items.push(this.json(item, shape));
      item = this.behind(item);
    }
    return items;
  }
}

/** Node has this below `toString('latin1')`; its types leave it out, but it is a fifth faster. */
interface Latin1 {
  latin1Slice(from: number, to: number): string;
}

function readTexts(entries: Int32Array, bytes: Buffer): string[] {
  const latin1 = bytes as Buffer & Latin1;
  const texts = new Array<string>(entries.length / WORDS_PER_ENTRY);
  for (let i = 0, at = 0; i < texts.length; i++, at += WORDS_PER_ENTRY) {
    const from = entries[at] as number;
    texts[i] = latin1.latin1Slice(from, from + (entries[at + 1] as number));
  }
  return texts;
}

const WORDS_PER_ENTRY = TEXT_ENTRY_BYTES / Int32Array.BYTES_PER_ELEMENT;
