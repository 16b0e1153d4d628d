import { min } from 'd3-array';
import type { QuantileRefusal } from '../../stats/quantile-contrast.ts';
import { wordCount, wordList } from '../../view/words.ts';
import type { Stat } from '../design/stat.ts';
import { type Finding, note, warn } from './finding.ts';

/** A metric of which arms are held against each other by a quantile. */
export interface AskedQuantile {
  readonly metric: string;
  /** The metric in words, with the candidate where there are several. */
  readonly words: string;
  readonly stat: Stat;
  readonly refusal: QuantileRefusal | null;
  /** Blocks that count, and those in which all arms have figures. */
  readonly blockCount: number;
  readonly measuredBlockCount: number;
  /** Runs of an arm in the smallest block that counts. */
  readonly smallestCell: number;
}

/** Runs of a cell from which on the block's level hardly follows one of them. */
const DEEP_CELL = 5;

/** Finds quantiles that are refused, that leave blocks out, or whose blocks have few runs to know their level by. */
export function auditQuantiles(asked: readonly AskedQuantile[]): Finding[] {
  const refused = (reason: QuantileRefusal['reason']) => asked.filter(({ refusal }) => refusal?.reason === reason);
  const told = asked.filter(({ refusal }) => refusal === null);
  return [
    ofSome(refused('too-few'), (some, { words, stat, metrics }) =>
      warn(
        'too-few-for-quantile',
        `${words}: ${stat} needs ${some[0]?.refusal?.fewest} runs of each arm, counted as blocks \u00d7 the smallest cell, and there are ${countsOf(some)}: run more, or compare the means`,
        { metrics },
      ),
    ),
    ofSome(refused('shallow-cells'), (some, { words, stat, metrics }) =>
      warn(
        'shallow-cells',
        `${words}: ${stat} needs ${some[0]?.refusal?.fewest} runs in every cell of so many blocks, and there are ${countsOf(some)}: the level of a block is the mean of few runs, follows them and hides tails. Run more, or make larger blocks (--block)`,
        { metrics },
      ),
    ),
    ofSome(
      told.filter(({ blockCount, measuredBlockCount }) => blockCount < measuredBlockCount),
      (some, { words, stat, metrics }) =>
        note(
          'blocks-without-quantile',
          `${words}: ${stat} is that of ${some.map((own) => `${own.blockCount} of ${own.measuredBlockCount}`).join(', ')} blocks: the others have too few runs to count`,
          { metrics },
        ),
    ),
    ofSome(
      told.filter(({ smallestCell }) => smallestCell < DEEP_CELL),
      (some, { words, stat, metrics }) =>
        note(
          'quantile-of-small-cells',
          `${words}: a block's mean is made of as few as ${wordCount(min(some, ({ smallestCell }) => smallestCell) ?? 0, 'run')} of an arm and follows them: the arms' ${stat} may lie farther apart than told; the interval allows for it`,
          { metrics },
        ),
    ),
  ];
}

type Said = { readonly words: string; readonly stat: string; readonly metrics: readonly string[] };

/** Says something of the metrics that are concerned, if any is. */
const ofSome = (
  some: readonly AskedQuantile[],
  say: (some: readonly AskedQuantile[], said: Said) => Finding,
): Finding =>
  some.length > 0 &&
  say(some, {
    words: wordList(some.map(({ words }) => words)),
    stat: some[0]?.stat ?? '',
    metrics: some.map(({ metric }) => metric),
  });

/** `31`, or `31, 29` where metrics differ. */
const countsOf = (some: readonly AskedQuantile[]): string =>
  [...new Set(some.map(({ refusal }) => refusal?.count))].join(', ');
