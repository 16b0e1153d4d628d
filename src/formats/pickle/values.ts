/**
 * A pickle's value is plain data. Tuples and lists are arrays; integers beyond the safe range stay `bigint`. Values may be shared and
 * may form cycles. Nothing in it is ever looked up, imported or called.
 */
export type PickledValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickledValue[]
  | Map<PickledValue, PickledValue>
  | Set<PickledValue>
  | PickledName
  | PickledObject
  | PickledArray
  | PickledOpaque;

/** A name stands for a class, a function or an enum's member. */
export class PickledName {
  readonly module: string;
  /** Qualified: `Outer.Inner`. */
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
}

/** An object is kept as the call that would make it, and the state that would be put into it. */
export class PickledObject {
  readonly type: PickledValue;
  readonly args: readonly PickledValue[];
  /** The fields, where the class has no method of its own for taking its state in; `undefined`: none was given. */
  state: PickledValue | undefined = undefined;
  /** Items that were appended (subclasses of list, deques). */
  items: PickledValue[] | null = null;
  /** Entries that were set by key (subclasses of dict). */
  entries: Map<PickledValue, PickledValue> | null = null;

  constructor(type: PickledValue, args: readonly PickledValue[]) {
    this.type = type;
    this.args = args;
  }

  /** The class's name without its module; '' when it is no name. */
  get className(): string {
    return this.type instanceof PickledName ? this.type.name : '';
  }
}

/** An array of NumPy holds its elements row by row. */
export class PickledArray {
  shape: readonly number[] = [];
  /** `null`: its elements are no numbers, or do not fit its shape. */
  values: readonly (number | bigint | boolean)[] | null = null;
}

/** An opaque value means nothing outside the program that wrote it: a function by value, an extension code, a persistent id. */
export class PickledOpaque {
  readonly what: string;

  constructor(what: string) {
    this.what = what;
  }
}

/** The error says that the bytes are no pickle, were cut, or ask for more than is sensible. */
export class PickleError extends Error {
  constructor(problem: string, offset: number) {
    super(`${problem} (at byte ${offset} of the pickle)`);
    this.name = 'PickleError';
  }
}
