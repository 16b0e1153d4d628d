/** What the tokenizer writes and the cursor reads. Plain numbers, so that both compilers can read this file. */

/** Kinds of tape entries. An entry has 16 bytes; its first word is the kind and, from bit 8, the number of the key it stands under. */
export const NULL = 0;
export const FALSE = 1;
export const TRUE = 2;
/** The double stands in the second half. */
export const NUMBER = 3;
/** A number that its own text tells best: where that begins in memory, and its length. */
export const LONG_NUMBER = 4;
/** Where its content begins in memory, its length, and its last four bytes. */
export const TEXT = 5;
/** A container: the entry after its last one. */
export const ARRAY = 6;
export const OBJECT = 7;
/** A key that has no number, as a text; its value is the next entry. */
export const KEY = 8;

/** Longer keys, and keys beyond so many, have no number. */
export const MOST_KEY_BYTES = 62;
export const MOST_KEYS = 127;
/** Records that make more entries are not plain. */
export const MOST_ENTRIES = 262_144;

/** Where the tape begins in memory, and where texts may begin. */
export const TAPE_AT = 65_536;
export const TEXT_AT = 4_259_840;
/** So many bytes behind a text are read with it. */
export const SLACK_BYTES = 32;
