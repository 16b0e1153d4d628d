/**
 * The bytes between `packValues` and `unpackValues`: numbers of one width each stand in a section of their own, all of them in the
 * machine's own byte order, so that nothing is decoded one by one. Knows where the sections lie, and little of what they mean.
 */

export interface Sections {
  /** The numbers that are not all small integers, in order. */
  readonly doubles: Float64Array;
  /**
   * A column of values: its length, the number of its parts, if it has several the part of each value, and then the parts. A part
   * holds the values of one kind: that kind, and what the kind says.
   */
  readonly words: Int32Array;
  /** Of each shape, which is a list of keys: how many, and their numbers among the strings. */
  readonly shapes: Int32Array;
  readonly stringLengths: Int32Array;
  /** All strings, end to end. */
  readonly text: string;
}

/** What follows a part's kind. */
export const KIND = {
  /** Places among `LITERALS`. */
  literal: 0,
  /** The integers. */
  integer: 1,
  /** Nothing: the next of the doubles are meant. */
  double: 2,
  /** Numbers among the strings. */
  string: 3,
  /** The lengths of the lists, and one column with the elements of all. */
  array: 4,
  /** The number of the shape, and a column for each key; objects without keys have an empty word each. */
  object: 5,
  /** Places among objects of which some come several times; how many there are, and their part. */
  shared: 6,
} as const;
export const LITERALS = [null, true, false] as const;

/** How many doubles, words, integers of shapes, strings and characters there are, and the bytes of a character. */
type Head = readonly [number, number, number, number, number, number];
const HEAD_BYTES = 6 * Int32Array.BYTES_PER_ELEMENT;
/** Doubles can be looked at only where their address is a multiple of this: so are all lengths of packed values. */
const ALIGNMENT_BYTES = 8;

/** Bytes that own their memory. */
export function joinSections({ doubles, words, shapes, stringLengths, text }: Sections): Uint8Array<ArrayBuffer> {
  // UTF-16 says any string to the letter, also one with half a surrogate pair; Latin-1 is half as long where it will do.
  const encoding = /[\u0100-\uffff]/.test(text) ? 'utf16le' : 'latin1';
  const unitBytes = encoding === 'latin1' ? 1 : 2;
  const head: Head = [doubles.length, words.length, shapes.length, stringLengths.length, text.length, unitBytes];
  const { textAt, byteLength } = measureSections(head);
  const buffer = new ArrayBuffer(byteLength);
  new Int32Array(buffer).set(head);
  new Float64Array(buffer, HEAD_BYTES, doubles.length).set(doubles);
  const integers = new Int32Array(buffer, HEAD_BYTES + doubles.byteLength);
  integers.set(words);
  integers.set(shapes, words.length);
  integers.set(stringLengths, words.length + shapes.length);
  Buffer.from(buffer).write(text, textAt, encoding);
  return new Uint8Array(buffer);
}

/** `RangeError` when the sections are not just as long as they say. */
export function splitSections(bytes: Uint8Array): Sections {
  const { buffer, byteOffset } = bytes.byteOffset % ALIGNMENT_BYTES === 0 ? bytes : new Uint8Array(bytes);
  const head = Array.from(new Int32Array(buffer, byteOffset, HEAD_BYTES / 4)) as unknown as Head;
  const { integersAt, textAt, byteLength } = measureSections(head);
  if (byteLength !== bytes.length) throw new RangeError('packed values are not as long as they say');
  const [doubleCount, wordCount, shapesLength, stringCount, textLength, unitBytes] = head;
  const integers = new Int32Array(buffer, byteOffset + integersAt, wordCount + shapesLength + stringCount);
  return {
    doubles: new Float64Array(buffer, byteOffset + HEAD_BYTES, doubleCount),
    words: integers.subarray(0, wordCount),
    shapes: integers.subarray(wordCount, wordCount + shapesLength),
    stringLengths: integers.subarray(wordCount + shapesLength),
    text: Buffer.from(buffer, byteOffset + textAt, textLength * unitBytes).toString(
      unitBytes === 1 ? 'latin1' : 'utf16le',
    ),
  };
}

function measureSections([doubleCount, wordCount, shapesLength, stringCount, textLength, unitBytes]: Head) {
  const integersAt = HEAD_BYTES + doubleCount * Float64Array.BYTES_PER_ELEMENT;
  const textAt = integersAt + (wordCount + shapesLength + stringCount) * Int32Array.BYTES_PER_ELEMENT;
  const byteLength = Math.ceil((textAt + textLength * unitBytes) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  return { integersAt, textAt, byteLength };
}
