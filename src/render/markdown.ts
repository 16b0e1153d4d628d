import { showName, showText } from '../view/show-text.ts';
import type { Table } from '../view/view.ts';
import { collectFootnotes, notesOf, textOf } from './notes.ts';
import type { Renderer } from './report.ts';

/** GitHub-flavoured tables with every column, for papers' notes and pull requests. */
export const renderMarkdown: Renderer = async (report, view) => {
  const { warnings, notes, leftOut, filters } = collectFootnotes(report);
  const blocks = [
    ...view.headlines.map((headline) => `**${escapeText(showText(headline))}**`),
    ...(filters ? [`Only ${escapeText(filters)}.`] : []),
    ...view.tables.filter(({ rows }) => rows.length > 0).flatMap(writeTable),
    [
      ...warnings.map((text) => `- **Warning:** ${escapeText(text)}`),
      ...notes.map((text) => `- ${escapeText(text)}`),
    ].join('\n'),
    ...(leftOut ? [`Left out: ${escapeText(leftOut)}.`] : []),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
};

function writeTable(table: Table): string[] {
  const { title, columns, rows } = table;
  const notes = notesOf(table, columns);
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
