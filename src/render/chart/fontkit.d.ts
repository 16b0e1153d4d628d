/** The part of fontkit that wfa uses; the package has no types of its own. */
declare module 'fontkit' {
  export interface Font {
    readonly unitsPerEm: number;
    hasGlyphForCodePoint(codePoint: number): boolean;
    glyphForCodePoint(codePoint: number): { readonly advanceWidth: number };
  }
  export interface Collection {
    readonly fonts: readonly Font[];
  }
  export function create(bytes: Buffer): Font | Collection;
}
