import type { Skipped } from '../engine/inputs.ts';
import { groupBy } from '../model/group-by.ts';

/** Names in a line at most: a folder may hold thousands of other files. */
const SHOWN_COUNT = 10;

/** Words what was not read, a line for each reason. */
export const wordSkipped = (skipped: readonly Skipped[]): string[] =>
  groupBy(skipped, ({ reason }) => reason).map((group) => {
    const names = group.slice(0, SHOWN_COUNT).map(({ uri }) => uri);
    const more = group.length > SHOWN_COUNT ? ` and ${group.length - SHOWN_COUNT} more` : '';
    return `skipped, ${group[0]?.reason}: ${names.join(', ')}${more}`;
  });
