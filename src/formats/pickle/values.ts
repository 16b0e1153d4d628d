/** What a pickle holds, as plain data. Nothing here is ever looked up, imported or called. */

/** Tuples and lists are arrays; integers beyond the safe range stay `bigint`. Values may be shared and may form cycles. */
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

/** A class, a function or an enum's member, by its name only. */
export class PickledName {
  readonly module: string;
  /** Qualified: `Outer.Inner`. */
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
}

/** An object: what was to be called to make it, with what, and what was to be put into it. */
export class PickledObject {
  readonly type: PickledValue;
  readonly args: readonly PickledValue[];
  /** The fields, where the class has no method of its own for taking its state in; `undefined`: none was given. */
  state: PickledValue | undefined = undefined;
  /** What was appended (subclasses of list, deques). */
  items: PickledValue[] | null = null;
  /** What was set by key (subclasses of dict). */
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

/** A NumPy array, row by row. */
export class PickledArray {
  shape: readonly number[] = [];
  /** `null`: its elements are no numbers, or do not fit its shape. */
  values: readonly (number | bigint | boolean)[] | null = null;
}

/** Something that has no meaning outside the program that wrote it: a function by value, an extension code, a persistent id. */
export class PickledOpaque {
  readonly what: string;

  constructor(what: string) {
    this.what = what;
  }
}

/** The bytes are no pickle, were cut, or ask for more than is sensible. */
export class PickleError extends Error {
  constructor(problem: string, offset: number) {
    super(`${problem} (at byte ${offset} of the pickle)`);
    this.name = 'PickleError';
  }
}
