/**
 * The edge between names, which may hold anything, and the eyes of people: what cannot be seen is shown by its number, and what is too
 * long to be read is cut. Formats for machines do without: they keep every name whole.
 */

/**
 * Characters that are not seen but act, in terminals, Markdown and pictures: controls (C0, C1), line and paragraph separators, what
 * turns the direction of text, what has no width, and what is no character at all. A selector that makes a sign an emoji stays.
 */
const UNSEEN = /(?!(?<=\p{ExtPict})\ufe0f)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}\p{NChar}]/gu;

const SHORT_NUMBERS: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** Characters of a name at most, as of a word in a sentence: paths and identifiers are shorter. */
const LONGEST_NAME = 300;
/** Characters of a sentence at most: some two hundred lines on a terminal. */
const LONGEST_SENTENCE = 16_000;
/** Is looked for at the beginnings of words only: from every sign of a word on, it would take the square of its length. */
const TOO_LONG_WORD = new RegExp(`(?<!\\S)\\S{${LONGEST_NAME + 1},}`, 'gu');

/** Shows a sentence to people: unseen characters by their numbers, words of more than 300 characters cut. Showing it twice changes nothing. */
export const showText = (text: string): string =>
  cutMiddle(showUnseen(text).replace(TOO_LONG_WORD, shortenName), LONGEST_SENTENCE);

/** Shows a name to people: unseen characters by their numbers, cut to 300 characters. Names that differ stay different. */
export const showName = (name: string): string => shortenName(showUnseen(name));

const shortenName = (name: string): string => cutMiddle(name, LONGEST_NAME);

const showUnseen = (text: string): string =>
  text.replace(UNSEEN, (character) => SHORT_NUMBERS.get(character) ?? wordNumberOf(character));

function wordNumberOf(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16);
  return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`;
}

/** Takes the middle out of a text; a digest of the whole stands there, so that texts that differ in it only stay different. */
function cutMiddle(text: string, most: number): string {
  if (text.length <= most || (text.length <= 2 * most && [...text].length <= most)) return text;
  const middle = `\u2026#${digestOf(text)}\u2026`;
  const tail = Math.floor((most - middle.length) / 2);
  const head = most - middle.length - tail;
  // A character takes two places at most.
  const first = [...text.slice(0, 2 * head)].slice(0, head);
  const last = [...text.slice(-2 * tail)].slice(-tail);
  return `${first.join('')}${middle}${last.join('')}`;
}

/** Computes FNV-1a (Fowler, Noll and Vo 1991; 32 bits, over UTF-16 units) in eight hexadecimal digits. */
function digestOf(text: string): string {
  let digest = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) digest = Math.imul(digest ^ text.charCodeAt(i), 0x01000193);
  return (digest >>> 0).toString(16).padStart(8, '0');
}
