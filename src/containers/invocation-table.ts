import { argsort } from '../model/argsort.ts';
import type { Origin, StartupState } from '../model/run.ts';
import { ByteNames } from './byte-names.ts';
import type { Invocation, InvocationList } from './periods.ts';

/** An invocation with the memory of its container. */
export interface SizedInvocation extends Invocation {
  /** `null`: neither a column nor the name of the pool says it. */
  readonly memoryMb: number | null;
}

/** An invocation of a log, with the line it stands on. */
export interface LoggedInvocation extends SizedInvocation, Origin {
  /** The container that it really ran in, unique in its pool; `null`: not recorded. */
  readonly container: string | null;
}

/** The columns hold numbers: of names, by which they are told apart, and NaN for what is not recorded. */
export interface InvocationNumbers {
  uri: number;
  line: number;
  pool: number;
  /** −1: not recorded. */
  container: number;
  requestedAtMs: number;
  readyAtMs: number;
  endAtMs: number;
  state: StartupState | null;
  memoryMb: number;
  hasId: boolean;
  /** The most memory that it used. */
  usedMb: number;
  /** The time that the platform bills. */
  billedMs: number;
}

const STATES: readonly (StartupState | null)[] = [null, 'cold', 'warm'];
const ID_FLAG = 4;
/** Rows of a part of the columns. */
const PART_ROWS = 1 << 15;

const createColumns = (room: number) => ({
  uriOf: new Uint32Array(room),
  lineOf: new Uint32Array(room),
  poolOf: new Uint32Array(room),
  /** −1: not recorded. */
  containerOf: new Int32Array(room),
  requestedAtMs: new Float64Array(room),
  /** NaN: not recorded. */
  readyAtMs: new Float64Array(room),
  endAtMs: new Float64Array(room),
  /** NaN: not recorded. */
  memoryMb: new Float64Array(room),
  /** The place in `STATES`, and whether there is an id. */
  flagsOf: new Uint8Array(room),
});

type Columns = ReturnType<typeof createColumns>;

/** What only some platforms record. NaN: not recorded. */
const createUseColumns = (room: number) => ({
  usedMb: new Float64Array(room).fill(Number.NaN),
  billedMs: new Float64Array(room).fill(Number.NaN),
});

type UseColumns = ReturnType<typeof createUseColumns>;

/** Invocations in columns: a million takes 50 MB. They are read when all of them are there. */
export class InvocationTable implements InvocationList {
  readonly uris = new ByteNames();
  readonly pools = new ByteNames();
  readonly containers = new ByteNames();
  readonly #createPart: () => Columns & Partial<UseColumns>;
  /** Full parts, and the one that is being filled: to copy columns that grow would take longer than to read the log. */
  readonly #parts: (Columns & Partial<UseColumns>)[] = [];
  #columns: Columns & Partial<UseColumns>;
  #count = 0;

  /** `hasUse`: what was used and billed is recorded. */
  constructor(hasUse: boolean) {
    this.#createPart = () => ({ ...createColumns(PART_ROWS), ...(hasUse ? createUseColumns(PART_ROWS) : {}) });
    this.#columns = this.#createPart();
  }

  get length(): number {
    return this.#count;
  }

  get columns(): Readonly<Columns & Partial<UseColumns>> {
    return this.#columns;
  }

  push(numbers: InvocationNumbers): void {
    const i = this.#count++ % PART_ROWS;
    if (i === 0 && this.#count > 1) {
      this.#parts.push(this.#columns);
      this.#columns = this.#createPart();
    }
    const columns = this.#columns;
    columns.uriOf[i] = numbers.uri;
    columns.lineOf[i] = numbers.line;
    columns.poolOf[i] = numbers.pool;
    columns.containerOf[i] = numbers.container;
    columns.requestedAtMs[i] = numbers.requestedAtMs;
    columns.readyAtMs[i] = numbers.readyAtMs;
    columns.endAtMs[i] = numbers.endAtMs;
    columns.memoryMb[i] = numbers.memoryMb;
    columns.flagsOf[i] = STATES.indexOf(numbers.state) | (numbers.hasId ? ID_FLAG : 0);
    if (columns.usedMb) columns.usedMb[i] = numbers.usedMb;
    if (columns.billedMs) columns.billedMs[i] = numbers.billedMs;
  }

  /** Joins the parts, column by column, and puts the invocations in the order of their starts. No further ones can come. */
  finish(): void {
    this.#parts.push(this.#columns);
    const parts = this.#parts.splice(0) as Record<string, Column>[];
    const keys = Object.keys(this.#columns);
    this.#columns = Object.fromEntries(keys.map((key) => [key, this.#join(parts, key)])) as unknown as Columns;
    this.#sort();
  }

  #join(parts: Record<string, Column>[], key: string): Column {
    const Type = (parts[0] as Record<string, Column>)[key]?.constructor as new (length: number) => Column;
    const joined = new Type(this.#count);
    for (const [i, part] of parts.entries()) {
      const from = i * PART_ROWS;
      joined.set((part[key] as Column).subarray(0, this.#count - from), from);
      delete part[key];
    }
    return joined;
  }

  stateOf(i: number): StartupState | null {
    return STATES[(this.#columns.flagsOf[i] as number) & 3] as StartupState | null;
  }

  hasId(i: number): boolean {
    return ((this.#columns.flagsOf[i] as number) & ID_FLAG) !== 0;
  }

  requestedAtMsOf(i: number): number {
    return this.#columns.requestedAtMs[i] as number;
  }

  readyAtMsOf(i: number): number {
    return this.#columns.readyAtMs[i] as number;
  }

  endAtMsOf(i: number): number {
    return this.#columns.endAtMs[i] as number;
  }

  /** NaN: no row says it. */
  memoryMbOf(i: number): number {
    return this.#columns.memoryMb[i] as number;
  }

  poolKeyOf(i: number): string {
    return this.pools.textOf(this.#columns.poolOf[i] as number);
  }

  at(i: number): SizedInvocation {
    const columns = this.#columns;
    return {
      poolKey: this.poolKeyOf(i),
      requestedAtMs: columns.requestedAtMs[i] as number,
      readyAtMs: orNull(columns.readyAtMs[i] as number),
      endAtMs: columns.endAtMs[i] as number,
      state: this.stateOf(i),
      memoryMb: orNull(columns.memoryMb[i] as number),
    };
  }

  rowAt(i: number): LoggedInvocation {
    return { ...this.at(i), ...this.originOf(i), container: this.containerKeyOf(i) };
  }

  containerKeyOf(i: number): string | null {
    const container = this.#columns.containerOf[i] as number;
    return container < 0 ? null : this.containers.textOf(container);
  }

  originOf(i: number): Origin {
    const { uriOf, lineOf } = this.#columns;
    return { uri: this.uris.textOf(uriOf[i] as number), line: lineOf[i] as number };
  }

  /** What else invocations say makes the order of rows not matter. */
  #sort(): void {
    const order = this.#orderByStart();
    if (order.every((from, to) => from === to)) return;
    for (const column of Object.values(this.#columns)) permute(column, order);
  }

  #orderByStart(): Uint32Array {
    const { requestedAtMs } = this.#columns;
    const order = argsort(requestedAtMs);
    for (let from = 0; from < order.length; ) {
      const atMs = requestedAtMs[order[from] as number];
      let to = from + 1;
      while (to < order.length && requestedAtMs[order[to] as number] === atMs) to++;
      if (to - from > 1) order.subarray(from, to).sort((a, b) => this.#compare(a, b) || a - b);
      from = to;
    }
    return order;
  }

  /** Compares two that start at the same instant. */
  #compare(a: number, b: number): number {
    const { endAtMs, readyAtMs, poolOf, containerOf, memoryMb } = this.#columns;
    const compareNumbers = (column: Float64Array, missing: number) =>
      numberOr(column[a] as number, missing) - numberOr(column[b] as number, missing);
    return (
      compareNumbers(endAtMs, 0) ||
      (poolOf[a] === poolOf[b] ? 0 : compareText(this.poolKeyOf(a), this.poolKeyOf(b))) ||
      compareNumbers(readyAtMs, -1) ||
      compareText(this.stateOf(a) ?? '', this.stateOf(b) ?? '') ||
      compareNumbers(memoryMb, 0) ||
      (containerOf[a] === containerOf[b] ? 0 : compareText(this.containerKeyOf(a) ?? '', this.containerKeyOf(b) ?? ''))
    );
  }
}

const orNull = (number: number): number | null => (Number.isNaN(number) ? null : number);

const numberOr = (number: number, missing: number): number => (Number.isNaN(number) ? missing : number);

export const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

type Column = Float64Array | Int32Array | Uint32Array | Uint8Array;

function permute(column: Column, order: Uint32Array): void {
  const before = column.slice();
  for (let to = 0; to < order.length; to++) column[to] = before[order[to] as number] as number;
}
