import { type ChartFonts, FONT_FAMILY, type FontFace } from './fonts.ts';

/** Fonts in style sheets of pictures and pages, which are the same then where the fonts are not installed. */

/** Writes the rule that embeds the subset of a face of the bundled font. */
export const writeFace = ({ woff2 }: FontFace, weight = 400): string =>
  writeRule(FONT_FAMILY, `font-weight:${weight};`, woff2, 'woff2');

/** Writes the rule that embeds an added font, whole; `place`: among those that were added, from 0. */
export const writeAddedFace = ({ added }: ChartFonts, place: number): string =>
  writeRule(nameAdded(place), '', added[place]?.bytes ?? new Uint8Array(), 'opentype');

/** Lists the families for texts that the bundled font alone cannot write: it comes first. */
export const listFamilies = (addedFonts: readonly number[]): string =>
  [FONT_FAMILY, ...addedFonts.map(nameAdded)].join(',');

/** Has the texts of pictures fall back on added fonts. */
export const nameFonts = (svg: string, addedFonts: readonly number[]): string =>
  svg.replaceAll(`font-family="${FONT_FAMILY}"`, `font-family="${listFamilies(addedFonts)}"`);

const nameAdded = (place: number): string => `wfa-added-${place + 1}`;

const writeRule = (family: string, more: string, bytes: Uint8Array, format: 'woff2' | 'opentype'): string =>
  `@font-face{font-family:${family};${more}src:url(data:font/${format};base64,${Buffer.from(bytes).toString('base64')})format("${format}")}`;
