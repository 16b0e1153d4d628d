import { create, type Font } from 'fontkit';

/** A face of the bundled font, handed over by the command: render touches no files. */
export interface FontFace {
  /** Path of the TTF, for the rasterizer. */
  readonly path: string;
  /** The TTF itself, for measuring. */
  readonly ttf: Uint8Array;
  /** A Latin, Greek and mathematical subset, for embedding in SVG. */
  readonly woff2: Uint8Array;
}

/** The fonts of a chart: one family in two weights. */
export interface ChartFonts {
  readonly regular: FontFace;
  readonly bold: FontFace;
}

/** Name of the bundled font. */
export const FONT_FAMILY = 'Inter';
/** Weight of the bundled font's bold face: semi-bold. */
export const BOLD_WEIGHT = 600;

/** The function measures a text, in pixels, at a font size in pixels. */
export type TextWidth = (text: string, fontSize: number, bold?: boolean) => number;

/** Measures text by the advances of the font that will draw it, in pixels. Kerning is left out: it only narrows. */
export function createTextWidth(fonts: ChartFonts): TextWidth {
  const regular = createAdvances(fonts.regular);
  const bold = createAdvances(fonts.bold);
  return (text, fontSize, isBold = false) => {
    const advanceOf = isBold ? bold : regular;
    let width = 0;
    for (const character of text) width += advanceOf(character);
    return width * fontSize;
  };
}

function createAdvances(face: FontFace): (character: string) => number {
  const font = create(Buffer.from(face.ttf)) as Font;
  const known = new Map<string, number>();
  return (character) => {
    const advance =
      known.get(character) ?? font.glyphForCodePoint(character.codePointAt(0) ?? 0).advanceWidth / font.unitsPerEm;
    known.set(character, advance);
    return advance;
  };
}
