import { Resvg, type ResvgRenderOptions } from '@resvg/resvg-js';
import { type ChartFonts, FONT_FAMILY } from './fonts.ts';

/** Opens a picture with the same font files and no others, so that every machine draws the same pixels. */
export function openPicture(
  svg: string,
  { regular, bold, added }: ChartFonts,
  options: ResvgRenderOptions = {},
): Resvg {
  const fontFiles = [regular, bold, ...added].map(({ path }) => path);
  return new Resvg(svg, { ...options, font: { fontFiles, loadSystemFonts: false, defaultFontFamily: FONT_FAMILY } });
}

/** Draws texts as paths: no program can show them in another font. */
export const outlineTexts = (svg: string, fonts: ChartFonts): string => openPicture(svg, fonts).toString();
