import { UserError } from '../../errors.ts';
import { Ledger } from '../../model/ledger.ts';
import type { Outcome } from '../analysis.ts';
import { findChanges } from './change.ts';
import { decomposeErrors } from './decompose.ts';
import { auditAccuracy } from './diagnostics.ts';
import type { AccuracyFacts } from './extract.ts';
import { drawLearningCurves } from './learning.ts';
import type { AccuracyOptions } from './options.ts';
import type { AccuracyResult, SeriesPoint } from './result.ts';
import { scoreSeries } from './score.ts';
import { composeSeries, keepPredicted, listPoints, type Series } from './series.ts';
import { wordHeadlines } from './wording.ts';

/** All facts → how good the predictions were. `UserError` when no run has any. */
export function analyzeAccuracy(facts: readonly AccuracyFacts[], options: AccuracyOptions): Outcome<AccuracyResult> {
  const ledger = new Ledger();
  const kept = keepPredicted(facts, ledger);
  if (kept.length === 0) {
    throw new UserError('no-runs-left', `None of ${facts.length} runs has predictions to judge.`, {
      hint: 'Runs without plan have none, WUKONG does not schedule by its own; wfa runs shows which runs were planned.',
    });
  }
  const series = composeSeries(kept, options, ledger);
  const changes = findChanges(series);
  const headlines = wordHeadlines(series, changes, options);
  const result: AccuracyResult = {
    headline: headlines[0] as string,
    headlines,
    level: options.level,
    quantities: options.quantities.map(({ key }) => key),
    series: [],
    scores: scoreSeries(series),
    changePoints: changes.changePoints,
    changeTests: changes.changeTests,
    learning: drawLearningCurves(series),
    decomposition: decomposeErrors(kept),
  };
  return {
    result: withSeries(result, series),
    ledger: ledger.entries(),
    warnings: auditAccuracy(result, kept, options),
  };
}

/** The points of the series are made when somebody reads them: tables do not, and there are as many as figures in the data. */
function withSeries(result: AccuracyResult, series: readonly Series[]): AccuracyResult {
  let points: readonly SeriesPoint[] | null = null;
  return Object.defineProperty(result, 'series', {
    enumerable: true,
    get: () => {
      points ??= listPoints(series);
      return points;
    },
  });
}
