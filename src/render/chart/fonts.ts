import { create, type Font } from 'fontkit';
import { UserError } from '../../errors.ts';

/** A font's file, handed over by the command: render touches no files. */
export interface FontFile {
  /** Path of the font, for the rasterizer. */
  readonly path: string;
  /** The font itself, for measuring. */
  readonly bytes: Uint8Array;
}

/** A face of the bundled font. */
export interface FontFace extends FontFile {
  /** A Latin, Greek and mathematical subset, for embedding in SVG. */
  readonly woff2: Uint8Array;
}

/** The fonts of a chart: one family in two weights, and those that the user adds for what it cannot write, in order. */
export interface ChartFonts {
  readonly regular: FontFace;
  readonly bold: FontFace;
  readonly added: readonly FontFile[];
}

/** Name of the bundled font. */
export const FONT_FAMILY = 'Inter';
/** Weight of the bundled font's bold face: semi-bold. */
export const BOLD_WEIGHT = 600;

/** The function measures a text, in pixels, at a font size in pixels. */
export type TextWidth = (text: string, fontSize: number, bold?: boolean) => number;

/** Fonts by what they can write. */
export interface Typeface {
  /** Measures text by the advances of the font that will draw it. Kerning is left out: it only narrows. */
  readonly textWidth: TextWidth;
  /** Tells which of the fonts writes a character: 0 is the bundled one, the added ones follow; -1: none of them. */
  readonly fontOf: (character: string) => number;
}

/** Opens the fonts. `UserError` for an added one that is none. */
export function openFonts(fonts: ChartFonts): Typeface {
  const added = fonts.added.map(openAdded);
  const [regular, bold] = [fonts.regular, fonts.bold].map((face) => remember(openFont(face), added)) as [Known, Known];
  return {
    textWidth: (text, fontSize, isBold = false) => {
      const known = isBold ? bold : regular;
      let width = 0;
      for (const character of text) width += known(character).advance;
      return width * fontSize;
    },
    fontOf: (character) => regular(character).font,
  };
}

type Known = (character: string) => { readonly advance: number; readonly font: number };

/** Looks each character up once. */
function remember(bundled: Font, added: readonly Font[]): Known {
  const fonts = [bundled, ...added];
  const known = new Map<string, ReturnType<Known>>();
  return (character) => {
    const found = known.get(character);
    if (found) return found;
    const codePoint = character.codePointAt(0) ?? 0;
    const font = fonts.findIndex((candidate) => candidate.hasGlyphForCodePoint(codePoint));
    const drawing = fonts[font] ?? bundled;
    const entry = { advance: drawing.glyphForCodePoint(codePoint).advanceWidth / drawing.unitsPerEm, font };
    known.set(character, entry);
    return entry;
  };
}

function openFont({ bytes }: FontFile): Font {
  const opened = create(Buffer.from(bytes));
  // A collection is read as its first font.
  return 'fonts' in opened ? (opened.fonts[0] as Font) : opened;
}

/** Beginnings of what fontkit reads and the rasterizer does not: fonts packed for the web. */
const PACKED = ['wOFF', 'wOF2'];

function openAdded(file: FontFile): Font {
  const isPacked = PACKED.includes(Buffer.from(file.bytes.subarray(0, 4)).toString('latin1'));
  try {
    if (!isPacked) return openFont(file);
  } catch {
    // The message of fontkit helps nobody who chose the wrong file.
  }
  throw new UserError('bad-option', `--font '${file.path}' is no font that wfa reads.`, {
    hint: 'TrueType and OpenType fonts are: .ttf, .otf and .ttc.',
  });
}
