import { extent } from 'd3-array';
import { groupBy } from '../../model/group-by.ts';
import { findMetric } from '../../model/metrics.ts';
import { wordList, wordNumber } from '../../view/words.ts';
import type { Comparison } from '../design/comparison.ts';
import { labelOf } from './wording.ts';

/**
 * Answers in a sentence what a candidate does against its baseline and what to do next, as in `against uniform, non-uniform costs
 * 3.8 times as much [2.9, 5.0]; whether it is faster cannot be told: about 7 more runs of each arm in each block would show a change of
 * 5 %`. `own`: its comparisons, at least one.
 */
export function wordAnswer(own: readonly Comparison[]): string {
  const having = (outcome: Comparison['overall']['outcome']) =>
    own.filter(({ overall }) => overall.outcome === outcome);
  const [certain, hints, same] = [having('different'), having('hint'), having('equivalent')];
  const open = having('inconclusive').filter(({ overall }) => overall.blockCount > 0);
  const clauses = [
    ...(certain.length > 0 ? [wordList(certain.map(wordEffect))] : []),
    ...(same.length > 0 ? [`does not change ${wordList(same.map(({ metric }) => labelOf(metric)))}`] : []),
    ...(hints.length > 0 ? [`${wordList(hints.map(wordEffect))} (a hint)`] : []),
  ];
  const questions = open.length > 0 ? [`${wordList(open.map(wordQuestion))} cannot be told`] : [];
  const { baseline, candidate } = own[0] as Comparison;
  const found = clauses.length > 0 ? [`against ${baseline}, ${candidate} ${clauses.join(', and ')}`] : [];
  const next = wordNext([...open, ...hints]);
  const told = [...found, ...questions].join('; ') || 'no block has figures of both';
  const answer = `${told}${next && `: ${next}`}`;
  return found.length > 0 ? answer : `${candidate} against ${baseline}: ${answer}`;
}

/** Verbs of the metrics that have some of their own: `takes 8.1 % less time`, `costs 3.8 times as much`. */
const VERBS: Readonly<
  Record<string, { readonly verb: string; readonly more: string; readonly times: string; readonly question?: string }>
> = {
  makespan: { verb: 'takes', more: ' time', times: 'as long' },
  'resource-usage': { verb: 'costs', more: '', times: 'as much' },
  // Beside resource usage, which costs less or more, it must not be the same word.
  cost: { verb: 'is billed', more: '', times: 'as much', question: 'whether its bill differs' },
};

/** Ratios from which a change is worded as a multiple. */
const MULTIPLE = 2;

function wordEffect({ metric, overall: { changeFraction, ciLow, ciHigh, difference } }: Comparison): string {
  const own = VERBS[metric];
  const { lessWord = 'less', moreWord = 'more' } = own ? {} : countWords(metric);
  const verb = own?.verb ?? 'has';
  if (changeFraction === null)
    return `${verb} ${(difference.amount ?? 0) < 0 ? lessWord : moreWord} ${labelOf(metric)}`;
  const bounds = [ciLow, ciHigh].map((bound) => bound ?? 0);
  if (changeFraction >= MULTIPLE - 1) {
    const [ratio, low, high] = [changeFraction, ...bounds].map((change) => wordNumber(1 + change, 1));
    return `${verb} ${ratio} times ${own?.times ?? `the ${labelOf(metric)}`} [${low}, ${high}]`;
  }
  const isLess = changeFraction < 0;
  const [percent, ...ends] = [changeFraction, ...bounds].map((change) =>
    wordNumber(100 * (isLess ? -change : change), 1),
  );
  const [low, high] = isLess ? ends.reverse() : ends;
  return `${verb} ${percent} % ${isLess ? lessWord : moreWord}${own?.more ?? ` ${labelOf(metric)}`} [${low}, ${high}]`;
}

/** `fewer` for what is counted. */
const countWords = (metric: string) => {
  const { lessWord, moreWord } = findMetric(metric) ?? {};
  return lessWord === 'fewer' ? { lessWord, moreWord } : {};
};

function wordQuestion({ metric }: Comparison): string {
  const { lessWord = '' } = findMetric(metric) ?? {};
  const own = VERBS[metric];
  if (own?.question) return own.question;
  if (own) return `whether it is ${lessWord}`;
  return `whether its ${labelOf(metric)} ${lessWord === 'fewer' ? 'differ' : 'differs'}`;
}

/** Says what would tell more; empty where all is told. */
function wordNext(undecided: readonly Comparison[]): string {
  const groups = groupBy(undecided, ({ overall }) => kindOf(overall.additionalRunsFor5Percent));
  return groups.map(wordNextOf).join('; ');
}

const kindOf = (additional: number | null) => (additional === null ? 'unknown' : additional === 0 ? 'enough' : 'more');

function wordNextOf(comparisons: readonly Comparison[], _: number, all: readonly unknown[]): string {
  const of = all.length > 1 ? ` (${wordList(comparisons.map(({ metric }) => labelOf(metric)))})` : '';
  const additional = comparisons.map(({ overall }) => overall.additionalRunsFor5Percent);
  const [least = 0, most = 0] = extent(additional, Number);
  switch (kindOf(additional[0] ?? null)) {
    case 'unknown':
      return `two runs or more of each arm in every block would tell how many more it takes${of}`;
    case 'enough':
      return `a change of 5 % would have been seen${of}`;
    case 'more':
      return `about ${least < most ? `${least} to ${most}` : most} more ${most === 1 ? 'run' : 'runs'} of each arm in each block would show a change of 5 %${of}`;
  }
}
