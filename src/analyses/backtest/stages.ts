import { defineAnalysis } from '../analysis.ts';
import { analyzeBacktest } from './analyze.ts';
import { extractBacktest } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { parseBacktest } from './options.ts';
import { viewBacktest } from './view.ts';

/** `wfa backtest`: predictions made again from what had ended before each run. */
export const backtest = defineAnalysis({
  schemaVersion: '1.0.1',
  parseOptions: parseBacktest,
  reads: ['nodes', 'plannedNodes'],
  needs: ['sizes', 'memory'],
  extract: extractBacktest,
  analyze: analyzeBacktest,
  view: viewBacktest,
  gateQuantities,
});
