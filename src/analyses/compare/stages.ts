import { partsMeasured } from '../../model/metrics.ts';
import { defineAnalysis } from '../analysis.ts';
import { analyzeComparison } from './analyze.ts';
import { extractComparison } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { parseComparison } from './options.ts';
import { viewComparison } from './view.ts';

/** `wfa compare`: planners, SLAs or any other arms against each other. */
export const compare = defineAnalysis({
  schemaVersion: '3.0.1',
  parseOptions: parseComparison,
  reads: [],
  alsoReads: ({ metrics }) => partsMeasured(metrics),
  extract: extractComparison,
  analyze: analyzeComparison,
  view: viewComparison,
  gateQuantities,
});
