import { UserError } from '../errors.ts';
import type { Issue } from '../model/issue.ts';
import { matchName } from '../model/names.ts';
import type { RowBlock } from '../model/row-block.ts';
import { wordInput } from './word-input.ts';

/** A row holds the wanted cells in the order in which they were asked for; CSV cells are text. */
export interface Row {
  /** Line in the input, from 1; the first one of a row over several lines. */
  readonly line: number;
  /** `undefined` or `null`: the row has no such cell. */
  readonly cells: readonly unknown[];
}

/** A raw row is a row of the input, or the reason why there is none. */
export type RawRow = Row | { readonly issue: Issue };

/** A batch is rows in their order; of a block, cells can be read in place. */
export type RowBatch = readonly RawRow[] | RowBlock;

/** A text of rows is an input whose first line that is not blank is known, unless it is too long (64 KiB). */
export interface RowText {
  readonly uri: string;
  readonly firstLine: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A row decoder reads one text layout of rows, in batches. */
export type RowDecoder = (text: RowText, columns: WantedColumns) => AsyncGenerator<RowBatch>;

/** The columns to be read; those that are optional may be missing, and then have no cells. */
export interface WantedColumns {
  readonly names: readonly string[];
  readonly optional: ReadonlySet<string>;
}

/** Columns named in an error at most. */
const MOST_NAMED = 40;

/**
 * Finds the index of a wanted column among those there: by its exact name, else by its only namesake in other letters. Throws
 * `UserError` `unknown-column` when there is none; −1 of an optional one.
 */
export function findColumn(wanted: string, there: readonly string[], uri: string, optional: boolean): number {
  const match = matchName(wanted, there);
  if ('found' in match) return there.indexOf(match.found);
  if (optional && 'nearest' in match) return -1;
  throw unknownColumn(wanted, there, uri);
}

/** Creates the error `unknown-column`, which names the nearest column and those there are. */
export function unknownColumn(wanted: string, there: readonly string[], uri: string): UserError {
  const match = matchName(wanted, there);
  const nearest = 'nearest' in match && match.nearest !== null ? `Did you mean ${match.nearest}? ` : '';
  const more = there.length > MOST_NAMED ? ` and ${there.length - MOST_NAMED} more` : '';
  return new UserError('unknown-column', `${wordInput(uri)} has no column '${wanted}'`, {
    hint: `${nearest}There are ${there.slice(0, MOST_NAMED).join(', ')}${more}.`,
  });
}
