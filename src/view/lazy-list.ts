/** The list makes its items when they are asked for: millions of them need no memory, and are written one by one. */
export class LazyList<Item> implements Iterable<Item> {
  readonly length: number;
  readonly #make: (index: number) => Item;

  constructor(length: number, make: (index: number) => Item) {
    this.length = length;
    this.#make = make;
  }

  *[Symbol.iterator](): Generator<Item> {
    for (let i = 0; i < this.length; i++) yield this.#make(i);
  }

  /** Stands for an array in a result, of which only the length and the items in their order may be asked for. */
  asArray(): readonly Item[] {
    return this as unknown as readonly Item[];
  }

  /** Is what `JSON.stringify` asks for. */
  toJSON(): Item[] {
    return [...this];
  }
}
