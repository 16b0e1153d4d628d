import type { AnalysisDefinition } from './analysis.ts';
import { compareDefinition } from './compare/index.ts';
import { preloadDefinition } from './preload/index.ts';
import { runsDefinition } from './runs/index.ts';
import { slaDefinition } from './sla/index.ts';

/** Every analysis, in the order of `wfa --help`. */
export const ANALYSES: readonly AnalysisDefinition[] = [
  runsDefinition,
  compareDefinition,
  preloadDefinition,
  slaDefinition,
];
