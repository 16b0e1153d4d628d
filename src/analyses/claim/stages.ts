import { partsMeasured } from '../../model/metrics.ts';
import { defineAnalysis } from '../analysis.ts';
import { analyzeClaims } from './analyze.ts';
import { extractClaim } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { parseClaims } from './options.ts';
import { viewClaims } from './view.ts';

/** `wfa claim`: whether a published number is so, and how it can come about. */
export const claim = defineAnalysis({
  schemaVersion: '2.0.1',
  parseOptions: parseClaims,
  reads: [],
  alsoReads: ({ metrics }) => partsMeasured(metrics),
  extract: extractClaim,
  analyze: analyzeClaims,
  view: viewClaims,
  gateQuantities,
});
