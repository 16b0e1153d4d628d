import { Resvg } from '@resvg/resvg-js';
import type { Renderer } from '../report.ts';
import { drawChart } from './chart.ts';
import { FONT_FAMILY } from './fonts.ts';

/** Rasterizes the picture with the same font files and no others, so that every machine draws the same pixels. */
export const renderPng: Renderer = async (report, view, settings) => {
  const { svg, fonts } = await drawChart(report, view, settings);
  const files = [fonts.regular, fonts.bold, ...fonts.added].map(({ path }) => path);
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: settings.scale },
    font: { fontFiles: files, loadSystemFonts: false, defaultFontFamily: FONT_FAMILY },
  });
  return image.render().asPng();
};
