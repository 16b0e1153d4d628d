import { partsMeasured } from '../../model/metrics.ts';
import { defineAnalysis } from '../analysis.ts';
import { analyzeRanking } from './analyze.ts';
import { extractRanking } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { measuredMetrics, parseRanking } from './options.ts';
import { viewRanking } from './view.ts';

/** `wfa rank`: all planners, SLAs or any other arms at once. */
export const rank = defineAnalysis({
  schemaVersion: '2.0.1',
  parseOptions: parseRanking,
  reads: ['plannedNodes'],
  alsoReads: (options) => partsMeasured(measuredMetrics(options)),
  extract: extractRanking,
  analyze: analyzeRanking,
  view: viewRanking,
  gateQuantities,
});
