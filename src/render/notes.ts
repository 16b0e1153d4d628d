import type { Report } from './report.ts';

/** What stands below the tables, in the same words for terminal and Markdown. */
export interface Footnotes {
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  readonly leftOut: string | null;
  readonly filters: string | null;
}

export function collectFootnotes(report: Report): Footnotes {
  const messages = (severity: string) => [
    ...new Set(report.warnings.filter((warning) => warning.severity === severity).map(({ message }) => message)),
  ];
  const runs = `${report.filteredRunCount} ${report.filteredRunCount === 1 ? 'run' : 'runs'}`;
  return {
    warnings: messages('warning'),
    notes: messages('note'),
    leftOut: report.ledger.length === 0 ? null : report.ledger.map(wordEntry).join('; '),
    filters: report.filters.length === 0 ? null : `${report.filters.join(', ')} (${runs} filtered out)`,
  };
}

function wordEntry({ reason, scope, metric, count }: Report['ledger'][number]): string {
  const words = reason.replaceAll('-', ' ');
  if (scope === 'metric') return `${metric}: ${words} (${count})`;
  return `${words} (${count})`;
}

/** Plain text of a cell. */
export const textOf = (cell: string | { readonly text: string } | undefined): string =>
  typeof cell === 'string' ? cell : (cell?.text ?? '');
