import { defineAnalysis } from '../analysis.ts';
import { analyzeAccuracy } from './analyze.ts';
import { extractAccuracy } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { parseAccuracy } from './options.ts';
import { viewAccuracy } from './view.ts';

/** `wfa accuracy`: what the plans predicted against what happened. */
export const accuracy = defineAnalysis({
  schemaVersion: '3.0.0',
  parseOptions: parseAccuracy,
  reads: ['nodes', 'plannedNodes'],
  needs: ['plans', 'submission', 'instants'],
  extract: extractAccuracy,
  analyze: analyzeAccuracy,
  view: viewAccuracy,
  gateQuantities,
});
