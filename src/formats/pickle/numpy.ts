import { type PickledArray, PickledObject, type PickledValue } from './values.ts';

// NumPy's scalars and arrays of numbers. Dates, texts and records stay symbolic objects.

type Element = number | bigint | boolean;
type ReadElement = (view: DataView, offset: number, littleEndian: boolean) => Element;

const narrow = (wide: bigint): Element => (BigInt.asIntN(53, wide) === wide ? Number(wide) : wide);

/** The readers of numbers are keyed by kind and length in bytes, as NumPy names its types. */
const ELEMENTS: Readonly<Record<string, ReadElement>> = {
  f4: (view, offset, little) => view.getFloat32(offset, little),
  f8: (view, offset, little) => view.getFloat64(offset, little),
  i1: (view, offset) => view.getInt8(offset),
  i2: (view, offset, little) => view.getInt16(offset, little),
  i4: (view, offset, little) => view.getInt32(offset, little),
  i8: (view, offset, little) => narrow(view.getBigInt64(offset, little)),
  u1: (view, offset) => view.getUint8(offset),
  u2: (view, offset, little) => view.getUint16(offset, little),
  u4: (view, offset, little) => view.getUint32(offset, little),
  u8: (view, offset, little) => narrow(view.getBigUint64(offset, little)),
  b1: (view, offset) => view.getUint8(offset) !== 0,
};

/** Reads a scalar from its type and its bytes; `undefined` when it is no number. */
export function numpyScalar(
  dtype: PickledValue | undefined,
  bytes: PickledValue | undefined,
): PickledValue | undefined {
  return bytes instanceof Uint8Array ? readElements(dtype, bytes, 1)?.[0] : undefined;
}

/** Fills an array from its shape, type and bytes (or list of objects); false when they do not belong together. */
export function fillArray(
  array: PickledArray,
  [shape, dtype, columnMajor, content]: readonly (PickledValue | undefined)[],
): boolean {
  if (!isShape(shape)) return false;
  const count = shape.reduce((product, length) => product * length, 1);
  const elements = content instanceof Uint8Array ? readElements(dtype, content, count) : undefined;
  if (!elements) return false;
  array.shape = shape;
  array.values = columnMajor === true && shape.length > 1 ? toRowMajor(elements, shape) : elements;
  return true;
}

/** Dimensions of an array at most (NPY_MAXDIMS of NumPy 2). */
const MOST_DIMENSIONS = 64;

function isShape(shape: PickledValue | undefined): shape is number[] {
  if (!Array.isArray(shape) || shape.length > MOST_DIMENSIONS) return false;
  return shape.every((length) => Number.isSafeInteger(length) && (length as number) >= 0);
}

function readElements(dtype: PickledValue | undefined, bytes: Uint8Array, count: number): Element[] | undefined {
  if (!(dtype instanceof PickledObject) || typeof dtype.args[0] !== 'string') return undefined;
  const code = dtype.args[0].replace(/^[<>=|]/, '');
  const read = ELEMENTS[code];
  const length = Number(code.slice(1));
  if (!read || bytes.length !== count * length) return undefined;
  const order = Array.isArray(dtype.state) ? dtype.state[1] : dtype.args[0][0];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, i) => read(view, i * length, order !== '>'));
}

function toRowMajor(elements: readonly Element[], shape: readonly number[]): Element[] {
  // The stride of each dimension in column-major order: the first index runs fastest.
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, length) => product * length, 1));
  return elements.map((_, place) => {
    let [rest, from] = [place, 0];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis] as number;
      from += (rest % length) * (strides[axis] as number);
      rest = Math.floor(rest / length);
    }
    return elements[from] as Element;
  });
}
