import { logger, parse, resetSVGDefIds, type Spec, textMetrics, View as VegaView } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { UserError } from '../../errors.ts';
import { CHART_PADDING, MOST_LINES, titleOf } from '../../view/chart-text.ts';
import { whyEmptyOf } from '../../view/panel-grid.ts';
import { showText } from '../../view/show-text.ts';
import type { ChartFrame, VegaLiteSpec, View } from '../../view/view.ts';
import { chooseChart, type Renderer, type RenderSettings, type Report } from '../report.ts';
import { nameFonts, writeAddedFace, writeFace } from './embed-fonts.ts';
import { BOLD_WEIGHT, type ChartFonts, listAdded, openFonts, type TextWidth } from './fonts.ts';
import { redrawTitled, titleMarks } from './mark-titles.ts';
import { wordMissingGlyphs } from './missing-glyphs.ts';
import { listTexts, showTexts } from './show-texts.ts';
import { FONT_SIZE, PALETTES, themeConfig } from './theme.ts';

/** CSS pixels of a chart's width by default: 180 mm, the width of a page's text. */
const DEFAULT_WIDTH = (180 / 25.4) * 96;

/** Renders the chart's Vega-Lite specification, with theme and provenance. */
export const renderVegaLite: Renderer = async (report, view, settings) =>
  `${JSON.stringify((await drawChart(report, view, settings)).vegaLite, null, 2)}\n`;

/** Renders the Vega specification that Vega-Lite compiles to. */
export const renderVega: Renderer = async (report, view, settings) =>
  `${JSON.stringify((await drawChart(report, view, settings)).vega, null, 2)}\n`;

/** Renders the chart as SVG, in the bundled font and in those added that it needs. */
export const renderSvg: Renderer = async (report, view, settings) => {
  const { svg, fonts, addedFonts } = await drawChart(report, view, settings);
  const chart = chooseChart(view, settings.chartKind);
  const picture = settings.outline ? await outline(svg, fonts) : titleMarks(embedFonts(svg, fonts, addedFonts));
  return `${describe(picture, report, view.headlines.join('. '), chart.description)}\n`;
};

async function outline(svg: string, fonts: ChartFonts): Promise<string> {
  const { outlineTexts } = await import('./resvg.ts');
  return redrawTitled(svg, (picture) => outlineTexts(picture, fonts));
}

/** A chart as it was drawn. */
interface DrawnChart {
  readonly vegaLite: Record<string, unknown>;
  readonly vega: Spec;
  /** The picture without fonts and description. */
  readonly svg: string;
  readonly fonts: ChartFonts;
  /** Places of those added fonts that its texts need. */
  readonly addedFonts: readonly number[];
  /** Says why there is nothing below the title, a clause; `null` where something is drawn. */
  readonly whyEmpty: string | null;
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
export async function drawChart(report: Report, view: View, settings: RenderSettings): Promise<DrawnChart> {
  const fonts = await settings.loadFonts();
  const typeface = openFonts(fonts);
  const { textWidth } = typeface;
  // Whole pixels: part of one would be a pale edge in a PNG.
  const asked = Math.round(settings.width ?? DEFAULT_WIDTH);
  const fitWidth = async (height: number | null) => {
    const draw = async (width: number) => {
      const vegaLite = await drawSpec(report, view, settings, { width, height, pictureWidth: asked, textWidth });
      const vega = compileSpec(vegaLite);
      const svg = await drawSvg(vega, textWidth);
      return { vegaLite, vega, svg, width, spare: asked - sizeOf(svg).width };
    };
    let drawn = await draw(asked - USUAL_OVERHANG);
    let best = drawn;
    const isFilled = ({ spare }: Fit) => spare >= 0 && spare <= asked * CLOSE_ENOUGH_FRACTION;
    const most = settings.isScaled ? 1 : MOST_ATTEMPTS;
    for (let attempt = 1; attempt < most && !isFilled(best); attempt++) {
      drawn = await draw(drawn.width + Math.floor(drawn.spare));
      if (isCloser(drawn, best)) best = drawn;
      else if (drawn.spare >= 0) break;
    }
    return best;
  };
  const best = settings.height === null ? await fitWidth(null) : await fitHeight(Math.round(settings.height), fitWidth);
  const texts = listTexts(best.vegaLite);
  const missing = wordMissingGlyphs(texts, typeface);
  if (missing !== null) settings.warn?.(missing);
  const below = settings.height === null ? 0 : Math.round(settings.height) - sizeOf(best.svg).height;
  const margins = { right: Math.max(0, best.spare), bottom: below };
  return {
    ...addMargins(best, margins),
    fonts,
    addedFonts: listAdded(texts, typeface),
    whyEmpty: whyEmptyOf(best.vegaLite),
  };
}

/**
 * Draws a picture no higher than asked. What a chart takes beside its rows is not known before it is drawn: it is laid out again, as
 * much lower or higher. `UserError` when the least that is possible is higher.
 */
async function fitHeight<Drawn extends { readonly svg: string }>(
  asked: number,
  draw: (height: number) => Promise<Drawn>,
): Promise<Drawn> {
  const fitting: { drawn: Drawn; height: number }[] = [];
  let goal = asked;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const drawn = await draw(goal);
    const { height } = sizeOf(drawn.svg);
    if (height <= asked) fitting.push({ drawn, height });
    if (height <= asked && height >= asked - 1) break;
    goal = Math.max(1, goal + Math.floor(asked - height));
  }
  const [best] = fitting.sort((a, b) => b.height - a.height);
  if (best) return best.drawn;
  const lowest = await draw(1);
  const { width, height } = sizeOf(lowest.svg);
  if (height > asked) throw tooLow(asked, width, height);
  return lowest;
}

function tooLow(asked: number, width: number, least: number): UserError {
  const toMm = (pixels: number) => (pixels / 96) * 25.4;
  // Rounded up, for less would be refused again.
  const leastMm = Math.ceil(toMm(least));
  return new UserError(
    'bad-option',
    `--height ${Math.round(toMm(asked))}mm (${asked} pixels) is less than this chart needs at a width of ${Math.round(toMm(width))}mm: ${leastMm}mm.`,
    { hint: `Ask for --height ${leastMm}mm at least, for more --width, or leave the heading out with --no-title.` },
  );
}

/** A fit says how well a layout fills the width. */
interface Fit {
  /** Pixels left over; negative: the picture is too wide. */
  readonly spare: number;
}

/** Too wide is worse than any margin. As wide is better: what is below the title may have grown. */
const isCloser = (one: Fit, other: Fit): boolean =>
  other.spare < 0 ? one.spare > other.spare : one.spare >= 0 && one.spare <= other.spare;

interface Margins {
  readonly right: number;
  readonly bottom: number;
}

const paddingOf = ({ right, bottom }: Margins) => ({
  left: CHART_PADDING,
  top: CHART_PADDING,
  right: CHART_PADDING + right,
  bottom: CHART_PADDING + bottom,
});

/** The same picture with margins: only its frame and its background are larger. */
function addMargins<Drawn extends Pick<DrawnChart, 'vegaLite' | 'vega' | 'svg'>>(
  drawn: Drawn,
  margins: Margins,
): Drawn {
  if (margins.right === 0 && margins.bottom === 0) return drawn;
  const { width, height } = sizeOf(drawn.svg);
  const [wider, higher] = [width + margins.right, height + margins.bottom];
  const svg = drawn.svg
    .replace(/^<svg[^>]*>/, (head) =>
      head
        .replace(/ width="[^"]*"/, ` width="${wider}"`)
        .replace(/ height="[^"]*"/, ` height="${higher}"`)
        .replace(/ viewBox="[^"]*"/, ` viewBox="0 0 ${wider} ${higher}"`),
    )
    .replace(/<rect width="[^"]*" height="[^"]*"/, `<rect width="${wider}" height="${higher}"`);
  const padding = paddingOf(margins);
  return { ...drawn, svg, vegaLite: { ...drawn.vegaLite, padding }, vega: { ...drawn.vega, padding } };
}

/** Reads the size of a picture in pixels. */
export function sizeOf(svg: string): { width: number; height: number } {
  const [head = ''] = /^<svg[^>]*>/.exec(svg) ?? [];
  const read = (name: string) => Number(new RegExp(` ${name}="([\\d.]+)"`).exec(head)?.[1] ?? 0);
  return { width: read('width'), height: read('height') };
}

async function drawSpec(
  report: Report,
  view: View,
  settings: RenderSettings,
  sizes: Pick<ChartFrame, 'width' | 'height' | 'pictureWidth' | 'textWidth'>,
): Promise<Record<string, unknown>> {
  const palette = PALETTES[settings.theme];
  const frame = { ...sizes, palette, fontSize: FONT_SIZE };
  const drawn = await chooseChart(view, settings.chartKind).draw(frame);
  const spec = showTexts(retitle(drawn, settings.title, frame)) as Record<string, unknown>;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    usermeta: provenanceOf(report),
    ...spec,
    padding: paddingOf({ right: 0, bottom: 0 }),
    config: { ...themeConfig(palette), ...(spec['config'] as object | undefined) },
  };
}

/** The title that the user wants; the lines below it, which explain the marks, stay. */
function retitle(spec: VegaLiteSpec, wanted: RenderSettings['title'], frame: ChartFrame): VegaLiteSpec {
  if (wanted === null) return spec;
  const { subtitle } = spec['title'] as { readonly subtitle: readonly string[] };
  if (wanted !== false) return { ...spec, title: { ...titleOf([wanted], [], frame, MOST_LINES), subtitle } };
  const legend = { text: subtitle, fontWeight: 'normal', color: frame.palette.muted };
  return { ...spec, title: subtitle.length > 0 ? legend : null };
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
    await view.runAsync();
    // Vega numbers clip paths and gradients on and on: a picture shall not depend on those that were drawn before it.
    resetSVGDefIds();
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

/** Escapes a text that holds no characters which XML cannot. */
const escapeXml = (text: string): string => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);

/** JSON escapes control characters and halves of characters, but not these two, which XML cannot hold. */
const toXmlJson = (json: unknown): string =>
  escapeXml(JSON.stringify(json).replaceAll('\ufffe', '\\ufffe').replaceAll('\uffff', '\\uffff'));

/** Lists inputs, filters and options of the picture: enough to make it again. */
function provenanceOf(report: Report): Record<string, unknown> {
  const { analysis, schemaVersion, wfaVersion, inputs, filters, options, seed, runCount } = report;
  return { tool: 'wfa', wfaVersion, analysis, schemaVersion, inputs, filters, options, seed, runCount };
}

function describe(svg: string, report: Report, title: string, description: string): string {
  const head = [
    `<title>${escapeXml(showText(title))}</title>`,
    `<desc>${escapeXml(showText(description))}</desc>`,
    `<metadata>${toXmlJson(provenanceOf(report))}</metadata>`,
  ].join('');
  return svg.replace(/^(<svg[^>]*>)/, `$1${head.replaceAll('$', '$$$$')}`);
}

/** The embedded subset makes the picture the same where the font is not installed; added fonts are embedded whole. */
function embedFonts(svg: string, fonts: ChartFonts, addedFonts: readonly number[]): string {
  const faces = [
    writeFace(fonts.regular),
    ...(svg.includes(`font-weight="${BOLD_WEIGHT}"`) ? [writeFace(fonts.bold, BOLD_WEIGHT)] : []),
    ...addedFonts.map((place) => writeAddedFace(fonts, place)),
  ];
  return nameFonts(svg, addedFonts).replace(/^(<svg[^>]*>)/, (head) => `${head}<style>${faces.join('')}</style>`);
}
