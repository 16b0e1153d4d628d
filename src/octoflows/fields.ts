import { NOT_RECORDED, type NotRecorded } from '../model/recorded.ts';
import { MOST_EPOCH_MS } from '../model/run.ts';
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

/** The most and, but for 0, the least that a number may be: beyond, sums of squares overflow and ratios are infinite. */
export const MOST_AMOUNT = MOST_EPOCH_MS;
export const LEAST_AMOUNT = 1e-30;

export const isMeasurable = (amount: number): boolean =>
  amount === 0 || (Math.abs(amount) <= MOST_AMOUNT && Math.abs(amount) >= LEAST_AMOUNT);

/** JSON Schema, draft 2020-12. */
export type Schema = Readonly<Record<string, unknown>>;

/** The fields of one object of a record, each asked for once, and always in one order, whatever stands there. */
export interface Fields {
  get<Value>(key: string, type: FieldType<Value>): Value;
  /** `get` of a `numberIn`, `nullable` of one, and `TEXT`: without the general way's boxes, as there are dozens a task. */
  number(key: string, type: FieldType<number>): number;
  numberOrNull(key: string, type: FieldType<number | null>): number | null;
  recordedNumber(key: string, type: FieldType<number | NotRecorded>): number | NotRecorded;
  text(key: string, type: FieldType<string>): string;
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

  number(key: string, type: FieldType<number>): number {
    return this.get(key, type);
  }

  numberOrNull(key: string, type: FieldType<number | null>): number | null {
    return this.get(key, type);
  }

  recordedNumber(key: string, type: FieldType<number | NotRecorded>): number | NotRecorded {
    return this.get(key, type);
  }

  text(key: string, type: FieldType<string>): string {
    return this.get(key, type);
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

  number(_key: string, _type: FieldType<number>): number {
    return readAmount(this.next++, this.slots);
  }

  numberOrNull(_key: string, _type: FieldType<number | null>): number | null {
    const slot = this.next++;
    return this.slots.isNull(slot) ? null : readAmount(slot, this.slots);
  }

  recordedNumber(_key: string, _type: FieldType<number | NotRecorded>): number | NotRecorded {
    const slot = this.next++;
    return this.slots.isNull(slot) ? NOT_RECORDED : readAmount(slot, this.slots);
  }

  text(_key: string, _type: FieldType<string>): string {
    return this.slots.text(this.next++);
  }

  get id(): string {
    return this.slots.text(this.idAt);
  }

  get idPlace(): number {
    return this.slots.placeInList(this.idAt);
  }
}

/** Reads a number that can have been measured; throws `NOT_PLAIN` where it cannot. */
export function readAmount(slot: number, slots: Slots): number {
  const amount = slots.number(slot);
  if (isMeasurable(amount)) return amount;
  throw NOT_PLAIN;
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
