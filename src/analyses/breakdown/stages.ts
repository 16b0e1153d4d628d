import { defineAnalysis } from '../analysis.ts';
import { analyzeBreakdown } from './analyze.ts';
import { extractBreakdown } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { parseBreakdown } from './options.ts';
import { viewBreakdown } from './view.ts';

/** `wfa breakdown`: where the time goes, per planner. */
export const breakdown = defineAnalysis({
  schemaVersion: '3.2.2',
  parseOptions: parseBreakdown,
  reads: ['nodes', 'edges', 'dagDownloads'],
  // Without edges there is no path, but start-ups beside execution.
  needs: ['instants', ['edges', 'startups']],
  extract: extractBreakdown,
  analyze: analyzeBreakdown,
  view: viewBreakdown,
  gateQuantities,
});
