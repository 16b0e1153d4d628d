import { least } from 'd3-array';
import { findMetric, type Metric } from '../../model/metrics.ts';
import { readableUnit, wordChange, wordCount, wordFigure, wordList, wordPercentChange } from '../../view/words.ts';
import { wordRefusal } from '../design/interval-words.ts';
import { excludesNoChange, isConfirmed } from '../design/outcome.ts';
import type { ArmMetric, Decisions, RankedArm, RankedQuantile, RankResult } from './result.ts';

/** The sentences of a ranking: the same on the terminal, in the chart's title and in the machine formats. */

type Unworded = Omit<RankResult, 'headline' | 'headlines'>;

export const labelOf = (metric: string): string => findMetric(metric)?.label ?? metric;

/** Gives a metric's name with the stat that arms are ranked by, if that is not the mean: `makespan (p90)`. */
export const wordStat =
  ({ stat }: Pick<RankResult, 'stat'>) =>
  (metric: string): string =>
    `${labelOf(metric)}${stat === 'mean' ? '' : ` (${stat})`}`;

/** A level in the unit that people read, with the unit: `6.53 s`. */
function wordLevel({ level, unit }: Pick<ArmMetric, 'level' | 'unit'>): string {
  if (level === null) return 'not measured';
  const { name, scale } = readableUnit(unit);
  return `${wordFigure(level * scale)}${name === '' ? '' : ` ${name}`}`;
}

/** An arm with its figures for one metric. */
export interface ArmOf {
  readonly label: string;
  readonly of: ArmMetric;
}

/** The arms with their figures for a metric, in the order of the result. */
export const armsOf = ({ arms }: Pick<RankResult, 'arms'>, metric: string): ArmOf[] =>
  arms.map(({ label, metrics }) => ({ label, of: metrics[metric] as ArmMetric }));

/** The arm with the lowest level; `null` where there are no levels. */
export const bestOf = (arms: readonly ArmOf[]): ArmOf | null => arms.find(({ of }) => isLowest(of)) ?? null;

/** Is true for the arm with the lowest level, and for each whose level equals it. */
export const isLowest = ({ level, changeFromBestFraction }: ArmMetric): boolean =>
  level !== null && changeFromBestFraction === 0;

/** A sentence a metric, then the price of the best. */
export function wordHeadlines(result: Unworded, metrics: readonly Metric[]): string[] {
  const { arms, blockCount, quantiles } = result;
  const nameOf = wordStat(result);
  if (arms.length === 1) {
    const [{ label, metrics: own }] = arms as [RankedArm];
    const levels = metrics.map(({ key }) => `${nameOf(key)} ${wordLevel(own[key] as ArmMetric)}`);
    return [
      `${label} is alone: there is nothing to rank it against; ${levels.join(', ')} in ${wordCount(blockCount, 'block')}`,
    ];
  }
  const extent = `${wordCount(arms.length, 'arm')}, ${wordCount(blockCount, 'block')} that all share`;
  const sentences = metrics.map(({ key }) => `${nameOf(key)}: ${wordMetric(armsOf(result, key), quantiles?.[key])}`);
  return [
    ...sentences.slice(0, 1).map((sentence) => `${sentence}; ${extent}`),
    ...sentences.slice(1),
    ...wordPrice(result),
  ];
}

/** `uniform-opt is lowest (6.53 s); uniform cannot be told from it; wukong is worse by +80.1 % [+60.2, +99.1]`. */
function wordMetric(arms: readonly ArmOf[], quantile: RankedQuantile | undefined): string {
  if (quantile?.refusal) return `cannot be ranked, ${wordRefusal(quantile.refusal)}`;
  const best = bestOf(arms);
  if (best === null) return 'cannot be ranked';
  const lowest = arms.filter(({ of }) => isLowest(of));
  const others = arms.filter(({ of }) => !isLowest(of));
  const worse = others.filter(({ of }) => isToldWorse(of));
  const hints = others.filter(({ of }) => isHint(of));
  const same = others.filter((arm) => !worse.includes(arm) && !hints.includes(arm));
  const parts = [
    lowest.length > 1
      ? `${namesOf(lowest)} are equally low (${wordLevel(best.of)})`
      : `${best.label} is ${same.length + hints.length === 0 ? 'best' : 'lowest'} (${wordLevel(best.of)})`,
    ...(same.length > 0 ? [`${namesOf(same)} cannot be told from ${lowest.length > 1 ? 'them' : 'it'}`] : []),
    ...(hints.length > 0 ? [`${wordWorse(hints, 'may be')} (a hint)`] : []),
    ...(worse.length > 0 ? [wordWorse(worse)] : []),
  ];
  return parts.join('; ');
}

const namesOf = (arms: readonly ArmOf[]): string => wordList(arms.map(({ label }) => label));

/** `wukong is worse by +80.1 % [+60.2, +99.1]`; of several the least of the changes. */
function wordWorse(arms: readonly ArmOf[], verb = arms.length === 1 ? 'is' : 'are'): string {
  const closest = least(arms, ({ of }) => of.changeFromBestFraction) as ArmOf;
  return `${namesOf(arms)} ${verb} worse${arms.length === 1 ? '' : ', the nearest'} by ${wordExcess(closest.of)}`;
}

/** Is true when an arm is told worse than the best by interval and test. */
export const isToldWorse = ({ ciLow, ciHigh, pAdjusted }: ArmMetric): boolean =>
  excludesNoChange(ciLow, ciHigh) && isConfirmed(pAdjusted);

/** Is true when the interval excludes the best without a test that confirms it. */
export const isHint = (of: ArmMetric): boolean => excludesNoChange(of.ciLow, of.ciHigh) && !isToldWorse(of);

const wordExcess = ({ changeFromBestFraction, ciLow, ciHigh }: ArmMetric): string =>
  wordChange(changeFromBestFraction ?? 0, ciLow, ciHigh);

/** The price of the arm with the lowest makespan, and what it buys: with intervals where the second metric of the front is ranked too. */
function wordPrice({ arms, blockCount, pareto, costMetric }: Unworded): string[] {
  const overall = pareto.filter(({ scope }) => scope === 'overall');
  const [fastest, cheapest] = [least(overall, ({ makespan }) => makespan), least(overall, ({ cost }) => cost)];
  if (!fastest || !cheapest) return [];
  const cost = labelOf(costMetric);
  const where =
    fastest.blockCount < blockCount ? `in the ${wordCount(fastest.blockCount, 'block')} with both figures, ` : '';
  if (fastest === cheapest) {
    const lowest = overall.filter(({ makespan, cost: own }) => makespan === fastest.makespan && own === fastest.cost);
    return [
      `${where}${wordList(lowest.map(({ label }) => label))} ${lowest.length > 1 ? 'are equal, and lowest' : 'is lowest'} in both makespan and ${cost}`,
    ];
  }
  const changeOf = (arm: string, metric: string, change: number) => {
    const of = arms.find((each) => each.arm === arm)?.metrics[metric];
    const isSame = of !== undefined && Math.abs((of.changeFromBestFraction ?? 0) - change) < SAME_CHANGE;
    return isSame ? wordExcess(of) : `${wordPercentChange(change)} %`;
  };
  const dearer = changeOf(fastest.arm, costMetric, fastest.cost / cheapest.cost - 1);
  const slower = changeOf(cheapest.arm, 'makespan', cheapest.makespan / fastest.makespan - 1);
  const front = overall.filter(({ status }) => status === 'front').map(({ label }) => label);
  return [
    `price: ${where}${fastest.label}, lowest in makespan, has ${dearer} ${cost} against ${cheapest.label}, whose makespan is ${slower} against it; on the Pareto front: ${wordList(front)}`,
  ];
}

/** Changes that differ by less are of the same blocks. */
const SAME_CHANGE = 1e-9;

/** `1`, or `1–3` where arms cannot be told apart. */
export const wordRank = ({ rankLow, rankHigh, level }: ArmMetric): string =>
  level === null ? '\u2013' : rankLow === rankHigh ? `${rankLow}` : `${rankLow}\u2013${rankHigh}`;

/** `plans order 12 of 18 pairs of planners as they came out (a coin: 9); choosing by plan costs +3.1 % makespan`. */
export const wordDecisions = ({ pairCount, orderedRightCount, regretMeanFraction }: Decisions): string =>
  `plans order ${orderedRightCount} of ${wordCount(pairCount, 'pair')} of planners as they came out (a coin: ${pairCount / 2}); choosing the planner by plan costs ${wordPercentChange(regretMeanFraction)} % makespan against the best`;
