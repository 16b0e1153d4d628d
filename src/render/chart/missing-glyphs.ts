import type { Typeface } from './fonts.ts';

/** Characters and names that a message lists at most. */
const [MOST_CHARACTERS, MOST_NAMES] = [20, 3];
/** Signs of a sentence around a name. */
const PUNCTUATION = /^[("\u201c]+|[)"\u201d:;,.]+$/g;

/** Words which characters of the texts no font can write, and in which names; `null`: all of them can be written. */
export function wordMissingGlyphs(texts: readonly string[], { fontOf }: Typeface): string | null {
  const isMissing = (character: string) => !/[\s\p{M}]/u.test(character) && fontOf(character) === -1;
  const words = new Set(texts.flatMap((text) => text.split(/\s+/)).filter((word) => [...word].some(isMissing)));
  if (words.size === 0) return null;
  const characters = [...new Set([...words].flatMap((word) => [...word].filter(isMissing)))];
  const names = [...new Set([...words].map((word) => word.replace(PUNCTUATION, '')))];
  return (
    `the chart's font has no glyph for ${listSome(characters, MOST_CHARACTERS, ' ')} (in ${listSome(names, MOST_NAMES, ', ')}): ` +
    'PNG shows boxes, SVG what the fonts show where it is opened; --font FILE adds a font that has them'
  );
}

function listSome(items: readonly string[], most: number, separator: string): string {
  const rest = items.length - most;
  return items.slice(0, most).join(separator) + (rest > 0 ? ` and ${rest} more` : '');
}
