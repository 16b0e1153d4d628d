import { partsMeasured } from '../../model/metrics.ts';
import { defineAnalysis } from '../analysis.ts';
import { analyzeSla } from './analyze.ts';
import { extractSla } from './extract.ts';
import { parseSla } from './options.ts';
import type { SlaResult } from './result.ts';
import { viewSla } from './view.ts';

/** `wfa sla`: the SLA as an ordered treatment. */
export const sla = defineAnalysis({
  schemaVersion: '3.0.1',
  parseOptions: parseSla,
  reads: ['plannedNodes'],
  alsoReads: ({ metrics }) => partsMeasured(metrics),
  needs: ['plans'],
  extract: extractSla,
  analyze: analyzeSla,
  view: viewSla,
  gateQuantities: (result: SlaResult) =>
    result.contrasts.map(({ metric, level, baseline, ciLow, ciHigh, outcome, allEqual }) => ({
      name: metric,
      of: `${level} vs ${baseline}`,
      unit: 'fraction' as const,
      low: allEqual ? 0 : ciLow,
      high: allEqual ? 0 : ciHigh,
      isHint: outcome === 'hint',
    })),
});
