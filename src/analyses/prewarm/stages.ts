import { defineAnalysis } from '../analysis.ts';
import { analyzePrewarm } from './analyze.ts';
import { extractPrewarm } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { parsePrewarm } from './options.ts';
import { viewPrewarm } from './view.ts';

/** `wfa prewarm`: containers started ahead of their workers. */
export const prewarm = defineAnalysis({
  schemaVersion: '2.0.0',
  parseOptions: parsePrewarm,
  reads: ['nodes'],
  needs: ['optimizations', 'startups', 'startup-states', 'memory'],
  extract: extractPrewarm,
  analyze: analyzePrewarm,
  view: viewPrewarm,
  gateQuantities,
});
