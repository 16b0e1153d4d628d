import { toPercent } from '../../../view/cells.ts';
import { NOT_MEASURED, wordCount, wordFigure, wordPercentChange } from '../../../view/words.ts';
import { wordKeepAlive, wordPossible } from '../wording.ts';
import type { LogResult } from './result.ts';

/** Headings name the unit of `alive`. */
export const wordUnit = ({ aliveUnit }: Pick<LogResult, 'aliveUnit'>): string =>
  aliveUnit === 'gb-seconds' ? 'GB-s' : 'container-s';

/** In percent; 99.96 is not all. */
export const wordShare = (fraction: number | null): string =>
  fraction === null ? NOT_MEASURED : (Math.floor(fraction * 1000) / 10).toFixed(1);

/** `41 containers for 600 invocations in 3 pools, 12 % started cold; keep-alive 60 s as given; 5210 GB-s alive: …`. */
export function wordLogHeadline(result: Omit<LogResult, 'headline'>): string {
  const { counts, keepAlive, alive, bounds, scores } = result;
  const share = (part: number) => toPercent(alive.alive > 0 ? part / alive.alive : null);
  const last = scores.at(-1);
  return [
    `${wordCount(counts.containerCount, 'container')}${wordPossible(keepAlive, bounds.containers, String)} for ${wordCount(counts.invocationCount, 'invocation')} in ${wordCount(counts.poolCount, 'pool')}, ${toPercent(counts.coldCount / counts.invocationCount)} % started cold`,
    wordKeepAlive(keepAlive),
    `${wordFigure(alive.alive)} ${wordUnit(result)} alive${wordPossible(keepAlive, bounds.alive)}: ${alive.starting === null ? 'start-ups not recorded' : `${share(alive.starting)} % starting`}, ${share(alive.idle + alive.tail)} % idle`,
    ...(last
      ? [
          `scored with states hidden: containers off by ${wordPercentChange(last.total.containerError)} %, ${wordShare(last.total.rightPredecessorFraction)} % of reuses after the right one`,
        ]
      : []),
  ].join('; ');
}
