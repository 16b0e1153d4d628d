import { UserError } from '../../errors.ts';
import { Ledger } from '../../model/ledger.ts';
import type { Outcome } from '../analysis.ts';
import { auditAccuracy } from './audit.ts';
import { findChanges } from './change.ts';
import { decomposeErrors } from './decompose.ts';
import type { AccuracyFacts } from './extract.ts';
import { drawLearningCurves } from './learning.ts';
import { scoreLosses } from './losses.ts';
import type { AccuracyOptions } from './options.ts';
import type { AccuracyResult } from './result.ts';
import { scoreSeries } from './score.ts';
import { composeSeries, keepPredicted } from './series.ts';
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
  const scores = scoreSeries(series, scoreLosses(series));
  const { changePoints, changeTests } = findChanges(series);
  const found = {
    level: options.level,
    quantities: options.quantities.map(({ key }) => key),
    series,
    scores,
    changePoints,
    changeTests,
    learning: drawLearningCurves(series),
    decomposition: decomposeErrors(kept),
  };
  const headlines = wordHeadlines(found, options);
  const result: AccuracyResult = { headline: headlines[0] as string, headlines, ...found };
  return { result, ledger: ledger.entries(), warnings: auditAccuracy(result, kept, options) };
}
