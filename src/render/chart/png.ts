import type { Renderer } from '../report.ts';
import { drawChart } from './chart.ts';
import { openPicture } from './resvg.ts';

/** Rasterizes the picture. */
export const renderPng: Renderer = async (report, view, settings) => {
  const { svg, fonts } = await drawChart(report, view, settings);
  return openPicture(svg, fonts, { fitTo: { mode: 'zoom', value: settings.scale } })
    .render()
    .asPng();
};
