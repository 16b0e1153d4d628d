import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { listFamilies, nameFonts, writeAddedFace, writeFace } from '../chart/embed-fonts.ts';
import { BOLD_WEIGHT, type ChartFonts, listAdded, openFonts } from '../chart/fonts.ts';
import { collectFootnotes } from '../notes.ts';
import type { Answer, Page, PageSettings, RunSection, Section, Summary } from './document.ts';
import { escapeHtml, writeName, writeText } from './escape.ts';
import { type RunNames, writeFigure } from './figure.ts';
import { writeColours } from './palette.ts';
import { writeTables } from './tables.ts';

/**
 * A page comes in as data, one HTML file goes out that asks nobody for anything: its style sheet, script, fonts and pictures are in
 * it, and its content policy forbids everything else. Without a script it still reads, folds and prints.
 */

/** Renders the page. The same page gives the same bytes. */
export async function renderPage(page: Page, settings: PageSettings): Promise<string> {
  const fonts = await settings.loadFonts();
  const cached = { ...settings, loadFonts: async () => fonts };
  const names: RunNames = {
    shortIds: page.shortIds,
    anchors: new Map(page.runs.map(({ runId }, i) => [runId, anchorOf(i)])),
  };
  const sections: string[] = [];
  for (const section of page.sections) sections.push(await writeSection(section, cached, names));
  const runs: string[] = [];
  for (const [i, run] of page.runs.entries()) runs.push(await writeRun(run, anchorOf(i), cached, names));
  const title = writeText(page.title);
  const body = [
    `<body><a class="skip" href="#summary">to the answer</a><header><h1>${title}</h1>`,
    `${writeProvenance(page.provenance)}${writeContents(page)}</header><main>`,
    writeSummary(page.summary),
    ...sections,
    `<section id="single-runs" aria-labelledby="single-runs-title"><h2 id="single-runs-title">Single runs</h2><p>${writeText(page.runsNote)}</p>`,
    ...runs,
    '</section></main>',
  ].join('\n');
  const addedFonts = fonts.added.length === 0 ? [] : listAdded([...new Set(body)], openFonts(fonts));
  const css = writeFaces(fonts, addedFonts) + writeColours() + settings.assets.css + writeFamilies(addedFonts);
  const js = settings.isInteractive ? settings.assets.js : null;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${wordPolicy(css, js)}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">',
    `<title>${title}</title><style>${css}</style></head>`,
    nameFonts(body, addedFonts),
    js === null
      ? ''
      : `<p id="said" role="status" class="unseen"></p><div id="tip" hidden></div><script>${js}</script>`,
    '</body></html>\n',
  ].join('\n');
}

const anchorOf = (place: number): string => `run-${place + 1}`;

/** Words a policy that allows this style sheet, this script and embedded fonts, and nothing from anywhere. */
function wordPolicy(css: string, js: string | null): string {
  const digest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `style-src ${digest(css)}`,
    'font-src data:',
    js === null ? "script-src 'none'" : `script-src ${digest(js)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

const writeFaces = (fonts: ChartFonts, addedFonts: readonly number[]): string =>
  [
    writeFace(fonts.regular),
    writeFace(fonts.bold, BOLD_WEIGHT),
    ...addedFonts.map((place) => writeAddedFace(fonts, place)),
  ].join('');

/** Has texts outside of pictures fall back on added fonts, after all other rules. */
const writeFamilies = (addedFonts: readonly number[]): string =>
  addedFonts.length === 0
    ? ''
    : `body{font-family:${listFamilies(addedFonts)},system-ui,sans-serif}` +
      `code{font-family:ui-monospace,"DejaVu Sans Mono",${listFamilies(addedFonts)},monospace}`;

/** Lines of provenance above the answer at most: more are folded, or a phone would show nothing else. */
const MOST_PROVENANCE = 5;

function writeProvenance(lines: readonly string[]): string {
  const list = writeList(lines, 'provenance');
  if (lines.length <= MOST_PROVENANCE) return list;
  return `<details><summary>Inputs and version <small>(${lines.length})</small></summary>${list}</details>`;
}

const writeList = (lines: readonly string[], name: string): string =>
  lines.length === 0 ? '' : `<ul class="${name}">${lines.map((line) => `<li>${writeText(line)}</li>`).join('')}</ul>`;

function writeContents({ sections, runs }: Page): string {
  const links = sections.map(({ name, answer }) =>
    'whyNot' in answer
      ? `<li class="muted"><a href="#${name}">${name}</a> (no answer)</li>`
      : `<li><a href="#${name}">${name}</a></li>`,
  );
  const single = runs.length > 0 ? '<li><a href="#single-runs">single runs</a></li>' : '';
  return `<nav aria-label="sections"><ul><li><a href="#summary">answer</a></li>${links.join('')}${single}</ul></nav>`;
}

function writeSummary(summary: Summary): string {
  const [first = '', ...others] = summary.answers;
  const next = summary.next.map(
    ({ words, command }) => `<li>${writeText(words)}${command === null ? '' : ` ${writeCommand(command)}`}</li>`,
  );
  return [
    '<section id="summary" aria-labelledby="summary-title"><h2 id="summary-title">The answer</h2>',
    `<p class="answer">${writeText(first)}</p>${others.map((answer) => `<p>${writeText(answer)}</p>`).join('')}`,
    writeTables(summary.tables, 1),
    '<div class="columns"><div><h3>What limits it</h3>',
    summary.limits.length === 0
      ? '<p>No warning.</p>'
      : `<ul class="warnings">${summary.limits.map((limit) => `<li>${writeText(limit)}</li>`).join('')}</ul>`,
    summary.warningCount > summary.limits.length
      ? `<p class="note">${summary.limits.length} of ${summary.warningCount} warnings: each question has its own below.</p>`
      : '',
    `</div><div><h3>What is in the data</h3>${writeList(summary.data, 'data')}</div></div>`,
    `<h3>What to run next</h3><ul class="next">${next.join('')}</ul>${writeTables(summary.nextTables)}</section>`,
  ].join('');
}

const writeCommand = (command: string): string =>
  `<span class="command"><code>${writeText(command)}</code><button type="button" data-copy hidden>copy</button></span>`;

async function writeSection(
  { name, title, command, answer }: Section,
  settings: PageSettings,
  names: RunNames,
): Promise<string> {
  const head = `<section id="${name}" aria-labelledby="${name}-title"><h2 id="${name}-title">${writeName(name)}</h2><p class="question">${writeText(title)}</p>`;
  if ('whyNot' in answer) {
    return `${head}<p class="why-not">No answer: ${writeText(answer.whyNot)}</p>${writeCommand(command)}</section>`;
  }
  return `${head}${await writeAnswer(answer, name, command, settings, names)}</section>`;
}

async function writeAnswer(
  answer: Answer,
  id: string,
  command: string,
  settings: PageSettings,
  names: RunNames,
): Promise<string> {
  const { report, view, chartKinds } = answer;
  const [first = '', ...others] = view.headlines;
  const figures: string[] = [];
  for (const kind of chartKinds) figures.push(await writeFigure(answer, kind, `${id}-${kind}`, settings, names));
  return [
    `<p class="headline">${writeText(first)}</p>${others.map((line) => `<p>${writeText(line)}</p>`).join('')}`,
    ...figures,
    writeFootnotes(report),
    writeTables(view.tables),
    view.next ? `<p class="note">\u2192 ${writeText(view.next)}</p>` : '',
    `<p>${writeCommand(command)}${settings.isInteractive ? writeJson(report, id) : ''}</p>`,
  ].join('');
}

function writeFootnotes(report: Answer['report']): string {
  const { warnings, notes, leftOut } = collectFootnotes(report);
  const others = [...notes, ...(leftOut === null ? [] : [`Left out: ${leftOut}`])];
  return [
    writeList(warnings, 'warnings'),
    others.length === 0
      ? ''
      : `<details><summary>Notes <small>(${others.length})</small></summary>${writeList(others, 'notes')}</details>`,
  ].join('');
}

/** Bytes of packed JSON of one answer at most: the command gives a larger one. */
const MOST_JSON_BYTES = 50_000;

/** Writes the report in gzip and base64, which no name in it can end, behind a button that saves it. */
function writeJson(report: Answer['report'], id: string): string {
  const json = Buffer.from(`${JSON.stringify(report, null, 2)}\n`);
  const packed = gzipSync(json, { level: 6 });
  if (packed.length > MOST_JSON_BYTES) {
    return ` <small>its JSON is too large for a page (${Math.round(json.length / 1000)} kB): add --format json</small>`;
  }
  // The tenth byte of a header of gzip names the system (RFC 1952).
  packed[9] = 0xff;
  return (
    `<button type="button" data-save="wfa-${escapeHtml(id)}.json" hidden>save JSON</button>` +
    `<script type="application/octet-stream">${packed.toString('base64')}</script>`
  );
}

async function writeRun(run: RunSection, id: string, settings: PageSettings, names: RunNames): Promise<string> {
  const body = await writeAnswer(run.answer, id, run.command, settings, names);
  return `<details class="run" id="${id}"><summary>${writeText(run.why)}: ${writeName(run.runId)}</summary>${body}</details>`;
}
