import { Chalk, type ChalkInstance } from 'chalk';
import CliTable from 'cli-table3';
import type { Cell, Column, Table, Tone } from '../view/view.ts';
import { splitWords } from '../view/words.ts';
import { collectFootnotes, notesOf, textOf } from './notes.ts';
import type { Renderer, RenderSettings, Report } from './report.ts';

/** Renders headlines, tables and footnotes for a terminal, in as many columns as it has. */
export const renderTable: Renderer = async (report, view, settings) => {
  const chalk = new Chalk({ level: settings.colourLevel });
  const blocks = [
    ...view.headlines.map((headline) => chalk.bold(wrap(headline, settings.columns, ''))),
    // A table without rows has nothing to say, and the headlines say why.
    ...view.tables.filter(({ rows }) => rows.length > 0).map((table) => writeTable(table, settings, chalk)),
    writeFootnotes(report, settings, chalk),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
};

const GAP = 2;
/** Characters of a wrapped column at least: a narrower one is unreadable. */
const NARROWEST = 9;

function writeTable(table: Table, settings: RenderSettings, chalk: ChalkInstance): string {
  const columns = chooseColumns(table, settings.columns);
  const widths = fitWidths(table, columns, settings.columns);
  const headers = columns.map((column, i) => wrap(column.header, widths[i] as number, ''));
  const paint = painter(chalk);
  const text = new CliTable({
    chars: BARE,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: columns.map((column) => column.align),
    colWidths: [...widths],
  });
  text.push(headers.map((header) => ({ content: eachLine(header, chalk.dim), vAlign: 'bottom' as const })));
  text.push(widths.map((width) => chalk.dim('\u2500'.repeat(width))));
  for (const row of table.rows)
    text.push(columns.map((column, i) => paint(row[column.key] ?? '', widths[i] as number)));
  const lines = text
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const notes = notesOf(table, columns).map((note) => chalk.dim(wrap(note, settings.columns, '  ')));
  return [...(table.title ? [chalk.bold(wrap(table.title, settings.columns, ''))] : []), ...lines, ...notes].join('\n');
}

/** Settings without a frame: the gap between columns and one rule under the header are enough. */
const BARE = {
  ...Object.fromEntries(
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'].map((side) => [
      side,
      '',
    ]),
  ),
  ...Object.fromEntries(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'].map((side) => [side, ''])),
  middle: ' '.repeat(GAP),
};

const widthOf = (text: string): number => [...text].length;

const naturalWidth = (table: Table, column: Column): number =>
  table.rows.reduce((most, row) => Math.max(most, widthOf(textOf(row[column.key]))), widthOf(column.header));

const totalWidth = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);

/** Chooses all columns that are not wide, and the wide ones, in order, as long as everything fits without wrapping. */
function chooseColumns(table: Table, available: number): Column[] {
  let chosen = table.columns.filter((column) => !column.wide);
  for (const extra of table.columns.filter((column) => column.wide)) {
    const next = table.columns.filter((column) => column === extra || chosen.includes(column));
    if (totalWidth(next.map((column) => naturalWidth(table, column))) <= available) chosen = next;
  }
  return chosen;
}

/** Computes the width below which something other than a space would have to break. */
const unbrokenWidth = (table: Table, column: Column): number =>
  naturalWidth(table, {
    ...column,
    header: column.header.split(' ').reduce((a, b) => (widthOf(a) > widthOf(b) ? a : b)),
  });

/** Wraps headers first, then takes from the widest column that may wrap, until the table fits. */
function fitWidths(table: Table, columns: readonly Column[], available: number): number[] {
  const widths = columns.map((column) => naturalWidth(table, column));
  for (const [i, column] of columns.entries()) {
    const excess = totalWidth(widths) - available;
    if (excess > 0) widths[i] = Math.max(unbrokenWidth(table, column), (widths[i] as number) - excess);
  }
  for (let excess = totalWidth(widths) - available; excess > 0; excess--) {
    const widest = Math.max(0, ...widths.filter((_, i) => columns[i]?.wraps));
    if (widest <= NARROWEST) break;
    const at = widths.findIndex((width, i) => width === widest && columns[i]?.wraps);
    widths[at] = widest - 1;
  }
  return widths;
}

/** Colours line by line: a table cell's lines are set apart from each other. */
const eachLine = (text: string, paint: (line: string) => string): string =>
  text
    .split('\n')
    .map((line) => paint(line))
    .join('\n');

/** Lines of at most `width` characters, broken at spaces; where a word is longer, after a sign that joins parts of a name, else anywhere. */
function fold(text: string, width: number): string {
  const piece = new RegExp(`.{1,${width}}$|.{0,${width - 1}}[-_+./]|.{1,${width}}`, 'gu');
  return wrap(text, width, '')
    .split('\n')
    .flatMap((line) => line.match(piece) ?? [''])
    .join('\n');
}

function painter(chalk: ChalkInstance): (cell: Cell, width: number) => string {
  const paints: Record<Tone, (text: string) => string> = {
    plain: (text) => text,
    gain: chalk.green,
    loss: chalk.red,
    uncertain: chalk.dim,
    strong: chalk.bold,
    muted: chalk.dim,
  };
  return (cell, width) => {
    const text = textOf(cell);
    const lines = widthOf(text) > width ? fold(text, width) : text;
    return typeof cell === 'string' ? lines : eachLine(lines, paints[cell.tone]);
  };
}

function writeFootnotes(report: Report, { columns }: RenderSettings, chalk: ChalkInstance): string {
  const { warnings, notes, leftOut, filters } = collectFootnotes(report);
  return [
    ...warnings.map((text) => chalk.yellow(wrap(`! ${text}`, columns, '  '))),
    ...notes.map((text) => wrap(`\u00b7 ${text}`, columns, '  ')),
    ...(leftOut ? [wrap(`Left out: ${leftOut}`, columns, '  ')] : []),
    ...(filters ? [wrap(`Only: ${filters}`, columns, '  ')] : []),
    ...report.gates.map(({ gate, of, verdict }) => `Gate ${gate} (${of}): ${verdict}`),
  ].join('\n');
}

/** Breaks at spaces; lines after the first begin with the indent. */
function wrap(text: string, columns: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of splitWords(text)) {
    const next = line === '' ? word : `${line} ${word}`;
    if (widthOf(next) > columns && line.trim() !== '') {
      lines.push(line);
      line = indent + word;
    } else line = next;
  }
  return [...lines, line].join('\n');
}
