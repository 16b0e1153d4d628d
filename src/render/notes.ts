import { showText } from '../view/show-text.ts';
import type { Column, Table } from '../view/view.ts';
import type { Report } from './report.ts';

/** The footnotes stand below the tables. */
export interface Footnotes {
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  readonly leftOut: string | null;
  readonly filters: string | null;
}

/** Words the footnotes below the tables as people see them, the same for terminal and Markdown. */
export function collectFootnotes(report: Report): Footnotes {
  const messages = (severity: string) => [
    ...new Set(
      report.warnings.filter((warning) => warning.severity === severity).map(({ message }) => showText(message)),
    ),
  ];
  const runs = `${report.filteredRunCount} ${report.filteredRunCount === 1 ? 'run' : 'runs'}`;
  return {
    warnings: messages('warning'),
    notes: messages('note'),
    leftOut: report.ledger.length === 0 ? null : showText(report.ledger.map(wordEntry).join('; ')),
    filters: report.filters.length === 0 ? null : showText(`${report.filters.join(', ')} (${runs} filtered out)`),
  };
}

function wordEntry({ reason, scope, metric, count }: Report['ledger'][number]): string {
  // Names from the data follow a colon.
  const [code = '', ...names] = reason.split(': ');
  const words = [code.replaceAll('-', ' '), ...names].join(': ');
  if (scope === 'metric') return `${metric}: ${words} (${count})`;
  return `${words} (${count})`;
}

/** Lists the notes of a table that shows these columns. */
export const notesOf = ({ notes }: Table, columns: readonly Column[]): string[] =>
  notes.flatMap((note) => {
    if (typeof note === 'string') return [note];
    return columns.some(({ key }) => key === note.column) ? [note.text] : [];
  });

/** Takes the plain text of a cell; '' without one. */
export const textOf = (cell: string | { readonly text: string } | undefined): string =>
  typeof cell === 'string' ? cell : (cell?.text ?? '');
