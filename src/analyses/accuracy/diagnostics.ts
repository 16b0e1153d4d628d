import { wordCount, wordList } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import {
  ABSURD_RATIO,
  diagnoseAbsurdPredictions,
  diagnoseClockOffsets,
  diagnoseSinkWait,
  isAbsurdPrediction,
} from '../diagnostics/common.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import type { AccuracyFacts } from './extract.ts';
import type { AccuracyOptions } from './options.ts';
import { type QuantityKey, quantityOf } from './quantities.ts';
import type { AccuracyResult } from './result.ts';

/** Audits what limits the figures, and how they are to be read. */
export function auditAccuracy(
  result: AccuracyResult,
  facts: readonly AccuracyFacts[],
  { quantities, detailed }: AccuracyOptions,
): Warning[] {
  const asked = (key: QuantityKey) => quantities.some((quantity) => quantity.key === key);
  return [
    ...(asked('makespan')
      ? keepFindings([
          auditSinkWait(facts),
          diagnoseClockOffsets(facts.map(({ run }) => run)),
          auditAbsurdPredictions(facts),
        ])
      : []),
    ...(asked('download-time') ? auditPreloads(facts) : []),
    ...explainSpeeds(result),
    ...explainSums(result),
    ...auditCounts(result, detailed[0]?.key ?? 'makespan'),
    ...auditChanges(result),
  ];
}

function auditSinkWait(facts: readonly AccuracyFacts[]): Finding {
  const count = facts.filter(({ run }) => run.traits.sinkWaitMissing).length;
  return diagnoseSinkWait(
    count,
    `${wordCount(count, 'run')} whose sink's wait for inputs was not recorded: the makespan is a lower bound, so its prediction looks too high`,
  );
}

function auditAbsurdPredictions(facts: readonly AccuracyFacts[]): Finding {
  const absurd = facts.filter(
    ({ makespan }) => makespan !== null && isAbsurdPrediction(makespan.predicted, makespan.actual),
  );
  return diagnoseAbsurdPredictions(
    absurd.length,
    `predicted to take more than ${ABSURD_RATIO} times as long as it did: kept, medians hardly move, means do`,
  );
}

function auditPreloads(facts: readonly AccuracyFacts[]): Warning[] {
  const preloading = facts.filter(({ preloadCount }) => preloadCount > 0);
  if (preloading.length === 0) return [];
  const count = preloading.reduce((sum, { preloadCount }) => sum + preloadCount, 0);
  const message = `download time: ${wordCount(count, 'preloaded input')} in ${wordCount(preloading.length, 'run')} predicted to be downloaded, but how long that took is mostly not recorded: the prediction looks too high`;
  return [warn('preloads-not-recorded', message, { count, runCount: preloading.length })];
}

function explainSpeeds({ scores }: AccuracyResult): Warning[] {
  const keys = new Set(scores.filter(({ askedLevel }) => askedLevel !== null).map(({ quantity }) => quantity));
  const labels = [...keys].map(quantityOf).filter(({ speed }) => speed);
  if (labels.length === 0) return [];
  return [
    note(
      'speed-percentile',
      `${wordList(labels.map(({ label }) => label))}: the SLA asks for a percentile of the transfer speed, so p90 is judged as the 10th percentile of the time`,
    ),
  ];
}

function explainSums({ scores, level }: AccuracyResult): Warning[] {
  if (level === 'task' || scores.every(({ askedLevel }) => askedLevel === null)) return [];
  return [
    note(
      'sum-of-percentiles',
      'the SLA is asked of each task; totals and the makespan, judged at the same percentile, may cover more or less even when every task is predicted well: see the steps from task to makespan',
    ),
  ];
}

/** Runs below which there is no interval for an error. */
const FEWEST_FOR_INTERVAL = 6;
/** Below this a skill is an anecdote: it stays in the machine formats. */
export const FEWEST_FOR_SKILL = 10;

function auditCounts({ scores }: AccuracyResult, detailed: QuantityKey): Warning[] {
  const own = scores.filter(({ quantity }) => quantity === detailed);
  const few = own.filter(({ percentageErrorCount }) => percentageErrorCount < FEWEST_FOR_INTERVAL).length;
  const unskilled = own.filter(({ skill, skillCount }) => skill !== null && skillCount < FEWEST_FOR_SKILL).length;
  return [
    ...(few === 0
      ? []
      : [
          note(
            'too-few-for-interval',
            `${few} of ${own.length} scores rest on fewer than ${FEWEST_FOR_INTERVAL} runs: no interval for their error, and coverage that hardly any figure could contradict`,
            { count: few },
          ),
        ]),
    ...(unskilled === 0
      ? []
      : [
          note(
            'too-few-for-skill',
            `${unskilled} of ${own.length} skills rest on fewer than ${FEWEST_FOR_SKILL} runs with six earlier ones: not shown`,
            { count: unskilled },
          ),
        ]),
  ];
}

function auditChanges({ changeTests }: AccuracyResult): Warning[] {
  const shortCount = changeTests.filter(({ method }) => method === 'too-short').length;
  const trendCount = changeTests.filter(({ method }) => method === 'mann-kendall').length;
  if (shortCount === 0) return [];
  return [
    note(
      'series-too-short',
      `changes: ${shortCount} of ${changeTests.length - trendCount} series have fewer than 16 runs, or as good as every run another planner: too short to tell`,
      { trendCount, shortCount },
    ),
  ];
}
