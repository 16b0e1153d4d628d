/**
 * Characters of two columns: East Asian Wide and Fullwidth (Unicode Standard Annex #11, blocks as of Unicode 16), and pictures that are
 * shown as such.
 */
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
/** Characters that stand on or in the one before: marks, and the vowels and finals of decomposed Korean syllables. */
const COMBINING = /[\p{M}\u1160-\u11ff]/u;
const PLAIN = /^[\x20-\x7e]*$/;

/** Computes the columns in which a terminal shows a text. The text holds no control characters. */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}
