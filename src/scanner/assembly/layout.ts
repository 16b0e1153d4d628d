/** Scanner and JavaScript share this layout of its memory. These are plain numbers, so that both compilers can read this file. */

/**
 * A slot has 8 bytes: a double, or, as no double of JSON is, a word and above it one of the kinds below. Every value that is kept has
 * one; the fields of an object have theirs side by side, in the order of the shape's keys up to the last that is kept; the items of a
 * list, and the keys and values of a map, one behind the other, each with what it contains behind it.
 */
export const SLOT_BYTES = 8;
/** The upper words of doubles that are not numbers. A field that the object does not have, or that is not kept: */
export const ABSENT = 0x7ff80001;
export const NULL = 0x7ff80002;
/** A number that its own text tells best. Its word is that of the text. */
export const LONG_NUMBER = 0x7ff80003;
/** The word is the number of the text. */
export const TEXT = 0x7ff80004;
/**
 * The word is the slot at which the content begins. The slot before that has two words: how many items or entries there are (of an
 * object, nothing that is used), and the slot behind all of it.
 */
export const CONTAINER = 0x7ff80005;

/**
 * Texts are numbered from 0, equal ones alike. Their bytes are kept one text behind the other: where one begins among them, and its
 * length, are the first two words of its entry.
 */
export const TEXT_ENTRY_BYTES = 16;

/** A shape accepts values of these kinds, as bits. */
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
/** Names an object's key that is expected first; the scanner learns it. */
export const EXPECTED = 4;
/** An object has its keys' first place, their number, those that must be there (as bits), and those that are kept. */
export const SHAPE_KEYS = 8;
export const SHAPE_KEY_COUNT = 12;
export const SHAPE_REQUIRED = 16;
export const SHAPE_KEPT = 20;
/** A list or a map has one shape for its items or values. */
export const SHAPE_ITEM = 24;
/** A text may be one of these only: the place of the first, and their number; 0: it may be any. */
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

/** The scanner gives this instead of a record's slot. */
export const NOT_PLAIN = -1;
/** There is no room for the record behind those before it; where there are none, it is not plain either. */
export const NO_ROOM = -2;

/** As much as is kept of records until it is taken away. */
export const MOST_SLOTS = 524_288;
export const MOST_TEXTS = 49_152;
export const MOST_TEXT_BYTES = 4_194_272;

/** Places in memory, in bytes. */
export const POWERS_AT = 1024;
export const SHAPES_AT = 2048;
export const TEXTS_AT = 65_536;
/** By the hash of a text: its number. There are more places when there are many texts: a large table is slow to look things up in. */
export const FEW_PLACES = 16_384;
export const MANY_PLACES = 65_536;
export const PLACES_AT = 851_968;
export const SLOTS_AT = 1_114_112;
/** The texts' bytes. Behind all text there are 32 bytes more, which may be read with it. */
export const TEXT_BYTES_AT = 5_308_416;
/** Records can be read into this, to be scanned where they stand; its length is in bytes. */
export const ROOM_AT = 9_502_720;
export const ROOM_BYTES = 262_112;
/** Other records are copied to here. */
export const COPY_AT = 9_764_864;
/** Longer records are not plain. The build gives memory for one, of which only what is written to is taken from the system. */
export const MOST_RECORD_BYTES = 23_789_536;
