import { showName, showText } from '../view/show-text.ts';
import { type Arranged, arrangeTables } from './arrange.ts';
import { collectFootnotes, notesOf, textOf } from './notes.ts';
import type { Renderer } from './report.ts';

/** Rows that a page holds for sure, headings and notes beside them: a longer table is broken over pages, which no float can be. */
const PAGE_ROWS = 40;

/**
 * Tables for a paper: one `table` environment each, to be taken with `\input` into a document that has `\usepackage{booktabs}`; a table of
 * more than 40 rows is a `longtable`, whose package LaTeX comes with. Needs UTF-8, LaTeX's default since 2018. All signs but those of names
 * are ones that pdfLaTeX has. What is no part of a table stands in comments.
 */
export const renderLatex: Renderer = async (report, view, settings) => {
  const { warnings, notes, leftOut, filters } = collectFootnotes(report);
  const tables = arrangeTables(view.tables, settings.rows, Number.POSITIVE_INFINITY);
  const written = settings.quiet ? [] : tables.map(writeTable);
  const packages = tables.some(isLong) ? 'booktabs,longtable' : 'booktabs';
  const head = [
    `wfa ${report.wfaVersion} ${report.analysis}; needs \\usepackage{${packages}}`,
    ...(written.some((table) => FOREIGN.test(table))
      ? ['Names in other scripts need LuaLaTeX or XeLaTeX with a font that has them.']
      : []),
    ...view.headlines,
    ...(filters ? [`Only ${filters}.`] : []),
  ];
  const foot = [...warnings.map((text) => `Warning: ${text}`), ...notes, ...(leftOut ? [`Left out: ${leftOut}.`] : [])];
  const blocks = [head.map(comment).join('\n'), ...written, ...(settings.quiet ? [] : [foot.map(comment).join('\n')])];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
};

const comment = (text: string): string => `% ${showText(text).replaceAll(/\s+/g, ' ')}`;

const isLong = ({ rows }: Arranged): boolean => rows.length > PAGE_ROWS;

function writeTable(table: Arranged): string {
  const { title, columns, rows } = table;
  const notes = [...(table.folded === null ? [] : [table.folded]), ...notesOf(table, columns)];
  const line = (cells: readonly string[]) => `    ${cells.join(' & ')} \\\\`;
  const alignment = `{@{}${columns.map(({ align }) => (align === 'right' ? 'r' : 'l')).join('')}@{}}`;
  const caption = title ? `\\caption{${escapeLatex(showText(title))}}` : null;
  const head = ['    \\toprule', line(columns.map(({ header }) => escapeLatex(showName(header)))), '    \\midrule'];
  const body = rows.map((row) =>
    line(columns.map(({ key }) => guardBracket(escapeLatex(showName(textOf(row[key])).trim())))),
  );
  const remarks = notes.map((note) => `\n  \\par\\smallskip{\\footnotesize ${escapeLatex(showText(note))}\\par}`);
  return (
    isLong(table)
      ? [
          `\\begin{longtable}${alignment}`,
          ...(caption ? [`    ${caption} \\\\`] : []),
          ...[...head, '    \\endfirsthead', ...head, '    \\endhead', '    \\bottomrule', '    \\endfoot'],
          ...[...body, '\\end{longtable}', ...remarks],
        ]
      : [
          '\\begin{table}',
          '  \\centering',
          ...(caption ? [`  ${caption}`] : []),
          `  \\begin{tabular}${alignment}`,
          ...[...head, ...body, '    \\bottomrule', '  \\end{tabular}', ...remarks, '\\end{table}'],
        ]
  ).join('\n');
}

/** Signs of LaTeX's own, those that its default fonts have in mathematics only, and those of which it makes others when they meet. */
const SIGNS: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '`': '\\textasciigrave{}',
  "''": "'{}'{}",
  '--': '-{}-{}',
  ',,': ',{},{}',
  '\u2212': '$-$',
  '\u00d7': '$\\times$',
  '\u00f7': '$\\div$',
  '\u00b1': '$\\pm$',
  '\u2264': '$\\le$',
  '\u2265': '$\\ge$',
  '\u2260': '$\\ne$',
  '\u2248': '$\\approx$',
  '\u2192': '$\\to$',
  '\u221a': '$\\surd$',
  '\u221e': '$\\infty$',
  '\u03c4': '$\\tau$',
  '\u03c7': '$\\chi$',
  '\u03a3': '$\\Sigma$',
  '\u25cf': '$\\bullet$',
  '\u00b2': '$^2$',
  '\u00bd': '$\\frac12$',
  '\u2013': '--',
  '\u2014': '---',
  '\u2026': '\\ldots{}',
  '\u00b7': '\\textperiodcentered{}',
};

const SIGN = new RegExp(`${Object.keys(SIGNS).map(escapeRegExp).join('|')}|[#$%&_{}]`, 'g');

/** What is left of other scripts when signs are escaped. */
const FOREIGN = /[^\0-\u017f]/;

function escapeRegExp(text: string): string {
  return text.replace(/[\\^|]/g, '\\$&');
}

/** Escapes a text for LaTeX's running text; controls have been shown already. */
export const escapeLatex = (text: string): string => text.replace(SIGN, (sign) => SIGNS[sign] ?? `\\${sign}`);

/** A bracket that begins a row would be taken for the length after `\\`, and a star for its other form. */
const guardBracket = (cell: string): string => (/^[[*]/.test(cell) ? `{}${cell}` : cell);
