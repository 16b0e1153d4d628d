/** A list whose items are taken one after the other: an array, or one that makes them when they are asked for. */
export interface ItemList<Item> extends Iterable<Item> {
  readonly length: number;
}

/** The list makes its items when they are asked for: millions of them need no memory, and are written one by one. */
export class LazyList<Item> implements ItemList<Item> {
  readonly length: number;
  readonly #make: (index: number) => Item;

  constructor(length: number, make: (index: number) => Item) {
    this.length = length;
    this.#make = make;
  }

  *[Symbol.iterator](): Generator<Item> {
    for (let i = 0; i < this.length; i++) yield this.#make(i);
  }

  /** Is what `JSON.stringify` asks for. */
  toJSON(): Item[] {
    return [...this];
  }
}
