import { accuracyDefinition } from './accuracy/index.ts';
import type { AnalysisDefinition } from './analysis.ts';
import { compareDefinition } from './compare/index.ts';
import { runsDefinition } from './runs/index.ts';

/** Every analysis, in the order of `wfa --help`. */
export const ANALYSES: readonly AnalysisDefinition[] = [runsDefinition, compareDefinition, accuracyDefinition];
