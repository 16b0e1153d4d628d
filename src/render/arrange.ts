import { UserError } from '../errors.ts';
import type { Cell, Column, Table } from '../view/view.ts';
import { wordList } from '../view/words.ts';
import { textOf } from './notes.ts';
import type { RowSettings } from './report.ts';

/** Which rows of tables for people are shown and in which order: the same for terminal and Markdown. Formats for machines hold all. */

type Row = Table['rows'][number];

/** A table as it is shown. */
export interface Arranged extends Table {
  /** Says which rows are folded and how to see them; `null`: none is. */
  readonly folded: string | null;
}

/** Sorts, folds and blanks the rows of all tables. `most`: rows of a long table unless asked; `UserError` for an unknown `--sort`. */
export function arrangeTables(tables: readonly Table[], settings: RowSettings, most: number): Arranged[] {
  const shown = tables.filter(({ rows }) => rows.length > 0);
  if (settings.sort !== null) checkSort(shown, settings.sort);
  return shown.map((table) => arrange(table, settings, most));
}

function arrange(table: Table, { top, all, sort }: RowSettings, most: number): Arranged {
  const { fold, columns } = table;
  const asked = sort === null ? null : findColumn(columns, sort);
  const unasked = fold?.whole ? Number.POSITIVE_INFINITY : most;
  const limit = !fold || (all && top === null) ? Number.POSITIVE_INFINITY : (top ?? unasked);
  const isFolded = table.rows.length > limit;
  const by = asked ?? (isFolded && fold?.by !== undefined ? columns.find(({ key }) => key === fold.by) : null) ?? null;
  const sorted = by === null ? table.rows : sortRows(table.rows, by);
  const rows = blankRepeats(isFolded ? sorted.slice(0, limit) : sorted, columns);
  return { ...table, rows, folded: isFolded ? wordFolded(table, limit, by) : null };
}

function wordFolded({ rows, fold }: Table, limit: number, by: Column | null): string {
  const order =
    by === null ? '' : isNamed(by) ? `, in the order of ${by.header}` : `, those with the largest ${by.header}`;
  return `${limit} of ${rows.length} ${fold?.rows}${order}: --all shows all, --top N so many, --sort COLUMN others first`;
}

const isNamed = ({ align }: Column): boolean => align === 'left';

function checkSort(tables: readonly Table[], sort: string): void {
  if (tables.length === 0 || tables.some(({ columns }) => findColumn(columns, sort))) return;
  const headers = [...new Set(tables.flatMap(({ columns }) => columns.map(({ header }) => header)))].filter(
    (header) => header !== '' && !header.startsWith('95 %'),
  );
  throw new UserError('unknown-column', `--sort '${sort}': no table here has such a column`, {
    hint: `The columns are ${wordList(headers)}.`,
  });
}

/** A heading without its unit is enough, and so is the column's key. */
const normalizeHeader = (header: string): string =>
  header
    .replace(/\s*\([^)]*\)|%/g, '')
    .toLowerCase()
    .replace(/[-_\s]/g, '');

const findColumn = (columns: readonly Column[], asked: string): Column | null =>
  columns.find(({ key, header }) => key === asked || header === asked) ??
  columns.find(({ key, header }) => [key, header].some((name) => normalizeHeader(name) === normalizeHeader(asked))) ??
  null;

/** Sorts figures from the largest, names and instants from the first; what is not measured comes last, equal rows as they stand. */
function sortRows(rows: readonly Row[], column: Column): readonly Row[] {
  const texts = new Map(rows.map((row) => [row, textOf(row[column.key]).trim()]));
  const figures = new Map(rows.map((row) => [row, figureOf(texts.get(row) as string)]));
  const known = rows.filter((row) => figures.get(row) !== null);
  if (!isNamed(column) && known.length > 0) {
    const unknown = rows.filter((row) => figures.get(row) === null);
    return [...known.sort((a, b) => (figures.get(b) as number) - (figures.get(a) as number)), ...unknown];
  }
  return [...rows].sort((a, b) => compareTexts(texts.get(a) as string, texts.get(b) as string));
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Reads the first figure of a cell: `−8.1 ?`, `[−11.0, −5.2]`, `×0.38`, `< 0.001`, `34 of 66`; `null` without one. */
export function figureOf(text: string): number | null {
  const [digits] = /[\u2212+]?\d+(?:\.\d+)?(?:e\d+)?/.exec(text) ?? [];
  return digits === undefined ? null : Number(digits.replace('\u2212', '-'));
}

/** Leaves cells blank that say again what the row above says. */
function blankRepeats(rows: readonly Row[], columns: readonly Column[]): readonly Row[] {
  const keys = columns.flatMap(({ key, once }) => (once ? [key] : []));
  if (keys.length === 0) return rows;
  return rows.map((row, i) => {
    const above = rows[i - 1];
    const differing = above ? keys.findIndex((key) => textOf(row[key]) !== textOf(above[key])) : 0;
    const repeated = differing === -1 ? keys : keys.slice(0, differing);
    return { ...row, ...Object.fromEntries(repeated.map((key): [string, Cell] => [key, ''])) };
  });
}
