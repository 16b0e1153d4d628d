import type { Scalar } from '../view/view.ts';
import type { Renderer } from './report.ts';

/** RFC 4180 with line feeds; base units, full precision, an empty field for not measured. */
export const renderCsv: Renderer = async (_report, { records }) => {
  const lines = records.rows.map((row) => records.columns.map((column) => quote(row[column] ?? null)).join(','));
  return [records.columns.join(','), ...lines].map((line) => `${line}\n`).join('');
};

function quote(cell: Scalar): string {
  const text = cell === null ? '' : String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
