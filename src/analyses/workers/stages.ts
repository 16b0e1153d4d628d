import { defineAnalysis } from '../analysis.ts';
import { analyzeWorkers } from './analyze.ts';
import { extractWorkers } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { parseWorkers } from './options.ts';
import { viewWorkers } from './view.ts';

/** `wfa workers`: containers over time. */
export const workers = defineAnalysis({
  schemaVersion: '5.0.0',
  parseOptions: parseWorkers,
  reads: ['nodes', 'edges', 'plannedNodes'],
  needs: ['startups', 'startup-states', 'instants'],
  wayOn:
    'A table with a row for each invocation is read without recorded states and without runs: wfa workers --map start=COLUMN,ready=COLUMN,end=COLUMN,cold=COLUMN --time-unit s',
  extract: extractWorkers,
  analyze: analyzeWorkers,
  view: viewWorkers,
  gateQuantities,
});
