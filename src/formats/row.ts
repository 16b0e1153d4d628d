import { UserError } from '../errors.ts';
import type { Issue } from '../model/issue.ts';
import { matchName } from '../model/names.ts';
import { wordInput } from './index.ts';

/** One row: the wanted cells in the order in which they were asked for; CSV cells are text. */
export interface Row {
  /** 1-based, in the input; of a row over several lines, the last. */
  readonly line: number;
  /** `undefined` or `null`: the row has no such cell. */
  readonly cells: readonly unknown[];
}

export type RawRow = Row | { readonly issue: Issue };

/** An input, with its first line as far as that is not too long. */
export interface RowText {
  readonly uri: string;
  readonly firstLine: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A text layout of rows. */
export type RowDecoder = (text: RowText, columns: readonly string[]) => AsyncGenerator<readonly RawRow[]>;

const MOST_NAMED = 40;

/** Where a wanted column stands among those that there are: by its exact name, else by its only namesake in other letters. */
export function findColumn(wanted: string, there: readonly string[], uri: string): number {
  const match = matchName(wanted, there);
  if ('found' in match) return there.indexOf(match.found);
  throw unknownColumn(wanted, there, uri);
}

/** Says which columns there are, and which is the nearest. */
export function unknownColumn(wanted: string, there: readonly string[], uri: string): UserError {
  const match = matchName(wanted, there);
  const nearest = 'nearest' in match && match.nearest !== null ? `Did you mean ${match.nearest}? ` : '';
  const more = there.length > MOST_NAMED ? ` and ${there.length - MOST_NAMED} more` : '';
  return new UserError('unknown-column', `${wordInput(uri)} has no column '${wanted}'`, {
    hint: `${nearest}There are ${there.slice(0, MOST_NAMED).join(', ')}${more}.`,
  });
}
