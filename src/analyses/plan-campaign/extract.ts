import { measureRun } from '../../model/metrics.ts';
import type { Run } from '../../model/run.ts';
import type { RunFacts } from '../../model/run-facts.ts';
import type { MeasuredRun } from '../design/cells.ts';
import type { CampaignOptions } from './options.ts';

/** A campaign is planned by this of a run. */
export type CampaignFacts = MeasuredRun;

/** One run's figure. Pure. */
export const extractCampaign = (run: Run, facts: RunFacts, { metric }: CampaignOptions): CampaignFacts => ({
  run: facts,
  ...measureRun(run, [metric]),
});
