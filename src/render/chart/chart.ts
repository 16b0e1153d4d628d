import { logger, parse, type Spec, textMetrics, View as VegaView } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { CHART_PADDING } from '../../view/chart-text.ts';
import type { ChartFrame, View } from '../../view/view.ts';
import { chooseChart, type Renderer, type RenderSettings, type Report } from '../report.ts';
import { BOLD_WEIGHT, type ChartFonts, createTextWidth, FONT_FAMILY, type TextWidth } from './fonts.ts';
import { FONT_SIZE, PALETTES, themeConfig } from './theme.ts';

/** CSS pixels of a chart's width by default: 180 mm, the width of a page's text. */
const DEFAULT_WIDTH = (180 / 25.4) * 96;

/** Renders the chart's Vega-Lite specification, with theme and provenance. */
export const renderVegaLite: Renderer = async (report, view, settings) =>
  `${JSON.stringify((await drawChart(report, view, settings)).vegaLite, null, 2)}\n`;

/** Renders the Vega specification that Vega-Lite compiles to. */
export const renderVega: Renderer = async (report, view, settings) =>
  `${JSON.stringify((await drawChart(report, view, settings)).vega, null, 2)}\n`;

/** Renders the chart as SVG, in the bundled font. */
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

/** Layouts of a chart at most: they take most of the time. */
const MOST_ATTEMPTS = 3;
/** Share of the width that may be left over: a margin that nobody notices. */
const CLOSE_ENOUGH_FRACTION = 1 / 40;
/** Pixels that labels at the ends of axes often reach beyond the frame: the first layout is that much narrower. */
const USUAL_OVERHANG = 3;

/**
 * Draws a picture exactly as wide as asked. Labels at the ends of axes may reach beyond the frame, and layouts may not fill it: then
 * the chart is laid out again, as much narrower or wider. A remainder becomes margin.
 */
async function drawChart(report: Report, view: View, settings: RenderSettings): Promise<DrawnChart> {
  const fonts = await settings.loadFonts();
  const textWidth = createTextWidth(fonts);
  // Whole pixels: part of one would be a pale edge in a PNG.
  const asked = Math.round(settings.width ?? DEFAULT_WIDTH);
  const draw = async (width: number) => {
    const vegaLite = drawSpec(report, view, settings, { width, pictureWidth: asked, textWidth });
    const vega = compileSpec(vegaLite);
    const svg = await drawSvg(vega, textWidth);
    return { vegaLite, vega, svg, fonts, width, spare: asked - widthOf(svg) };
  };
  let drawn = await draw(asked - USUAL_OVERHANG);
  let best = drawn;
  const isFilled = ({ spare }: Fit) => spare >= 0 && spare <= asked * CLOSE_ENOUGH_FRACTION;
  for (let attempt = 1; attempt < MOST_ATTEMPTS && !isFilled(best); attempt++) {
    drawn = await draw(drawn.width + Math.floor(drawn.spare));
    if (isCloser(drawn, best)) best = drawn;
    else if (drawn.spare >= 0) break;
  }
  return best.spare > 0 ? widen(best, best.spare) : best;
}

/** A fit says how well a layout fills the width. */
interface Fit {
  /** Pixels left over; negative: the picture is too wide. */
  readonly spare: number;
}

/** Too wide is worse than any margin. As wide is better: what is below the title may have grown. */
const isCloser = (one: Fit, other: Fit): boolean =>
  other.spare < 0 ? one.spare > other.spare : one.spare >= 0 && one.spare <= other.spare;

const paddingOf = (margin: number) => ({
  left: CHART_PADDING,
  top: CHART_PADDING,
  right: CHART_PADDING + margin,
  bottom: CHART_PADDING,
});

/** The same picture with a margin on its right: only its frame and its background are wider. */
function widen<Drawn extends DrawnChart>(drawn: Drawn, margin: number): Drawn {
  const width = widthOf(drawn.svg);
  const wider = (text: string) => text.replace(String(width), String(width + margin));
  const svg = drawn.svg
    .replace(/^<svg[^>]* width="[^"]*"/, wider)
    .replace(/ viewBox="[^"]*"/, wider)
    .replace(/<rect width="[^"]*"/, wider);
  const padding = paddingOf(margin);
  return { ...drawn, svg, vegaLite: { ...drawn.vegaLite, padding }, vega: { ...drawn.vega, padding } };
}

const widthOf = (svg: string): number => Number(/^<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1] ?? 0);

function drawSpec(
  report: Report,
  view: View,
  settings: RenderSettings,
  widths: Pick<ChartFrame, 'width' | 'pictureWidth' | 'textWidth'>,
): Record<string, unknown> {
  const palette = PALETTES[settings.theme];
  const frame = { ...widths, height: settings.height, palette, fontSize: FONT_SIZE };
  const spec = chooseChart(view, settings.chartKind).draw(frame);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    usermeta: provenanceOf(report),
    ...spec,
    padding: paddingOf(0),
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

/** Lists inputs, filters and options of the picture: enough to make it again. */
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
