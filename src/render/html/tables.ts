import type { Table } from '../../view/view.ts';
import { type Arranged, arrangeTables, figureOf } from '../arrange.ts';
import { notesOf, textOf } from '../notes.ts';
import { writeName, writeText } from './escape.ts';

/** Rows of a table at most: a page with more is slow to open, and the command has all. */
const MOST_ROWS = 200;

/** Writes tables, each of which unfolds; `open`: the first so many are unfolded. */
export function writeTables(tables: readonly Table[], open = 0): string {
  // Every row says everything: rows can be sorted and filtered.
  const shown = tables.filter(({ rows }) => rows.length > 0);
  const whole = shown.map((table) => ({ ...table, columns: table.columns.map(({ once: _, ...column }) => column) }));
  return arrangeTables(whole, { top: null, all: false, sort: null }, MOST_ROWS)
    .map((table, i) => writeTable(table, shown[i]?.rows.length ?? 0, i < open))
    .join('');
}

function writeTable(table: Arranged, rowCount: number, isOpen: boolean): string {
  const { columns, rows, folded } = table;
  const title = table.title ?? 'table';
  const notes = [...(folded === null ? [] : [folded]), ...notesOf(table, columns)];
  const head = columns.map(
    ({ header, align }) => `<th scope="col" class="${align}" data-sort>${writeName(header) || '&nbsp;'}</th>`,
  );
  const body = rows.map(
    (row) => `<tr>${columns.map((column, i) => writeCell(row[column.key], column.align, i)).join('')}</tr>`,
  );
  return (
    `<details class="table"${isOpen ? ' open' : ''}><summary>${writeText(title)} <small>(${rows.length < rowCount ? `${rows.length} of ` : ''}${rowCount})</small></summary>` +
    `<div class="scroll" tabindex="0" role="region" aria-label="${writeText(title)}"><table><thead><tr>${head.join('')}</tr></thead>` +
    `<tbody>${body.join('')}</tbody></table></div>${notes.map((note) => `<p class="note">${writeText(note)}</p>`).join('')}</details>`
  );
}

function writeCell(cell: Table['rows'][number][string] | undefined, align: 'left' | 'right', place: number): string {
  const text = textOf(cell).trim();
  const tone = typeof cell === 'object' && cell.tone !== 'plain' ? ` ${cell.tone}` : '';
  const figure = align === 'right' ? figureOf(text) : null;
  const value = figure === null ? '' : ` data-v="${figure}"`;
  return place === 0
    ? `<th scope="row" class="${align}${tone}">${writeName(text)}</th>`
    : `<td class="${align}${tone}"${value}>${writeName(text)}</td>`;
}
