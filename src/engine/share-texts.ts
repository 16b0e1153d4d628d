/** Shorter texts take hardly more room than the reference to another. */
const SHORTEST_LENGTH = 16;
/** Texts that are remembered: where each run has its own ones, there is nothing to share. */
const MOST_KNOWN = 10_000;
/** A text that begins with it is a reference to an earlier one, by its number; twice: a text that begins with it once. */
const REFERENCE = '@';

/**
 * Creates a function that puts references in the place of texts that came before, anywhere in plain JSON: thousands of runs have the
 * same few long texts. Gives a copy where there is anything to put in.
 */
export function createTextShortening(): <Json extends object>(json: Json) => Json {
  const numbers = new Map<string, number>();
  const shortenText = (text: string): string => {
    const number = numbers.get(text);
    if (number !== undefined) return `${REFERENCE}${number}`;
    if (isShared(text) && numbers.size < MOST_KNOWN) numbers.set(text, numbers.size);
    return text.startsWith(REFERENCE) ? REFERENCE + text : text;
  };
  return createReplacing(shortenText, (json) => (Array.isArray(json) ? [...json] : { ...json }));
}

/**
 * Creates the function that undoes it, of values in the same order, so that equal texts are one text. Changes the value itself.
 * Throws a `RangeError` on a reference to no text.
 */
export function createTextRestoring(): <Json extends object>(json: Json) => Json {
  const known: string[] = [];
  const restoreText = (written: string): string => {
    const text = written.startsWith(REFERENCE) ? written.slice(1) : written;
    if (text !== written && !text.startsWith(REFERENCE)) return known[Number(text)] ?? refuse(written);
    if (isShared(text) && known.length < MOST_KNOWN) known.push(text);
    return text;
  };
  return createReplacing(restoreText, (json) => json);
}

const isShared = (text: string): boolean => text.length >= SHORTEST_LENGTH;

const refuse = (written: string): never => {
  throw new RangeError(`no text is known as ${written}`);
};

/** Creates a function that replaces each text, in order; `open` gives what may be changed in the place of what is. */
function createReplacing(replaceText: (text: string) => string, open: (json: object) => object) {
  const replace = <Json extends object>(json: Json): Json => {
    // Lists of numbers are most of what there is.
    if (Array.isArray(json) && Number.isFinite(json[0])) return json;
    let opened: Record<string, unknown> | null = null;
    for (const key of Object.keys(json)) {
      const value = (json as Record<string, unknown>)[key];
      const replaced = replaceOne(value);
      if (replaced === value) continue;
      opened ??= open(json) as Record<string, unknown>;
      opened[key] = replaced;
    }
    return (opened ?? json) as Json;
  };
  const replaceOne = (value: unknown): unknown => {
    if (typeof value === 'string') return replaceText(value);
    return typeof value === 'object' && value !== null ? replace(value) : value;
  };
  return replace;
}
