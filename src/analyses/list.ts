import { accuracyDefinition } from './accuracy/index.ts';
import type { AnalysisDefinition } from './analysis.ts';
import { backtestDefinition } from './backtest/index.ts';
import { breakdownDefinition } from './breakdown/index.ts';
import { claimDefinition } from './claim/index.ts';
import { compareDefinition } from './compare/index.ts';
import { conflictsDefinition } from './conflicts/index.ts';
import { failuresDefinition } from './failures/index.ts';
import { memoryDefinition } from './memory/index.ts';
import { planCampaignDefinition } from './plan-campaign/index.ts';
import { preloadDefinition } from './preload/index.ts';
import { prewarmDefinition } from './prewarm/index.ts';
import { rankDefinition } from './rank/index.ts';
import { runDefinition } from './run/index.ts';
import { runsDefinition } from './runs/index.ts';
import { scalingDefinition } from './scaling/index.ts';
import { slaDefinition } from './sla/index.ts';
import { taskdupDefinition } from './taskdup/index.ts';
import { whatifDefinition } from './whatif/index.ts';
import { workersDefinition } from './workers/index.ts';

/** Every analysis, in the order of `wfa --help`. */
export const ANALYSES: readonly AnalysisDefinition[] = [
  runsDefinition,
  runDefinition,
  compareDefinition,
  rankDefinition,
  claimDefinition,
  preloadDefinition,
  accuracyDefinition,
  backtestDefinition,
  slaDefinition,
  breakdownDefinition,
  memoryDefinition,
  scalingDefinition,
  prewarmDefinition,
  taskdupDefinition,
  conflictsDefinition,
  failuresDefinition,
  whatifDefinition,
  workersDefinition,
  planCampaignDefinition,
];
