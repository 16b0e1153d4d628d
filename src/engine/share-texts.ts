/** Shorter texts take hardly more room than the reference to another. */
const SHORTEST_LENGTH = 16;
/** Texts that are remembered: where each run has its own ones, there is nothing to share. */
const MOST_KNOWN = 10_000;

/**
 * Creates a function that puts one text in the place of equal ones, anywhere in parsed JSON: thousands of runs have the same few long
 * texts, and the parser makes a copy of each. Changes the value itself.
 */
export function createTextSharing(): (json: object) => void {
  const known = new Map<string, string>();
  const shareText = (text: string): string => {
    if (text.length < SHORTEST_LENGTH) return text;
    const first = known.get(text);
    if (first === undefined && known.size < MOST_KNOWN) known.set(text, text);
    return first ?? text;
  };
  const share = (json: object): void => {
    // Lists of numbers are most of what there is.
    if (Array.isArray(json) && typeof json[0] === 'number') return;
    const values = json as Record<string, unknown>;
    for (const key of Object.keys(values)) {
      const value = values[key];
      if (typeof value === 'string') values[key] = shareText(value);
      else if (typeof value === 'object' && value !== null) share(value);
    }
  };
  return share;
}
