import { toPercent } from '../../../view/cells.ts';
import { wordCount, wordFigure, wordPercentChange } from '../../../view/words.ts';
import { wordKeepAlive } from '../wording.ts';
import type { LogResult } from './result.ts';

/** How `alive` is counted, in a heading. */
export const wordUnit = ({ aliveUnit }: Pick<LogResult, 'aliveUnit'>): string =>
  aliveUnit === 'gb-seconds' ? 'GB-s' : 'container-s';

/** `41 containers for 600 invocations in 3 pools, 12 % started cold; keep-alive 60 s as given; 5210 GB-s alive: …`. */
export function wordLogHeadline(result: Omit<LogResult, 'headline'>): string {
  const { counts, keepAlive, alive, scores } = result;
  const share = (part: number) => toPercent(alive.alive > 0 ? part / alive.alive : null);
  const last = scores.at(-1);
  return [
    `${wordCount(counts.containerCount, 'container')} for ${wordCount(counts.invocationCount, 'invocation')} in ${wordCount(counts.poolCount, 'pool')}, ${toPercent(counts.coldCount / counts.invocationCount)} % started cold`,
    wordKeepAlive(keepAlive),
    `${wordFigure(alive.alive)} ${wordUnit(result)} alive: ${share(alive.starting)} % starting, ${share(alive.idle + alive.tail)} % idle`,
    ...(last
      ? [
          `states ${last.states}: containers ${wordPercentChange(last.total.containerError)} %, ${toPercent(last.total.rightPredecessorFraction)} % of reused after the right one`,
        ]
      : []),
  ].join('; ');
}
