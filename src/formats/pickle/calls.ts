import { fillArray, numpyScalar } from './numpy.ts';
import { PickledArray, PickledName, PickledObject, PickledOpaque, type PickledValue } from './values.ts';

/**
 * The calls that pickles of plain things consist of, by name, and what they come to. They are not made: each is recognized by its
 * name and its arguments. Everything else stays a symbolic object.
 */

/** Resolves a call from its arguments; `charge` counts the items copied. `undefined`: the arguments do not fit the name. */
type KnownCall = (args: readonly PickledValue[], charge: (count: number) => void) => PickledValue | undefined;

/** The table maps names of older and newer Pythons and NumPys to one. */
const RENAMED: readonly (readonly [RegExp, string])[] = [
  [/^__builtin__$/, 'builtins'],
  [/^copy_reg$/, 'copyreg'],
  [/^numpy[.]_core[.]/, 'numpy.core.'],
  [/^cloudpickle[.]cloudpickle_fast$/, 'cloudpickle.cloudpickle'],
];

/**
 * Resolves a call to the plain value it makes, without making it; a `PickledObject` when the name is not known or the arguments do
 * not fit it. `charge` counts the items copied and throws when they are too many.
 */
export function resolveCall(
  called: PickledValue,
  args: readonly PickledValue[],
  charge: (count: number) => void,
): PickledValue {
  if (called instanceof PickledName) {
    const module = RENAMED.reduce((name, [old, current]) => name.replace(old, current), called.module);
    const known = CALLS.get(`${module}.${called.name}`)?.(args, charge);
    if (known !== undefined) return known;
  }
  return new PickledObject(called, args);
}

/** Puts a state into the object or array that it belongs to; other values, such as opaque ones, do without. */
export function takeState(target: PickledValue, state: PickledValue, charge: (count: number) => void): void {
  if (target instanceof PickledObject) target.state = mergeSlots(state, charge);
  else if (target instanceof PickledArray && Array.isArray(state)) {
    const content = state[4];
    charge(content instanceof Uint8Array ? content.length : 0);
    // (version, shape, dtype, whether in column-major order, bytes)
    fillArray(target, state.slice(1, 5));
  }
}

/** Joins the state of a class with slots, which is (the other fields or none, those in slots). */
function mergeSlots(state: PickledValue, charge: (count: number) => void): PickledValue {
  if (!Array.isArray(state) || state.length !== 2) return state;
  const [fields, slots] = state;
  if (!(slots instanceof Map) || !(fields === null || fields instanceof Map)) return state;
  charge(slots.size + (fields?.size ?? 0));
  return new Map([...(fields ?? []), ...slots]);
}

const itemsOf = ([items]: readonly PickledValue[]): readonly PickledValue[] | undefined =>
  items === undefined ? [] : Array.isArray(items) ? items : items instanceof Set ? [...items] : undefined;

const toSet: KnownCall = (args, charge) => {
  const items = itemsOf(args);
  charge(items?.length ?? 0);
  return items && new Set(items);
};

const toList: KnownCall = (args, charge) => {
  const items = itemsOf(args);
  charge(items?.length ?? 0);
  return items && [...items];
};

const toMap: KnownCall = ([from], charge) => {
  if (!(from instanceof Map)) return new Map();
  charge(from.size);
  return new Map(from);
};

/** Resolves `bytes` and `bytearray` of protocols before 3: a text of one character a byte, with its encoding's name. */
const toBytes: KnownCall = ([from], charge) => {
  if (from instanceof Uint8Array) return from;
  if (from === undefined) return new Uint8Array(0);
  if (typeof from !== 'string') return undefined;
  charge(from.length);
  return Buffer.from(from, 'latin1');
};

const first: KnownCall = ([target]) => target;

const opaqueFunction: KnownCall = () => new PickledOpaque('a function by value');

/** A class that the pickle defines itself becomes its name, as if it had been imported. */
const namedClass = (name: PickledValue | undefined, module: PickledValue | undefined): PickledName | undefined =>
  typeof name === 'string' ? new PickledName(typeof module === 'string' ? module : '__main__', name) : undefined;

const CALLS: ReadonlyMap<string, KnownCall> = new Map<string, KnownCall>([
  ['builtins.set', toSet],
  ['builtins.frozenset', toSet],
  ['builtins.list', toList],
  ['builtins.tuple', toList],
  ['builtins.dict', toMap],
  ['collections.OrderedDict', toMap],
  ['collections.Counter', toMap],
  ['collections.defaultdict', () => new Map()],
  ['builtins.bytes', toBytes],
  ['builtins.bytearray', toBytes],
  ['_codecs.encode', toBytes],
  ['builtins.getattr', ([of, name]) => (of instanceof PickledName ? memberName(of, name) : undefined)],
  ['copyreg._reconstructor', reconstruct],
  ['numpy.core.multiarray.scalar', ([dtype, bytes]) => numpyScalar(dtype, bytes)],
  ['numpy.core.multiarray._reconstruct', () => new PickledArray()],
  ['numpy.core.numeric._frombuffer', arrayFromBuffer],
  ['cloudpickle.cloudpickle._make_function', opaqueFunction],
  ['cloudpickle.cloudpickle._make_skel_func', opaqueFunction],
  ['cloudpickle.cloudpickle._fill_function', first],
  ['cloudpickle.cloudpickle._function_setstate', first],
  ['cloudpickle.cloudpickle._class_setstate', first],
  ['cloudpickle.cloudpickle._make_skeleton_class', ([, name, , fields]) => namedClass(name, moduleIn(fields))],
  ['cloudpickle.cloudpickle._make_skeleton_enum', ([, , name, , module]) => namedClass(name, module)],
]);

const moduleIn = (fields: PickledValue | undefined) => (fields instanceof Map ? fields.get('__module__') : undefined);

function memberName(of: PickledName, name: PickledValue | undefined): PickledName | undefined {
  return typeof name === 'string' ? new PickledName(of.module, `${of.name}.${name}`) : undefined;
}

/** Resolves an object as protocols 0 and 1 write it: (class, base class, argument of the base class). */
function reconstruct(args: readonly PickledValue[]): PickledValue {
  const [type = null, , content] = args;
  return new PickledObject(type, content === null || content === undefined ? [] : [content]);
}

/** Resolves an array of protocol 5: (bytes, dtype, shape, order). */
function arrayFromBuffer(args: readonly PickledValue[], charge: (count: number) => void): PickledValue | undefined {
  const [content, dtype, shape, order] = args;
  charge(content instanceof Uint8Array ? content.length : 0);
  const array = new PickledArray();
  return fillArray(array, [shape, dtype, order === 'F', content]) ? array : undefined;
}
