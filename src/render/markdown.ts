import { showName, showText } from '../view/show-text.ts';
import { type Arranged, arrangeTables } from './arrange.ts';
import { collectFootnotes, notesOf, textOf } from './notes.ts';
import type { Renderer } from './report.ts';

/** GitHub-flavoured tables with every column, for papers' notes and pull requests. */
export const renderMarkdown: Renderer = async (report, view, settings) => {
  const { warnings, notes, leftOut, filters } = collectFootnotes(report);
  // A document can hold every row: it is folded where it was asked to be.
  const tables = arrangeTables(view.tables, settings.rows, Number.POSITIVE_INFINITY);
  const headlines = view.headlines.map((headline) => `**${escapeText(showText(headline))}**`);
  if (settings.quiet) return `${headlines.join('\n\n')}\n`;
  const blocks = [
    ...headlines,
    ...(filters ? [`Only ${escapeText(filters)}.`] : []),
    ...tables.flatMap(writeTable),
    [
      ...warnings.map((text) => `- **Warning:** ${escapeText(text)}`),
      ...notes.map((text) => `- ${escapeText(text)}`),
    ].join('\n'),
    ...(leftOut ? [`Left out: ${escapeText(leftOut)}.`] : []),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
};

function writeTable(table: Arranged): string[] {
  const { title, columns, rows } = table;
  const notes = [...(table.folded === null ? [] : [table.folded]), ...notesOf(table, columns)];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    ...(title ? [`### ${escapeText(showText(title))}`] : []),
    [
      line(columns.map((column) => escapeText(showName(column.header)))),
      line(columns.map((column) => (column.align === 'right' ? '---:' : '---'))),
      ...rows.map((row) => line(columns.map((column) => escapeText(showName(textOf(row[column.key])).trim())))),
    ].join('\n'),
    ...(notes.length > 0 ? [notes.map((note) => `_${escapeText(showText(note))}_`).join('  \n')] : []),
  ];
}

/** Signs that Markdown, its tables and GitHub's mathematics would take for their own. */
const escapeText = (text: string): string => text.replace(/[|*_`<>\\[\]~&$]/g, '\\$&');
