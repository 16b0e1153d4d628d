import { wordCount, wordList } from './words.ts';

/** A place at which runs broke, and how often. */
export interface FrontierWords {
  readonly function: string;
  readonly count: number;
  readonly kind: 'task' | 'startup';
}

const SIGN_WORDS = {
  'task-finished': 'ended',
  'startup-requested': 'was asked for',
  'startup-ready': 'was ready',
} as const;

/** `sepia_chunk ended`, `a worker for merge was asked for`. */
export const wordSign = ({
  functionName,
  of,
}: {
  readonly functionName: string;
  readonly of: keyof typeof SIGN_WORDS;
}): string => `${of === 'task-finished' ? '' : 'a worker for '}${functionName} ${SIGN_WORDS[of]}`;

/**
 * Words places at which runs broke, `most` of them at most: `8 start-ups for merge that never ended and 2 tasks of split that had
 * their inputs and left no metrics`.
 */
export function wordFrontier(points: readonly FrontierWords[], most: number): string {
  const shown = points.slice(0, most);
  const hidden = points.length - shown.length;
  const ofKind = (kind: FrontierWords['kind']) => shown.filter((point) => point.kind === kind);
  return wordList([
    ...wordStartups(ofKind('startup')),
    ...wordTasks(ofKind('task')),
    ...(hidden > 0 ? [wordCount(hidden, 'other place')] : []),
  ]);
}

function wordStartups(points: readonly FrontierWords[]): string[] {
  const words = points.map(
    ({ function: name, count }, i) => `${i === 0 ? wordCount(count, 'start-up') : count} for ${name}`,
  );
  return words.length === 0 ? [] : [`${wordList(words)} that never ended`];
}

function wordTasks(points: readonly FrontierWords[]): string[] {
  const words = points.map(
    ({ function: name, count }, i) => `${i === 0 ? wordCount(count, 'task') : count} of ${name}`,
  );
  const single = points.length === 1 && points[0]?.count === 1;
  return words.length === 0
    ? []
    : [`${wordList(words)} that had ${single ? 'its' : 'their'} inputs and left no metrics`];
}
