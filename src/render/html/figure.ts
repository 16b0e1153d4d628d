import { showText } from '../../view/show-text.ts';
import { drawChart } from '../chart/chart.ts';
import { titleMarks } from '../chart/mark-titles.ts';
import type { RenderSettings } from '../report.ts';
import { compact } from './compact.ts';
import type { Answer, PageSettings } from './document.ts';
import { escapeHtml, writeText } from './escape.ts';
import { followPreference } from './palette.ts';

/** How marks name runs, and where they lead. */
export interface RunNames {
  readonly shortIds: ReadonlyMap<string, string>;
  /** The sections of runs that are in the page, by their ids. */
  readonly anchors: ReadonlyMap<string, string>;
}

/** Marks a picture whose axis is time: it can be stretched. */
const TIME_KINDS: readonly string[] = ['gantt', 'lanes', 'alive', 'over-time'];

/** Writes a chart as a figure: the picture of the command, whose colours and marks answer to the reader. */
export async function writeFigure(
  { report, view }: Answer,
  kind: string,
  id: string,
  settings: PageSettings,
  names: RunNames,
): Promise<string> {
  const { svg, whyEmpty } = await drawChart(report, view, { ...CHART_SETTINGS, chartKind: kind, ...settings });
  if (whyEmpty !== null) return `<p class="note">No chart (${kind}): ${writeText(whyEmpty)}.</p>`;
  const chart = view.charts.find((candidate) => candidate.kind === kind);
  const picture = linkRuns(separateIds(compact(withoutRoles(followPreference(titleMarks(svg)))), id), names);
  const label = `${report.analysis}, ${kind}: ${chart?.description ?? ''}`;
  const zoom = settings.isInteractive && TIME_KINDS.includes(kind) ? ' data-zoom' : '';
  if (picture.length > MOST_PICTURE_LENGTH) return wordTooLarge(picture.length, kind);
  // Whatever scrolls can be reached by keys: the picture itself where its marks can be walked through.
  const [outer, inner] = settings.isInteractive ? ['', ' tabindex="0"'] : [' tabindex="0"', ''];
  const head = `<svg role="group" aria-roledescription="chart" aria-label="${escapeHtml(showText(label))}"${inner}`;
  const name = `chart ${kind} of ${id.slice(0, -kind.length - 1)}`;
  return (
    `<figure id="${id}"${zoom}><div class="picture" role="region" aria-label="${escapeHtml(name)}"${outer}>` +
    `${picture.replace(/^<svg/, () => head)}</div><figcaption>${writeText(firstSentence(chart?.description ?? ''))}</figcaption></figure>`
  );
}

/** Characters of a picture at most: some thousand marks, beyond which a page is slow and nobody tells one from the other. */
const MOST_PICTURE_LENGTH = 600_000;

const wordTooLarge = (length: number, kind: string): string =>
  `<p class="note">The chart is too large for a page (${Math.round(length / 1000)} kB): add --chart ${kind}.svg --chart-kind ${kind} to the command.</p>`;

/** The first sentence says what a chart shows; those that follow repeat the headline, which stands above it. */
const firstSentence = (description: string): string => description.replace(/(?<=\.) .*$/s, '');

/** Everything about a chart that a page leaves as it is. */
const CHART_SETTINGS: Omit<RenderSettings, 'loadFonts' | 'warn' | 'chartKind'> = {
  columns: 80,
  rows: { top: null, all: false, sort: null },
  quiet: false,
  colourLevel: 0,
  theme: 'light',
  width: null,
  height: null,
  title: null,
  outline: false,
  scale: 1,
  isScaled: true,
};

/** Leaves out the roles that Vega gives to groups: they promise descriptions, and only marks with words of their own have any. */
const withoutRoles = (svg: string): string =>
  svg.replace(/<g[^<>]+>/g, (group) => group.replace(/ (?:role|aria-roledescription|aria-label)="[^"]*"/g, ''));

/** Several pictures stand in one page, and Vega counts on from picture to picture: what each names by an id is its own, from 1. */
function separateIds(svg: string, id: string): string {
  const numbers = new Map<string, number>();
  const rename = (name: string): string => {
    const number = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, number);
    return `${id}-${number}`;
  };
  return svg.replace(/<[^<>]+>/g, (tag) =>
    tag
      .replace(/ id="([^"]*)"/g, (_, name: string) => ` id="${rename(name)}"`)
      .replace(/url\(#([^)]*)\)/g, (_, name: string) => `url(#${rename(name)})`),
  );
}

/** A mark that stands for one run: its words begin so. */
const OF_RUN = /<(\w+)([^<>]*) role="img"><title>run ([^<,]+),/g;

/** Names the run of each mark by the beginning of its id, and leads to the run's own section, where the page has one. */
const linkRuns = (svg: string, { shortIds, anchors }: RunNames): string =>
  svg.replace(OF_RUN, (_, tag: string, attributes: string, runId: string) => {
    const anchor = anchors.get(runId);
    const link = anchor === undefined ? '' : ` data-run="${anchor}"`;
    return `<${tag}${attributes}${link} role="img"><title>run ${shortIds.get(runId) ?? runId},`;
  });
