import { defineAnalysis } from '../analysis.ts';
import { analyzeRuns } from './analyze.ts';
import { extractRun } from './extract.ts';
import { viewRuns } from './view.ts';

/** `wfa runs`: what a person types first. */
export const runs = defineAnalysis({
  schemaVersion: '2.0.0',
  parseOptions: ({ options }) => ({ list: options['list'] === true }),
  reads: ['plannedNodes'],
  extract: extractRun,
  analyze: analyzeRuns,
  view: viewRuns,
});
