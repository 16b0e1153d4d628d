import { defineAnalysis } from '../analysis.ts';
import { analyzeMemory } from './analyze.ts';
import { extractMemory } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { parseMemory } from './options.ts';
import { viewMemory } from './view.ts';

/** `wfa memory`: what memory and neighbours do to functions. */
export const memory = defineAnalysis({
  schemaVersion: '1.0.1',
  parseOptions: parseMemory,
  reads: ['nodes', 'edges', 'dagDownloads'],
  needs: ['memory', 'instants'],
  extract: extractMemory,
  analyze: analyzeMemory,
  view: viewMemory,
  gateQuantities,
});
