import type { Scalar } from '../view/view.ts';
import type { Renderer } from './report.ts';
import { gather } from './stream.ts';

/** RFC 4180 with line feeds; base units, full precision, an empty field for not measured. */
export const renderCsv: Renderer = async (_report, { records: { columns, rows } }) =>
  gather(
    (function* () {
      yield `${columns.join(',')}\n`;
      for (const row of rows) yield `${columns.map((column) => quote(row[column] ?? null)).join(',')}\n`;
    })(),
  );

function quote(cell: Scalar): string {
  const text = cell === null ? '' : String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
