import { defineAnalysis } from '../analysis.ts';
import { analyzePreload } from './analyze.ts';
import { extractPreload } from './extract.ts';
import { parsePreload } from './options.ts';
import type { PreloadResult } from './result.ts';
import { viewPreload } from './view.ts';
import { againstLabel, armLabel } from './wording.ts';

/** `wfa preload`: preloaded tasks against the same tasks without preloading. */
export const preload = defineAnalysis({
  schemaVersion: '3.0.1',
  parseOptions: parsePreload,
  reads: ['nodes', 'edges'],
  needs: ['optimizations', 'edges', 'instants', 'submission', 'memory', 'startup-states', 'input-wait'],
  extract: extractPreload,
  analyze: analyzePreload,
  view: viewPreload,
  gateQuantities: (result: PreloadResult) =>
    result.contrasts.map(({ outcome, outcomeClass, ciLow, ciHigh }) => ({
      name: outcome,
      of: `${armLabel(result)} vs ${againstLabel(result)}`,
      unit: 'ms' as const,
      // All figures are equal: there is no interval, and no difference either.
      low: outcomeClass === 'equivalent' ? 0 : ciLow,
      high: outcomeClass === 'equivalent' ? 0 : ciHigh,
      isHint: outcomeClass === 'hint',
    })),
});
