import { optionalColumns } from '../../../containers/invocation-map.ts';
import { defineRowAnalysis } from '../../analysis.ts';
import { analyzeLog } from './analyze.ts';
import { createLogCollector } from './collect.ts';
import { logGateQuantities } from './gates.ts';
import { parseLog } from './options.ts';
import { viewLog } from './view.ts';

/** `wfa workers --map …`: the containers behind any platform's invocation log. */
export const invocationLog = defineRowAnalysis({
  schemaVersion: '5.0.0',
  parseOptions: parseLog,
  columns: ({ map }) => map.columns.map(({ column }) => column),
  optionalColumns: ({ map }) => optionalColumns(map),
  createCollector: createLogCollector,
  analyze: analyzeLog,
  view: viewLog,
  gateQuantities: logGateQuantities,
});
