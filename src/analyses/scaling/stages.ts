import { defineAnalysis } from '../analysis.ts';
import { analyzeScaling } from './analyze.ts';
import { extractScaling } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { viewScaling } from './view.ts';

/** `wfa scaling`: how start times and makespan grow. */
export const scaling = defineAnalysis({
  schemaVersion: '1.0.0',
  parseOptions: () => ({}),
  reads: ['nodes', 'edges', 'dagDownloads'],
  needs: ['edges', 'instants'],
  extract: extractScaling,
  analyze: analyzeScaling,
  view: viewScaling,
  gateQuantities,
});
