import PDFDocument from 'pdfkit';
import addSvg from 'svg-to-pdfkit';
import { showText } from '../../view/show-text.ts';
import type { Renderer } from '../report.ts';
import { drawChart, sizeOf } from './chart.ts';
import { BOLD_WEIGHT, openFonts } from './fonts.ts';

/** Points of PDF in a CSS pixel. */
const POINTS_PER_PIXEL = 72 / 96;
const BOLD = 'wfa-bold';
const FONT = 'wfa-font-';

/**
 * Writes the picture as a PDF of one page: texts stay texts, in subsets of the same fonts. It holds no time of its making: the same
 * picture is the same bytes.
 */
export const renderPdf: Renderer = async (report, view, settings) => {
  const { svg, fonts } = await drawChart(report, view, settings);
  const { fontOf } = openFonts(fonts);
  const size = sizeOf(svg);
  const [width, height] = [size.width * POINTS_PER_PIXEL, size.height * POINTS_PER_PIXEL];
  const document = new PDFDocument({
    size: [width, height],
    margin: 0,
    font: null,
    info: {
      Title: showText(view.headlines.join('. ')),
      Creator: `wfa ${report.wfaVersion}`,
      CreationDate: new Date(0),
    },
  });
  document.registerFont(`${FONT}0`, fonts.regular.bytes);
  document.registerFont(BOLD, fonts.bold.bytes);
  for (const [i, { bytes }] of fonts.added.entries()) document.registerFont(`${FONT}${i + 1}`, bytes);
  addSvg(document, spreadFonts(svg, fontOf), 0, 0, {
    width,
    height,
    assumePt: false,
    fontCallback: (family, bold) => (family.startsWith(FONT) ? family : bold ? BOLD : `${FONT}0`),
    warningCallback: (warning) => {
      throw new Error(`the picture does not become a PDF: ${warning}`);
    },
  });
  const chunks: Uint8Array[] = [];
  document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => document.on('end', resolve).on('error', reject));
  document.end();
  await ended;
  return Buffer.concat(chunks);
};

/** PDF looks for no other font where one lacks a character: each text says which font writes which part of it. */
function spreadFonts(svg: string, fontOf: (character: string) => number): string {
  const spread = (text: string) =>
    text.replace(/[^\p{ASCII}]+/gu, (rest) =>
      [...rest]
        .map((character) => {
          const font = fontOf(character);
          return font > 0 ? `<tspan font-family="${FONT}${font}">${character}</tspan>` : character;
        })
        .join(''),
    );
  return svg
    .replaceAll(`font-weight="${BOLD_WEIGHT}"`, 'font-weight="bold"')
    .replace(
      /(<text[^>]*>)(.*?)(<\/text>)/gs,
      (_, head: string, text: string, end: string) => head + spread(text) + end,
    );
}
