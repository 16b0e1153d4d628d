import { REPLAY_NEEDS } from '../../model/replay.ts';
import { defineAnalysis } from '../analysis.ts';
import { analyzeWhatIf } from './analyze.ts';
import { extractWhatIf } from './extract.ts';
import { gateQuantities } from './gates.ts';
import { parseWhatIf } from './options.ts';
import { viewWhatIf } from './view.ts';

/** `wfa whatif`: what a change would buy at most. */
export const whatif = defineAnalysis({
  schemaVersion: '1.0.1',
  parseOptions: parseWhatIf,
  reads: ['nodes', 'edges', 'dagDownloads'],
  needs: REPLAY_NEEDS,
  extract: extractWhatIf,
  analyze: analyzeWhatIf,
  view: viewWhatIf,
  gateQuantities,
});
