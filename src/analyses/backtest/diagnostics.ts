import { wordCount, wordList } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import type { BacktestFacts } from './extract.ts';
import { isTransfer } from './observations.ts';
import type { BacktestResult } from './result.ts';
import { ENGINE } from './strategies.ts';
import { QUANTITY_WORDS, REPLAYED_WORDS, wordTau } from './wording.ts';

type Unworded = Omit<BacktestResult, 'headlines'>;

/** Runs below which skills are said to say little about the next run: a convention, as the interval is of runs like these. */
const FEW_RUNS = 10;
/** A prediction asked for above this level and that covers less than it is turned round. */
const MIDDLE = 0.5;

/** What is to be known before a strategy is chosen by these scores. */
export function auditBacktest(result: Unworded, facts: readonly BacktestFacts[]): Warning[] {
  return keepFindings([
    diagnoseReplay(result),
    diagnoseOthers(result),
    diagnoseUnchecked(result),
    diagnoseFewRuns(result),
    diagnoseTurned(result),
    diagnoseUnknownEngine(result),
    diagnoseUnsized(facts),
  ]);
}

function diagnoseReplay({ fidelity }: Unworded): Finding {
  const differing = fidelity.filter(({ predictedCount, exactCount }) => exactCount < predictedCount);
  if (differing.length === 0) return false;
  const words = differing.map(
    ({ engine, predictedCount, exactCount }) =>
      `${predictedCount - exactCount} of ${predictedCount} of the ${engine} engine`,
  );
  const reasons = new Set(differing.flatMap(({ notReplayed }) => notReplayed.map(({ reason }) => reason)));
  const causes = [
    ...(reasons.has('no-history-in-the-data') ? ['runs that the engine had seen are not among these'] : []),
    ...(reasons.has('other-history-in-the-data') ? ['the engine had other samples, or predicts by other rules'] : []),
  ];
  return warn(
    'replay-differs',
    `stored predictions of execution time do not come out of the replay: ${wordList(words)}: ${wordList(causes)}; what is called the engine here is not quite the engine. Filters leave history out, too`,
    { engines: differing.map(({ engine }) => engine), reasons: [...reasons] },
  );
}

/** Uploads and start-ups that do not come out. */
function diagnoseOthers({ fidelity }: Unworded): Finding {
  const missed = (['upload', 'startup'] as const).flatMap((quantity) =>
    fidelity.flatMap(({ engine, [quantity]: { predictedCount, exactCount } }) =>
      exactCount < predictedCount
        ? [
            {
              quantity,
              engine,
              count: predictedCount - exactCount,
              words: `${predictedCount - exactCount} of ${predictedCount} of ${REPLAYED_WORDS[quantity]} of the ${engine} engine`,
            },
          ]
        : [],
    ),
  );
  return (
    missed.length > 0 &&
    warn(
      'replay-of-others-differs',
      `stored predictions do not come out of the replay: ${wordList(missed.map(({ words }) => words))}: their skills are against what is not quite the engine`,
      { missed: missed.map(({ quantity, engine, count }) => [quantity, engine, count]) },
    )
  );
}

function diagnoseUnchecked({ fidelity }: Unworded): Finding {
  return (
    fidelity.every(({ predictedCount }) => predictedCount === 0) &&
    note(
      'replay-not-checked',
      'no run has a plan with predictions: the engine is replayed by rules found from other records, which these cannot confirm',
    )
  );
}

function diagnoseFewRuns({ scores }: Unworded): Finding {
  const fewest = Math.min(...scores.map(({ runCount }) => runCount));
  return (
    scores.length > 0 &&
    fewest < FEW_RUNS &&
    warn(
      'few-runs',
      `scores rest on ${wordCount(fewest, 'run')} or a few more: skills of so few say little about the next run, interval or not`,
      { runCount: fewest },
    )
  );
}

function diagnoseTurned({ scores }: Unworded): Finding {
  const turned = scores.filter(
    ({ strategy, quantity, tau, coverageFraction }) =>
      strategy === ENGINE.name && isTransfer(quantity) && tau > MIDDLE && coverageFraction < MIDDLE,
  );
  if (turned.length === 0) return false;
  const words = turned.map(
    ({ quantity, tau, coverageFraction }) =>
      `${wordTau(tau)} of ${QUANTITY_WORDS[quantity]} ${Math.round(coverageFraction * 100)} %`,
  );
  return note(
    'percentile-turned-round',
    `the engine asks for a percentile of speed, so that its predictions of transfers cover fewer the higher it is: ${wordList(words)}; engine-reversed asks for a percentile of time`,
    { levels: turned.map(({ quantity, tau }) => [quantity, tau]) },
  );
}

function diagnoseUnknownEngine({ fidelity }: Unworded): Finding {
  const unknown = fidelity.find(({ engine, predictedCount }) => engine === 'unknown' && predictedCount > 0);
  return (
    unknown !== undefined &&
    note(
      'engine-unknown',
      `${wordCount(unknown.predictedCount, 'prediction')} of runs whose version of the engine is not known, as they measured no resources: replayed by the rules of the newer one`,
      { count: unknown.predictedCount },
    )
  );
}

function diagnoseUnsized(facts: readonly BacktestFacts[]): Finding {
  const count = facts.reduce((sum, { unsizedTaskCount }) => sum + unsizedTaskCount, 0);
  return (
    count > 0 &&
    note(
      'tasks-without-size',
      `${wordCount(count, 'task')} without input bytes, memory or time: nothing is predicted per byte of them, and they are left out`,
      { count },
    )
  );
}
