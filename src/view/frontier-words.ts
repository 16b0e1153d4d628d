import { wordCount, wordList } from './words.ts';

/** A place at which runs broke, and how often. */
export interface FrontierWords {
  readonly function: string;
  readonly count: number;
  readonly kind: 'task' | 'startup';
}

/** `8 start-ups for edge_detect_chunk that never ended`, `1 task of merge that had its inputs and left no metrics`. */
export function wordFrontierPoint({ function: name, count, kind }: FrontierWords): string {
  return kind === 'startup'
    ? `${wordCount(count, 'start-up')} for ${name} that never ended`
    : `${wordCount(count, 'task')} of ${name} that had ${count === 1 ? 'its' : 'their'} inputs and left no metrics`;
}

/** Words places at which runs broke, `most` of them at most. */
export function wordFrontier(points: readonly FrontierWords[], most: number): string {
  const shown = points.slice(0, most).map(wordFrontierPoint);
  const hidden = points.length - shown.length;
  return wordList(hidden > 0 ? [...shown, `${hidden} more`] : shown);
}
