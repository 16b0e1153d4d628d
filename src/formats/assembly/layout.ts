/** What the scanner and JavaScript share of its memory. Plain numbers, so that both compilers can read this file. */

/**
 * A slot has 16 bytes: its kind and three more words. Every value that is kept has one; the fields of an object have theirs side
 * by side, in the order of the shape's keys; the items of a list, and the keys and values of a map, one behind the other, each
 * with what it contains behind it.
 */
export const SLOT_BYTES = 16;
/** A field that the object does not have, or that is not kept. */
export const ABSENT = 0;
export const NULL = 1;
/** The double stands in the second half. */
export const NUMBER = 2;
/** A number that its own text tells best: where that begins in memory, and its length. */
export const LONG_NUMBER = 3;
/** The number of the text. */
export const TEXT = 4;
/** The slot at which the content begins, how many fields, items or entries it has, and the slot behind all of it. */
export const CONTAINER = 5;

/** Texts are numbered from 0 in each record, equal ones alike: where one begins in memory, and its length, are two of its words. */
export const TEXT_ENTRY_BYTES = 16;

/** What a shape accepts, as bits. */
export const ACCEPTS_NULL = 1;
export const ACCEPTS_NUMBER = 2;
export const ACCEPTS_TEXT = 4;
export const ACCEPTS_OBJECT = 8;
export const ACCEPTS_MAP = 16;
export const ACCEPTS_LIST = 32;
/** Any value at all; it is not kept. */
export const ACCEPTS_ANY = 64;

/** The words of a shape, by their byte. */
export const SHAPE_ACCEPTS = 0;
/** Of an object: the key that is expected first; the scanner learns it. */
export const EXPECTED = 4;
/** Of an object: where its keys begin, how many they are, which of them (as bits) must be there, and which are kept. */
export const SHAPE_KEYS = 8;
export const SHAPE_KEY_COUNT = 12;
export const SHAPE_REQUIRED = 16;
export const SHAPE_KEPT = 20;
/** Of a list or a map: the shape of its items or values. */
export const SHAPE_ITEM = 24;
/** Where the only texts that it accepts begin, and how many they are; 0: it accepts all. */
export const SHAPE_CHOICES = 28;
export const SHAPE_CHOICE_COUNT = 32;
export const SHAPE_BYTES = 36;

/** A key, or a text that is a choice: its shape, the key expected behind it, its place among the keys, and its text in quotes. */
export const NAME_SHAPE = 0;
export const NAME_INDEX = 8;
export const NAME_LENGTH = 12;
export const NAME_TEXT = 16;
export const NAME_BYTES = 80;
/** Without the quotes. */
export const MOST_NAME_BYTES = 62;

/** Records with more of either are not plain. */
export const MOST_SLOTS = 262_144;
export const MOST_TEXTS = 49_152;
/** So many bytes behind a text are read with it. */
export const SLACK_BYTES = 32;

/** Where things begin in memory. */
export const POWERS_AT = 1024;
export const SHAPES_AT = 2048;
export const TEXTS_AT = 65_536;
/** By the hash of a text: its number. */
export const PLACES_AT = 851_968;
export const SLOTS_AT = 1_114_112;
/** The record, and the slack behind it. The build gives memory for records of up to 1 MB; for longer ones it grows. */
export const RECORDS_AT = 5_308_416;
