import { partsMeasured } from '../../model/metrics.ts';
import { defineAnalysis } from '../analysis.ts';
import { analyzeCampaign } from './analyze.ts';
import { extractCampaign } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { parseCampaign } from './options.ts';
import { viewCampaign } from './view.ts';

/** `wfa plan-campaign`: what to run next. */
export const planCampaign = defineAnalysis({
  schemaVersion: '1.0.0',
  parseOptions: parseCampaign,
  reads: [],
  alsoReads: ({ metric }) => partsMeasured([metric]),
  extract: extractCampaign,
  analyze: analyzeCampaign,
  view: viewCampaign,
  gateQuantities,
});
