import { defineAnalysis } from '../analysis.ts';
import { analyzeFailures } from './analyze.ts';
import { extractFailures } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { parseFailures } from './options.ts';
import { viewFailures } from './view.ts';

/** `wfa failures`: what broke, where, and what it cost. */
export const failures = defineAnalysis({
  schemaVersion: '1.0.1',
  parseOptions: parseFailures,
  reads: ['nodes', 'edges'],
  needs: ['sink', 'instants'],
  extract: extractFailures,
  analyze: analyzeFailures,
  view: viewFailures,
  gateQuantities,
});
