import { logger, parse, type Spec, textMetrics, View as VegaView } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { View } from '../../view/view.ts';
import { chooseChart, type Renderer, type RenderSettings, type Report } from '../report.ts';
import { BOLD_WEIGHT, type ChartFonts, createTextWidth, FONT_FAMILY, type TextWidth } from './fonts.ts';
import { FONT_SIZE, PALETTES, themeConfig } from './theme.ts';

/** Vega-Lite specification → Vega specification → SVG, in the bundled font. */

/** 180 mm: the width of a page's text. */
const DEFAULT_WIDTH = Math.round((180 / 25.4) * 96);

export const renderVegaLite: Renderer = async (report, view, settings) =>
  `${JSON.stringify((await drawChart(report, view, settings)).vegaLite, null, 2)}\n`;

export const renderVega: Renderer = async (report, view, settings) =>
  `${JSON.stringify((await drawChart(report, view, settings)).vega, null, 2)}\n`;

export const renderSvg: Renderer = async (report, view, settings) => {
  const { svg, fonts } = await drawChart(report, view, settings);
  const chart = chooseChart(view, settings.chartKind);
  return `${describe(embedFonts(svg, fonts), report, view.headlines.join('. '), chart.description)}\n`;
};

interface DrawnChart {
  readonly vegaLite: Record<string, unknown>;
  readonly vega: Spec;
  readonly svg: string;
  readonly fonts: ChartFonts;
}

/** How often a chart is drawn at most. */
const MOST_ATTEMPTS = 5;

/** Labels at the ends of axes may reach beyond the frame by a few pixels: then the chart is drawn again, as much narrower. */
async function drawChart(report: Report, view: View, settings: RenderSettings): Promise<DrawnChart> {
  const fonts = await settings.loadFonts();
  const textWidth = createTextWidth(fonts);
  const asked = settings.width ?? DEFAULT_WIDTH;
  let width = asked;
  for (let attempt = 1; ; attempt++) {
    const vegaLite = drawSpec(report, view, settings, width, textWidth);
    const vega = compileSpec(vegaLite);
    const svg = await drawSvg(vega, textWidth);
    const excess = Number(/^<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1] ?? 0) - asked;
    if (excess <= 0 || attempt === MOST_ATTEMPTS) return { vegaLite, vega, svg, fonts };
    width -= Math.ceil(excess);
  }
}

function drawSpec(
  report: Report,
  view: View,
  settings: RenderSettings,
  width: number,
  textWidth: TextWidth,
): Record<string, unknown> {
  const palette = PALETTES[settings.theme];
  const frame = { width, height: settings.height, palette, fontSize: FONT_SIZE, textWidth };
  const spec = chooseChart(view, settings.chartKind).draw(frame);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    usermeta: provenanceOf(report),
    ...spec,
    config: { ...themeConfig(palette), ...(spec['config'] as object | undefined) },
  };
}

function compileSpec(vegaLite: Record<string, unknown>): Spec {
  const complaints: string[] = [];
  const collect = (...parts: readonly unknown[]) => {
    complaints.push(parts.join(' '));
    return quiet;
  };
  const quiet = {
    ...logger(0),
    warn: collect,
    error: collect,
    info: () => quiet,
    debug: () => quiet,
    level: () => quiet,
  };
  const { spec } = compile(vegaLite as unknown as TopLevelSpec, { logger: quiet as never });
  // Our own specifications compile without a warning; a warning is a bug that would change the picture in silence.
  if (complaints.length > 0) throw new Error(`the chart does not compile cleanly: ${complaints.join('; ')}`);
  return spec;
}

async function drawSvg(spec: Spec, textWidth: TextWidth): Promise<string> {
  measureWith(textWidth);
  const view = new VegaView(parse(spec), { renderer: 'none', logLevel: 0 });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: number | string;
  readonly limit?: number;
}

/** Without a canvas Vega guesses the widths of texts, and cuts labels that would fit. */
function measureWith(textWidth: TextWidth): void {
  const metrics = textMetrics as { width: (item: TextItem, text: unknown) => number };
  metrics.width = (item, text) => {
    if (text === null || text === undefined) return 0;
    const bold = item.fontWeight === 'bold' || Number(item.fontWeight) >= BOLD_WEIGHT;
    const width = textWidth(String(text).trim(), item.fontSize ?? FONT_SIZE, bold);
    // A label that is cut takes no more room than its limit.
    return item.limit ? Math.min(width, item.limit) : width;
  };
}

const escapeXml = (text: string): string => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);

/** What the picture was made from: enough to make it again. */
function provenanceOf(report: Report): Record<string, unknown> {
  const { analysis, schemaVersion, wfaVersion, inputs, filters, options, seed, runCount } = report;
  return { tool: 'wfa', wfaVersion, analysis, schemaVersion, inputs, filters, options, seed, runCount };
}

function describe(svg: string, report: Report, title: string, description: string): string {
  const head = [
    `<title>${escapeXml(title)}</title>`,
    `<desc>${escapeXml(description)}</desc>`,
    `<metadata>${escapeXml(JSON.stringify(provenanceOf(report)))}</metadata>`,
  ].join('');
  return svg.replace(/^(<svg[^>]*>)/, `$1${head.replaceAll('$', '$$$$')}`);
}

/** The embedded subset makes the picture the same where the font is not installed. */
function embedFonts(svg: string, fonts: ChartFonts): string {
  const face = (woff2: Uint8Array, weight: string) =>
    `@font-face{font-family:${FONT_FAMILY};font-weight:${weight};src:url(data:font/woff2;base64,${Buffer.from(woff2).toString('base64')})format("woff2")}`;
  const used = (weight: number) => svg.includes(`font-weight="${weight}"`);
  const faces = [face(fonts.regular.woff2, '400'), ...(used(BOLD_WEIGHT) ? [face(fonts.bold.woff2, '600')] : [])];
  return svg.replace(/^(<svg[^>]*>)/, `$1<style>${faces.join('')}</style>`);
}
