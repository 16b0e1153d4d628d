import { PATH_NEEDS } from '../../model/critical-path.ts';
import { defineAnalysis } from '../analysis.ts';
import { analyzeBreakdown } from './analyze.ts';
import { extractBreakdown } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { parseBreakdown } from './options.ts';
import { viewBreakdown } from './view.ts';

/** `wfa breakdown`: where the time goes, per planner. */
export const breakdown = defineAnalysis({
  schemaVersion: '3.1.0',
  parseOptions: parseBreakdown,
  reads: ['nodes', 'edges', 'dagDownloads'],
  needs: PATH_NEEDS,
  extract: extractBreakdown,
  analyze: analyzeBreakdown,
  view: viewBreakdown,
  gateQuantities,
});
