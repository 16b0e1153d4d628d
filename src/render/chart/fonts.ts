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

/** Fonts that are open: a page draws many charts in the same ones, and to look into them takes as long as a small chart. */
const opened = new WeakMap<ChartFonts, Typeface>();

/** Lists the places of those added fonts that the texts need, from 0. */
export function listAdded(texts: readonly string[], { fontOf }: Typeface): number[] {
  const used = new Set(texts.flatMap((text) => [...text].map(fontOf)));
  return [...used]
    .filter((font) => font > 0)
    .map((font) => font - 1)
    .sort((a, b) => a - b);
}

/** Opens the fonts. `UserError` for an added one that is none. */
export function openFonts(fonts: ChartFonts): Typeface {
  const known = opened.get(fonts);
  if (known) return known;
  const typeface = openTypeface(fonts);
  opened.set(fonts, typeface);
  return typeface;
}

function openTypeface(fonts: ChartFonts): Typeface {
  const added = fonts.added.map(openAdded);
  const [regular, bold] = [fonts.regular, fonts.bold].map((face) =>
    remember([lookInto(openFont(face)), ...added.map(({ look }) => look)]),
  ) as [Known, Known];
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

/** Gives a character's advance in ems, also that of the box for what the font lacks, and whether it has the character. */
type Look = (codePoint: number) => { readonly has: boolean; readonly advance: number };

/** Looks each character up once: the first font that has it, else the first. */
function remember(fonts: readonly Look[]): Known {
  const known = new Map<string, ReturnType<Known>>();
  return (character) => {
    const found = known.get(character);
    if (found) return found;
    const codePoint = character.codePointAt(0) ?? 0;
    const looks = fonts.map((look) => look(codePoint));
    const font = looks.findIndex(({ has }) => has);
    const entry = { advance: looks[Math.max(0, font)]?.advance ?? 0, font };
    known.set(character, entry);
    return entry;
  };
}

const lookInto =
  (font: Font): Look =>
  (codePoint) => ({
    has: font.hasGlyphForCodePoint(codePoint),
    advance: font.glyphForCodePoint(codePoint).advanceWidth / font.unitsPerEm,
  });

function openFont({ bytes }: FontFile): Font {
  const font = create(Buffer.from(bytes));
  // A collection is read as its first font.
  return 'fonts' in font ? (font.fonts[0] as Font) : font;
}

/** Beginnings of what fontkit reads and the rasterizer does not: fonts packed for the web. */
const PACKED = ['wOFF', 'wOF2'];
/** Units an em may have (OpenType, head). The rasterizer divides by them, and ends the process over other numbers. */
const [FEWEST_UNITS, MOST_UNITS] = [16, 16_384];

function openAdded(file: FontFile): { readonly look: Look } {
  const isPacked = PACKED.includes(Buffer.from(file.bytes.subarray(0, 4)).toString('latin1'));
  // The message of fontkit, at the first look or at a later one, helps nobody who chose the wrong file.
  const orRefuse = <Found>(find: () => Found): Found => {
    try {
      return find();
    } catch {
      throw new UserError('bad-option', `--font '${file.path}' is no font that wfa reads.`, {
        hint: 'TrueType and OpenType fonts are: .ttf, .otf and .ttc.',
      });
    }
  };
  const font = orRefuse(() => {
    const opened = isPacked ? null : openFont(file);
    if (opened === null || !isWhole(opened, file.bytes)) throw new Error('not whole');
    return opened;
  });
  const look = lookInto(font);
  return { look: (codePoint) => orRefuse(() => look(codePoint)) };
}

/** Tables that every font has (OpenType), but for OS/2, which some of Apple's lack: PDF reads those that pictures do not. */
const TABLES = ['cmap', 'head', 'hhea', 'hmtx', 'maxp', 'name', 'post'];

/** Says whether the font has its tables, all that it names lie within its bytes, and its units can be those of an em. */
function isWhole(font: Font, bytes: Uint8Array): boolean {
  const { directory } = font as Font & {
    readonly directory: { readonly tables: Readonly<Record<string, TablePlace>> };
  };
  const places = Object.values(directory.tables);
  if (!TABLES.every((tag) => Object.hasOwn(directory.tables, tag))) return false;
  const inside = ({ offset, length }: TablePlace) => offset + length <= bytes.length;
  return places.every(inside) && font.unitsPerEm >= FEWEST_UNITS && font.unitsPerEm <= MOST_UNITS;
}

interface TablePlace {
  readonly offset: number;
  readonly length: number;
}
