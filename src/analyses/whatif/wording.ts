import { max, min } from 'd3-array';
import { UserError } from '../../errors.ts';
import { shortenPlanners } from '../../model/names.ts';
import type { ReplayRefusal } from '../../model/replay.ts';
import {
  wordChange,
  wordCount,
  wordList,
  wordNumber,
  wordPercentChange,
  wordPercentInterval,
} from '../../view/words.ts';
import { excludesNoChange } from '../design/outcome.ts';
import type { WhatIfFacts } from './extract.ts';
import type { Proof, ScenarioChange, WarmCheck, WhatIfResult } from './result.ts';

/** Why a run cannot be replayed; follows `3 runs`, or `run ID`. */
const REFUSAL_WORDS: Readonly<Record<ReplayRefusal, string>> = {
  'not-submitted': 'never submitted',
  'sink-without-metrics': 'without metrics of the sink',
  'tasks-without-metrics': 'without metrics of some tasks',
  'tasks-without-startup': 'with tasks for which no start-up is recorded',
  'invocations-not-recorded': 'whose invocations are not recorded',
  'invoker-not-recorded': 'with a worker that no recorded invocation explains',
  'edges-contradict': 'in which tasks wait for each other in a circle',
};

/** Refuses the one run that was asked for. */
export function refuseRun({ run, network }: WhatIfFacts): UserError {
  const reason = REFUSAL_WORDS[network as ReplayRefusal];
  return new UserError('not-recorded', `Run ${run.runId} cannot be replayed: it is one ${reason}.`, {
    hint: 'wfa run with the same id shows what is recorded of it; wfa whatif without --run, which runs can be replayed.',
  });
}

/** `null replay (nothing changed): 100 of 100 runs come out as recorded; not replayed: 44 runs whose invocations are not recorded (wukong)`. */
export function wordProof({ runCount, exactCount, worstErrorFraction, refused }: Proof): string {
  const shorten = shortenPlanners(refused.flatMap(({ planners }) => planners.map((planner) => ({ planner }))));
  const off = exactCount < runCount ? ` (worst off by ${wordNumber((worstErrorFraction ?? 0) * 100, 2)} %)` : '';
  const exact =
    runCount === 0
      ? 'no run can be replayed'
      : `null replay (nothing changed): ${exactCount} of ${wordCount(runCount, 'run')} ${exactCount === 1 ? 'comes' : 'come'} out as recorded${off}`;
  const left = refused.map(
    ({ reason, count, planners }) =>
      `${wordCount(count, 'run')} ${REFUSAL_WORDS[reason]} (${wordList(planners.map(shorten))})`,
  );
  return left.length === 0 ? exact : `${exact}; not replayed: ${wordList(left)}`;
}

/** `really warm runs against all-warm: +5.2 % [−2.5, +13.6], cannot be told apart; 9 warm and 36 cold runs in 6 blocks`. */
export function wordWarmCheck(check: WarmCheck): string {
  const { differenceFraction, ciLow, ciHigh, warmRunCount, coldRunCount, blockCount } = check;
  const answer = excludesNoChange(ciLow, ciHigh)
    ? `all-warm promises too ${differenceFraction > 0 ? 'much' : 'little'}`
    : 'cannot be told apart';
  return `really warm runs against what all-warm makes of the others: ${wordChange(differenceFraction, ciLow, ciHigh)}, ${answer}; ${warmRunCount} warm and ${coldRunCount} other runs in ${wordCount(blockCount, 'block')}`;
}

/** Words what the scenarios make of the makespan. */
export function wordHeadline({ scenarios, gantt, runs }: WhatIfResult): string {
  const keys = [...new Set(scenarios.map(({ scenario }) => scenario))].filter((key) => key !== 'null');
  const changes = keys.flatMap((key) => {
    const word = wordScenario(scenarios.filter(({ scenario }) => scenario === key));
    return word === null ? [] : [`${key} ${word}`];
  });
  const [first] = runs;
  const subject =
    gantt !== null && first !== undefined
      ? `run ${first.runId.split('.')[0]}, makespan ${wordNumber(first.makespanMs / 1000, 2)} s`
      : `largest possible change of the makespan${scenarios.some(({ planner }) => planner !== scenarios[0]?.planner) ? ' (range over planners)' : ''}`;
  if (changes.length > 0) return `${subject}: ${changes.join('; ')}`;
  return scenarios.length === 0 ? 'no run to replay' : `${subject}: no scenario that changes anything was asked for`;
}

/** One planner's change with its interval; of several the range, with the outermost ends of their intervals. */
function wordScenario(own: readonly ScenarioChange[]): string | null {
  const told = own.flatMap(({ changeFraction, ...rest }) =>
    changeFraction === null ? [] : [{ ...rest, changeFraction }],
  );
  const [first] = told;
  if (first === undefined) return null;
  if (told.length === 1)
    return first.runCount === 1
      ? `${wordPercentChange(first.changeFraction)} %`
      : wordChange(first.changeFraction, first.ciLow, first.ciHigh);
  const [least = 0, most = 0] = [min(told, (own) => own.changeFraction), max(told, (own) => own.changeFraction)];
  const [low, high] = [wordPercentChange(least), wordPercentChange(most)];
  const range = low === high ? `${low} %` : `${low} to ${high} %`;
  if (told.some(({ ciLow }) => ciLow === null)) return range;
  const outer = wordPercentInterval(min(told, (own) => own.ciLow ?? 0) ?? 0, max(told, (own) => own.ciHigh ?? 0) ?? 0);
  return `${range} ${outer}`;
}
