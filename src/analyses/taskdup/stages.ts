import { defineAnalysis } from '../analysis.ts';
import { analyzeTaskdup } from './analyze.ts';
import { extractTaskdup } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { viewTaskdup } from './view.ts';

/** `wfa taskdup`: upstream tasks executed again by the worker that waits for them. */
export const taskdup = defineAnalysis({
  schemaVersion: '2.0.0',
  parseOptions: () => ({}),
  reads: ['nodes', 'edges'],
  needs: ['optimizations', 'edges', 'instants', 'downloads', 'startups'],
  extract: extractTaskdup,
  analyze: analyzeTaskdup,
  view: viewTaskdup,
  gateQuantities,
});
