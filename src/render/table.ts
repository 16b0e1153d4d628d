import { Chalk, type ChalkInstance } from 'chalk';
import { groups } from 'd3-array';
import { showName, showText } from '../view/show-text.ts';
import type { Cell, Column, Table, Tone } from '../view/view.ts';
import { wordList } from '../view/words.ts';
import { wrapPieces, wrapWords } from '../view/wrap.ts';
import { type Arranged, arrangeTables } from './arrange.ts';
import { columnsOf } from './columns.ts';
import { collectFootnotes, notesOf, textOf } from './notes.ts';
import type { Renderer, RenderSettings, Report } from './report.ts';

/** Renders headlines, tables and footnotes for a terminal, in as many columns as it has. */
export const renderTable: Renderer = async (report, view, settings) => {
  const chalk = new Chalk({ level: settings.colourLevel });
  // A table without rows has nothing to say, and the headlines say why.
  const tables = arrangeTables(view.tables, settings.rows, MOST_ROWS);
  const headlines = view.headlines.map((headline) => chalk.bold(wrap(showText(headline), settings.columns, '')));
  const next = view.next ? [wrap(`\u2192 ${showText(view.next)}`, settings.columns, '  ')] : [];
  const blocks = settings.quiet
    ? headlines
    : [
        ...headlines,
        ...next,
        ...tables.map((table) => writeTable(table, settings, chalk)),
        writeFootnotes(report, settings, chalk),
      ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
};

/** Rows of a long table, unasked: with its head as many as a terminal of 24 lines shows. */
const MOST_ROWS = 20;
const GAP = 2;
/** Columns of a wrapped column at least: a narrower one is unreadable. */
const NARROWEST = 9;

/** A column as it is laid out: texts are what people see. */
interface LaidColumn {
  readonly column: Column;
  readonly header: string;
  readonly cells: readonly { readonly text: string; readonly tone: Tone }[];
  /** Columns of the longest cell or the header, without wrapping. */
  readonly naturalWidth: number;
  /** Columns below which something other than a space of the header would have to break. */
  readonly unbrokenWidth: number;
}

function layOutColumn(column: Column, rows: Table['rows']): LaidColumn {
  const header = showName(column.header);
  const cells = rows.map((row) => {
    const cell: Cell = row[column.key] ?? '';
    return { text: showName(textOf(cell)), tone: typeof cell === 'string' ? ('plain' as const) : cell.tone };
  });
  const widest = cells.reduce((most, { text }) => Math.max(most, columnsOf(text)), 0);
  return {
    column,
    header,
    cells,
    naturalWidth: Math.max(widest, columnsOf(header)),
    unbrokenWidth: Math.max(widest, ...header.split(' ').map(columnsOf)),
  };
}

function writeTable(table: Arranged, settings: RenderSettings, chalk: ChalkInstance): string {
  const all = table.columns.map((column) => layOutColumn(column, table.rows));
  const columns = chooseColumns(all, settings.columns);
  const widths = fitWidths(columns, settings.columns);
  const paints = paintsOf(chalk);
  const head = joinCells(
    columns.map(({ column, header }, i) => ({
      column,
      width: widths[i] as number,
      lines: wrap(header, widths[i] as number, '').split('\n'),
      paint: chalk.dim,
    })),
    'bottom',
  );
  const rule = widths.map((width) => chalk.dim('\u2500'.repeat(width))).join(' '.repeat(GAP));
  const rows = table.rows.flatMap((_, row) =>
    joinCells(
      columns.map(({ column, cells }, i) => {
        const { text, tone } = cells[row] as LaidColumn['cells'][number];
        const width = widths[i] as number;
        const lines = columnsOf(text) > width ? wrapPieces(text, width, columnsOf) : [text];
        return { column, width, lines, paint: paints[tone] };
      }),
      'top',
    ),
  );
  const notes = [
    ...(table.folded === null ? [] : [table.folded]),
    ...wordHidden(all, columns),
    ...notesOf(
      table,
      columns.map(({ column }) => column),
    ),
  ].map((note) => chalk.dim(wrap(showText(note), settings.columns, '  ')));
  const title = table.title ? [chalk.bold(wrap(showText(table.title), settings.columns, ''))] : [];
  return [...title, ...head, rule, ...rows, ...notes].join('\n');
}

interface LaidCell {
  readonly column: Column;
  readonly width: number;
  readonly lines: readonly string[];
  /** Colours line by line: a cell's lines are set apart from each other. */
  readonly paint: (line: string) => string;
}

/** Sets cells beside each other: as many lines as the highest of them, shorter ones at the top or the bottom. */
function joinCells(cells: readonly LaidCell[], side: 'top' | 'bottom'): string[] {
  const height = Math.max(...cells.map(({ lines }) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map(({ column, width, lines, paint }) => {
        const text = lines[side === 'top' ? line : line - height + lines.length] ?? '';
        const padding = ' '.repeat(Math.max(0, width - columnsOf(text)));
        const painted = text === '' ? '' : paint(text);
        return column.align === 'right' ? padding + painted : painted + padding;
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

const totalWidth = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);

/** Chooses all columns that are not wide, and the wide ones, in order, as long as everything fits without wrapping. */
function chooseColumns(columns: readonly LaidColumn[], available: number): LaidColumn[] {
  let chosen = columns.filter(({ column }) => !column.wide);
  for (const extra of columns.filter(({ column }) => column.wide)) {
    const next = columns.filter((column) => column === extra || chosen.includes(column));
    if (totalWidth(next.map(({ naturalWidth }) => naturalWidth)) <= available) chosen = next;
  }
  while (chosen.length > 1 && totalWidth(fitWidths(chosen, available)) > available) chosen = chosen.slice(0, -1);
  return chosen;
}

/** Finds the column that an interval, or a heading that stands here twice, belongs to: the nearest one before it with a heading of its own. */
function findOwner(column: LaidColumn, all: readonly LaidColumn[]): LaidColumn | null {
  const isShared = ({ header }: LaidColumn) =>
    header === '95 %' || all.filter((other) => other.header === header).length > 1;
  if (!isShared(column)) return null;
  return all.slice(0, all.indexOf(column)).findLast((before) => !isShared(before)) ?? null;
}

/** Names columns, those of one owner together: `95 % and p (Holm) of makespan (s)`. */
const wordColumns = (columns: readonly LaidColumn[], all: readonly LaidColumn[]): string =>
  groups(columns, (column) => findOwner(column, all) ?? column)
    .map(([owner, own]) => {
      const names = wordList(own.map(({ header }) => header));
      return own[0] === owner ? names : `${names} of ${owner.header}`;
    })
    .join(', ');

/** Names the columns that did not fit, and the width at which they would. */
function wordHidden(all: readonly LaidColumn[], shown: readonly LaidColumn[]): string[] {
  const hidden = all.filter((column) => !shown.includes(column));
  if (hidden.length === 0) return [];
  const width = totalWidth(all.map(({ naturalWidth }) => naturalWidth));
  const count = hidden.length === 1 ? '1 column' : `${hidden.length} columns`;
  return [`${count} hidden: ${wordColumns(hidden, all)}; --columns ${width} or -f markdown shows all`];
}

/** Wraps headers first, then takes from the widest column that may wrap, until the table fits. */
function fitWidths(columns: readonly LaidColumn[], available: number): number[] {
  const widths = columns.map(({ naturalWidth }) => naturalWidth);
  for (const [i, { unbrokenWidth }] of columns.entries()) {
    const excess = totalWidth(widths) - available;
    if (excess > 0) widths[i] = Math.max(unbrokenWidth, (widths[i] as number) - excess);
  }
  for (let excess = totalWidth(widths) - available; excess > 0; excess--) {
    const widest = Math.max(0, ...widths.filter((_, i) => columns[i]?.column.wraps));
    if (widest <= NARROWEST) break;
    const at = widths.findIndex((width, i) => width === widest && columns[i]?.column.wraps);
    widths[at] = widest - 1;
  }
  return widths;
}

const paintsOf = (chalk: ChalkInstance): Readonly<Record<Tone, (text: string) => string>> => ({
  plain: (text) => text,
  gain: chalk.green,
  loss: chalk.red,
  uncertain: chalk.dim,
  strong: chalk.bold,
  muted: chalk.dim,
});

function writeFootnotes(report: Report, { columns }: RenderSettings, chalk: ChalkInstance): string {
  const { warnings, notes, leftOut, filters } = collectFootnotes(report);
  return [
    ...warnings.map((text) => chalk.yellow(wrap(`! ${text}`, columns, '  '))),
    ...notes.map((text) => wrap(`\u00b7 ${text}`, columns, '  ')),
    ...(leftOut ? [wrap(`Left out: ${leftOut}`, columns, '  ')] : []),
    ...(filters ? [wrap(`Only: ${filters}`, columns, '  ')] : []),
    ...report.gates.map(({ gate, of, verdict }) => showText(`Gate ${gate} (${of}): ${verdict}`)),
  ].join('\n');
}

/** Breaks at spaces; lines after the first begin with the indent. */
const wrap = (text: string, columns: number, indent: string): string =>
  wrapWords(text, columns, columnsOf, indent).join('\n');
