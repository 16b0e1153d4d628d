import type { RowBlock } from '../model/row-block.ts';
import { MOST_EPOCH_MS, type StartupState } from '../model/run.ts';
import { ByteNames } from './byte-names.ts';
import type { IdSet } from './id-set.ts';
import type { InvocationMap, MapKey } from './invocation-map.ts';
import {
  EXPONENTS,
  memoryOfName,
  parseInstantMs,
  parseMemoryMb,
  parseNumberMs,
  parseState,
  saysNothing,
} from './invocation-row.ts';
import type { InvocationNumbers, InvocationTable } from './invocation-table.ts';
import { InstantReader, parseNumberAt } from './parse-bytes.ts';

/** A cell that cannot be read as it should: its row is for `invocation-row.ts`, which says why. */
const BAD = Number.POSITIVE_INFINITY;
/** A cell that says nothing. */
const NOTHING = Number.NaN;
const NO_NAME = -1;

/** What one row of a block is: taken, an id that had come before, or not for this reader. */
export type BlockRowOutcome = 'taken' | 'repeated' | 'left';

/**
 * Reads plain rows in their bytes into a table: a row costs no text. It gives the same as `prepareRows` of the same cells, and leaves
 * every row to that in which something is wrong.
 */
export class BlockReader {
  readonly #map: InvocationMap;
  readonly #table: InvocationTable;
  readonly #ids: IdSet;
  readonly #places: ReadonlyMap<MapKey, number>;
  readonly #poolPlaces: readonly number[];
  readonly #instants = new InstantReader();
  readonly #pools: PoolNames;
  readonly #containers = new ByteNames();
  readonly #containerOf: number[] = [];
  readonly #states = new Meanings<StartupState | null | typeof BAD>();
  readonly #memories = new Meanings<number>();
  readonly #row: InvocationNumbers = {
    uri: 0,
    line: 0,
    pool: 0,
    container: NO_NAME,
    requestedAtMs: 0,
    readyAtMs: NOTHING,
    endAtMs: 0,
    state: null,
    memoryMb: NOTHING,
    hasId: false,
    usedMb: NOTHING,
    billedMs: NOTHING,
  };

  constructor(map: InvocationMap, table: InvocationTable, ids: IdSet) {
    this.#map = map;
    this.#table = table;
    this.#ids = ids;
    this.#places = new Map(map.columns.map(({ key }, place) => [key, place]));
    this.#poolPlaces = map.columns.flatMap(({ key }, place) => (key === 'pool' ? [place] : []));
    this.#pools = new PoolNames(table);
  }

  /** Takes a row into the table. `uri`: the number of its input there. */
  take(block: RowBlock, index: number, uri: number): BlockRowOutcome {
    const row = this.#row;
    row.uri = uri;
    row.line = block.lines[index] as number;
    row.pool = this.#readPool(block, index);
    if (row.pool === NO_NAME || !this.#readTimes(block, index) || !this.#readState(block, index)) return 'left';
    row.memoryMb = this.#readMemory(block, index, 'memory');
    row.usedMb = this.#readMemory(block, index, 'used');
    row.billedMs = this.#readDuration(block, index, 'billed', false);
    if (row.memoryMb === BAD || row.usedMb === BAD || row.billedMs === BAD) return 'left';
    if (Number.isNaN(row.memoryMb)) row.memoryMb = this.#pools.memoryMbOf(row.pool);
    row.container = this.#readContainer(block, index);
    return this.#finish(block, index);
  }

  #finish(block: RowBlock, index: number): BlockRowOutcome {
    const row = this.#row;
    if (row.endAtMs < row.requestedAtMs || row.readyAtMs < row.requestedAtMs || row.readyAtMs > row.endAtMs)
      return 'left';
    const id = this.#readId(block, index);
    if (id === 'repeated') return 'repeated';
    row.hasId = id === 'new';
    this.#table.push(row);
    return 'taken';
  }

  /** Says when it was asked for, ready and over, as `readTimes` of `invocation-row.ts` does. */
  #readTimes(block: RowBlock, index: number): boolean {
    const row = this.#row;
    const durationMs = this.#readDuration(block, index, 'duration', true);
    const initMs = this.#readDuration(block, index, 'init', false);
    const readyAtMs = this.#readInstant(block, index, 'ready', false);
    const endAtMs = this.#readInstant(block, index, 'end', true);
    if (durationMs === BAD || initMs === BAD || readyAtMs === BAD || endAtMs === BAD) return false;
    if (this.#places.has('start')) {
      const startAtMs = this.#readInstant(block, index, 'start', true);
      if (startAtMs === BAD) return false;
      row.requestedAtMs = startAtMs;
      row.endAtMs = Number.isNaN(endAtMs) ? startAtMs + durationMs : endAtMs;
      row.readyAtMs = Number.isNaN(readyAtMs) ? startAtMs + initMs : readyAtMs;
      return true;
    }
    const beganAtMs = endAtMs - durationMs;
    row.endAtMs = endAtMs;
    row.requestedAtMs = Number.isNaN(initMs) ? beganAtMs : beganAtMs - initMs;
    row.readyAtMs = Number.isNaN(readyAtMs) && !Number.isNaN(initMs) ? beganAtMs : readyAtMs;
    return true;
  }

  #readState(block: RowBlock, index: number): boolean {
    const row = this.#row;
    const place = this.#places.get('cold');
    const stated = place === undefined ? null : this.#states.of(block, index, place, meaningOfState);
    if (typeof stated === 'number') return false;
    row.state = stated ?? this.#stateByInit(block, index);
    return true;
  }

  /** Platforms that write a start-up for every invocation write 0 for a warm one. */
  #stateByInit(block: RowBlock, index: number): StartupState | null {
    if (!this.#places.has('init')) return null;
    return this.#readDuration(block, index, 'init', false) > 0 ? 'cold' : 'warm';
  }

  #readInstant(block: RowBlock, index: number, key: MapKey, required: boolean): number {
    const place = this.#places.get(key);
    if (place === undefined) return NOTHING;
    const [from, to] = [block.from(index, place), block.to(index, place)];
    if (from < 0 || from === to) return required ? BAD : NOTHING;
    const { timeUnit } = this.#map;
    const atMs =
      timeUnit === 'iso'
        ? this.#instants.parseAt(block.bytes, from, to)
        : parseNumberAt(block.bytes, from, to, EXPONENTS[timeUnit]);
    if (atMs <= MOST_EPOCH_MS) return atMs;
    return this.#readText(block.textOf(index, place) as string, required, (text) => parseInstantMs(text, timeUnit));
  }

  #readDuration(block: RowBlock, index: number, key: MapKey, required: boolean): number {
    const place = this.#places.get(key);
    if (place === undefined) return NOTHING;
    const [from, to] = [block.from(index, place), block.to(index, place)];
    if (from < 0 || from === to) return required ? BAD : NOTHING;
    const { durationUnit } = this.#map;
    const durationMs = parseNumberAt(block.bytes, from, to, EXPONENTS[durationUnit]);
    if (durationMs <= MOST_EPOCH_MS) return durationMs;
    return this.#readText(block.textOf(index, place) as string, required, (text) => parseNumberMs(text, durationUnit));
  }

  /** Reads a cell that is not plain. */
  #readText(text: string, required: boolean, parse: (text: string) => number | null): number {
    if (!required && saysNothing(text)) return NOTHING;
    return parse(text) ?? BAD;
  }

  #readMemory(block: RowBlock, index: number, key: 'memory' | 'used'): number {
    const place = this.#places.get(key);
    if (place === undefined) return NOTHING;
    return this.#memories.of(block, index, place, (text) =>
      saysNothing(text) ? NOTHING : (parseMemoryMb(text, this.#map.memoryUnit) ?? BAD),
    );
  }

  #readPool(block: RowBlock, index: number): number {
    return this.#poolPlaces.length === 0
      ? this.#pools.numberOfAll()
      : this.#pools.numberOf(block, index, this.#poolPlaces);
  }

  #readContainer(block: RowBlock, index: number): number {
    const place = this.#places.get('container');
    if (place === undefined) return NO_NAME;
    const from = block.from(index, place);
    if (from < 0) return NO_NAME;
    const number = this.#containers.numberOf(block.bytes, from, block.to(index, place));
    const known = this.#containerOf[number];
    if (known !== undefined) return known;
    const text = this.#containers.textOf(number);
    const container = saysNothing(text) ? NO_NAME : this.#table.containers.numberOfText(text.trim());
    this.#containerOf[number] = container;
    return container;
  }

  #readId(block: RowBlock, index: number): 'new' | 'repeated' | 'none' {
    const place = this.#places.get('id');
    const from = place === undefined ? -1 : block.from(index, place);
    if (place === undefined || from < 0) return 'none';
    const to = block.to(index, place);
    if (to - from > LONGEST_NOTHING && isInk(block.bytes[from]) && isInk(block.bytes[to - 1])) {
      return this.#ids.add(block.bytes, from, to) ? 'new' : 'repeated';
    }
    const text = block.textOf(index, place) as string;
    if (saysNothing(text)) return 'none';
    return this.#ids.addText(text.trim()) ? 'new' : 'repeated';
  }
}

/** No word that stands for nothing is longer. */
const LONGEST_NOTHING = 12;

/** Is true of visible ASCII: nothing that trimming takes away. */
const isInk = (byte: number | undefined): boolean => byte !== undefined && byte > 0x20 && byte < 0x7f;

const meaningOfState = (text: string): StartupState | null | typeof BAD =>
  saysNothing(text) ? null : (parseState(text) ?? BAD);

/** What the texts of a column mean, each looked at once. */
class Meanings<Meaning> {
  readonly #names = new ByteNames();
  readonly #meanings: Meaning[] = [];

  of(block: RowBlock, index: number, place: number, read: (text: string) => Meaning): Meaning {
    const from = Math.max(0, block.from(index, place));
    const number = this.#names.numberOf(block.bytes, from, Math.max(from, block.to(index, place)));
    if (number === this.#meanings.length) this.#meanings.push(read(this.#names.textOf(number)));
    return this.#meanings[number] as Meaning;
  }
}

/** Pools by the cells that name them. */
class PoolNames {
  readonly #table: InvocationTable;
  readonly #cells = new ByteNames();
  /** The pool of each cell where one names it; `NO_NAME`: the cell is empty. */
  readonly #poolOf: number[] = [];
  /** The pools of several cells, by the numbers of these. */
  readonly #joined = new Map<string, number>();
  readonly #memoryMb: number[] = [];

  constructor(table: InvocationTable) {
    this.#table = table;
  }

  numberOfAll(): number {
    return this.#table.pools.numberOfText('all');
  }

  numberOf(block: RowBlock, index: number, places: readonly number[]): number {
    const [first] = places as readonly [number];
    if (places.length === 1) return this.#poolOfCell(this.#cellAt(block, index, first));
    const cells = places.map((place) => this.#cellAt(block, index, place));
    const key = cells.join(' ');
    const known = this.#joined.get(key);
    if (known !== undefined) return known;
    const texts = cells.map((cell) => this.#cells.textOf(cell).trim());
    const pool = texts.includes('') ? NO_NAME : this.#table.pools.numberOfText(texts.join('+'));
    this.#joined.set(key, pool);
    return pool;
  }

  #cellAt(block: RowBlock, index: number, place: number): number {
    const from = Math.max(0, block.from(index, place));
    return this.#cells.numberOf(block.bytes, from, Math.max(from, block.to(index, place)));
  }

  #poolOfCell(cell: number): number {
    const known = this.#poolOf[cell];
    if (known !== undefined) return known;
    const text = this.#cells.textOf(cell).trim();
    const pool = text === '' ? NO_NAME : this.#table.pools.numberOfText(text);
    this.#poolOf[cell] = pool;
    return pool;
  }

  /** NaN: the name says no memory. */
  memoryMbOf(pool: number): number {
    const known = this.#memoryMb[pool];
    if (known !== undefined) return known;
    const memoryMb = memoryOfName(this.#table.pools.textOf(pool)) ?? NOTHING;
    this.#memoryMb[pool] = memoryMb;
    return memoryMb;
  }
}
