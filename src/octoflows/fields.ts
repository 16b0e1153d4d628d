import type { RunPart } from '../model/run-parts.ts';
import type { Shape } from '../scanner/shapes.ts';
import type { Slots } from '../scanner/slots.ts';

/**
 * The type of a field says in one place how a value is checked in parsed JSON, how it is read from
 * scanned slots, for which shape it is scanned, and what the printed schema says of it.
 */
export interface FieldType<Value> {
  /** The value in parsed JSON; throws a `Mismatch`. */
  readonly parse: (found: unknown, fields: JsonFields) => Value;
  /** The value at a slot; throws `NOT_PLAIN` where only `parse` can judge. */
  readonly read: (slot: number, fields: SlotFields) => Value;
  readonly shape: (parts: ReadonlySet<RunPart>) => Shape;
  /** `null`: it is free-form, and not listed. */
  readonly schema: Schema | null;
  readonly isOptional?: boolean;
  /** The part of the run that it belongs to, `null`: it is always read; none: its object's. */
  readonly part?: RunPart | null;
  /** Any value, given where nothing is read yet. */
  readonly sample: Value;
}

/** JSON Schema, draft 2020-12. */
export type Schema = Readonly<Record<string, unknown>>;

/** The fields of one object of a record, each asked for once, and always in one order, whatever stands there. */
export interface Fields {
  get<Value>(key: string, type: FieldType<Value>): Value;
  /** The key under which the object stands in a map. */
  readonly id: string;
  /** The last place of that key among the ids of the list that was `withIds`; -1: it is not there. */
  readonly idPlace: number;
}

export type Json = Record<string, unknown>;

/** Reads fields from parsed JSON. A reader of an object puts it here, and what was here back. */
export class JsonFields implements Fields {
  json: Json = {};
  id = '';
  /** The record's first instant; NaN: none yet. */
  firstAtMs = Number.NaN;
  /** The last place of each id. */
  readonly idPlaces = new Map<unknown, number>();

  get<Value>(key: string, type: FieldType<Value>): Value {
    try {
      return type.parse(this.json[key], this);
    } catch (error) {
      throw under(key, error);
    }
  }

  get idPlace(): number {
    return this.idPlaces.get(this.id) ?? -1;
  }
}

/** Reads fields from the slots of a record that was scanned for its shape: they stand in the order in which they are asked for. */
export class SlotFields implements Fields {
  readonly slots: Slots;
  readonly parts: ReadonlySet<RunPart>;
  /** The slot of the next field. A reader of an object puts it there, and back. */
  next = 0;
  idAt = 0;
  /** The record's first instant; NaN: none yet. */
  firstAtMs = Number.NaN;

  constructor(slots: Slots, parts: ReadonlySet<RunPart>) {
    this.slots = slots;
    this.parts = parts;
  }

  get<Value>(_key: string, type: FieldType<Value>): Value {
    return type.read(this.next++, this);
  }

  get id(): string {
    return this.slots.text(this.idAt);
  }

  get idPlace(): number {
    return this.slots.placeInList(this.idAt);
  }
}

/** The field has another type (`wrong-field`), or holds an instant that cannot be: of another unit, or another clock. */
export type MismatchCode = 'wrong-field' | 'impossible-instant';

/** Thrown where JSON does not fit; the path grows while the stack unwinds, so that good records pay nothing. */
export class Mismatch extends Error {
  readonly path: (string | number)[] = [];
  expected: string;
  readonly found: unknown;
  readonly code: MismatchCode;

  constructor(expected: string, found: unknown, code: MismatchCode = 'wrong-field') {
    super(expected);
    this.code = code;
    this.expected = expected;
    this.found = found;
  }
}

/** Thrown where slots are of the shape, but out of range. Made once: the trace of a stack costs more than a record. */
export const NOT_PLAIN = new Error('not plain');

export function under(step: string | number, error: unknown): unknown {
  if (error instanceof Mismatch) error.path.unshift(step);
  return error;
}
