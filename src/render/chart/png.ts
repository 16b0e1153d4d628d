import { Resvg } from '@resvg/resvg-js';
import type { Renderer } from '../report.ts';
import { renderSvg } from './chart.ts';
import { FONT_FAMILY } from './fonts.ts';

/** Rasterizes the SVG with the same font files and no others, so that every machine draws the same pixels. */
export const renderPng: Renderer = async (report, view, settings) => {
  const svg = (await renderSvg(report, view, settings)) as string;
  const { regular, bold } = await settings.loadFonts();
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: settings.scale },
    font: { fontFiles: [regular.path, bold.path], loadSystemFonts: false, defaultFontFamily: FONT_FAMILY },
  });
  return image.render().asPng();
};
