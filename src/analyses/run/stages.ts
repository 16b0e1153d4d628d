import { defineAnalysis } from '../analysis.ts';
import { analyzeRun } from './analyze.ts';
import { extractRunDetail } from './extract.ts';
import { parseRunChoice } from './options.ts';
import { viewRun } from './view.ts';

/** `wfa run <id>`: one run, task by task. */
export const run = defineAnalysis({
  schemaVersion: '3.0.1',
  parseOptions: parseRunChoice,
  reads: ['nodes', 'edges', 'plannedNodes'],
  needs: ['instants'],
  extract: extractRunDetail,
  analyze: analyzeRun,
  view: viewRun,
});
