import { showName, showText } from '../view/show-text.ts';
import { type Arranged, arrangeTables } from './arrange.ts';
import { collectFootnotes, notesOf, textOf } from './notes.ts';
import type { Renderer } from './report.ts';

/**
 * Tables for a paper: one `table` environment each, to be taken with `\input` into a document that has `\usepackage{booktabs}`.
 * Needs UTF-8, LaTeX's default since 2018, and no other package. What is no part of a table stands in comments.
 */
export const renderLatex: Renderer = async (report, view, settings) => {
  const { warnings, notes, leftOut, filters } = collectFootnotes(report);
  const tables = arrangeTables(view.tables, settings.rows, Number.POSITIVE_INFINITY);
  const head = [
    `wfa ${report.wfaVersion} ${report.analysis}; needs \\usepackage{booktabs}`,
    ...view.headlines,
    ...(filters ? [`Only ${filters}.`] : []),
  ];
  const foot = [...warnings.map((text) => `Warning: ${text}`), ...notes, ...(leftOut ? [`Left out: ${leftOut}.`] : [])];
  const blocks = [
    head.map(comment).join('\n'),
    ...(settings.quiet ? [] : [...tables.map(writeTable), foot.map(comment).join('\n')]),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
};

const comment = (text: string): string => `% ${showText(text).replaceAll(/\s+/g, ' ')}`;

function writeTable(table: Arranged): string {
  const { title, columns, rows } = table;
  const notes = [...(table.folded === null ? [] : [table.folded]), ...notesOf(table, columns)];
  const line = (cells: readonly string[]) => `    ${cells.join(' & ')} \\\\`;
  return [
    '\\begin{table}',
    '  \\centering',
    ...(title ? [`  \\caption{${escapeLatex(showText(title))}}`] : []),
    `  \\begin{tabular}{@{}${columns.map(({ align }) => (align === 'right' ? 'r' : 'l')).join('')}@{}}`,
    '    \\toprule',
    line(columns.map(({ header }) => escapeLatex(showName(header)))),
    '    \\midrule',
    ...rows.map((row) => line(columns.map(({ key }) => guardBracket(escapeLatex(showName(textOf(row[key])).trim()))))),
    '    \\bottomrule',
    '  \\end{tabular}',
    ...notes.map((note) => `\n  \\par\\smallskip{\\footnotesize ${escapeLatex(showText(note))}\\par}`),
    '\\end{table}',
  ].join('\n');
}

/** Signs of LaTeX's own, and those that its default fonts have in mathematics only. */
const SIGNS: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '\u2212': '$-$',
  '\u00d7': '$\\times$',
  '\u00f7': '$\\div$',
  '\u00b1': '$\\pm$',
  '\u2264': '$\\le$',
  '\u2265': '$\\ge$',
  '\u2260': '$\\ne$',
  '\u2248': '$\\approx$',
  '\u2192': '$\\to$',
  '\u221e': '$\\infty$',
  '\u03c4': '$\\tau$',
  '\u03a3': '$\\Sigma$',
  '\u2013': '--',
  '\u2014': '---',
  '\u2026': '\\ldots{}',
  '\u00b7': '\\textperiodcentered{}',
};

/** Escapes a text for LaTeX's running text; controls have been shown already. */
export const escapeLatex = (text: string): string =>
  text.replace(
    /[\\~^<>|\u2212\u00d7\u00f7\u00b1\u2264\u2265\u2260\u2248\u2192\u221e\u03c4\u03a3\u2013\u2014\u2026\u00b7]|[#$%&_{}]/g,
    (sign) => SIGNS[sign] ?? `\\${sign}`,
  );

/** A bracket that begins a row would be taken for the length after `\\`, and a star for its other form. */
const guardBracket = (cell: string): string => (/^[[*]/.test(cell) ? `{}${cell}` : cell);
