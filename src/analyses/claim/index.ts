import type { AnalysisDefinition } from '../analysis.ts';
import { PRICES_OPTION } from '../prices-option.ts';

export const claimDefinition: AnalysisDefinition = {
  name: 'claim',
  summary: 'is a published number so, and how can it come about',
  description:
    'Holds a sentence against the runs: "CANDIDATE vs BASELINE: METRIC ±N %", or "X is 53 % faster than Y", "X uses 45 % less ' +
    'memory than Y", "X takes 1.5 times as long as Y", "X reduces the makespan by 12 % compared to Y". Arms as in wfa compare. ' +
    'Supported, right in direction only, contradicted, an artefact of counting, or the runs cannot tell.',
  arguments: [{ name: '[claim...]', description: 'the sentence, quoted for the shell' }],
  options: [
    { flags: '--claims <file>', description: 'claims from a file instead, one a line; # begins a comment' },
    PRICES_OPTION,
    { flags: '--block <keys>', description: 'what makes runs comparable (default: workflow,structure,sla)' },
    { flags: '--ways', description: 'show every way to the number, also those by workflow and SLA' },
    { flags: '--equivalence <percent>', description: 'changes within ± this count as no change (default: 2)' },
    { flags: '--include-unplanned', description: 'also compare runs that had no history to plan from' },
  ],
  chartKinds: ['ways'],
  gateExample: 'contradicted',
  examples: [
    {
      command: 'wfa claim "non-uniform is 53 % faster than uniform" --data sample:',
      comment: 'one claim, on the bundled runs',
    },
    {
      command: 'wfa claim --claims claims.txt --data runs.ndjson.gz --fail-on unsupported',
      comment: "a reviewer's check-list: status 1 when a claim is not supported",
    },
  ],
  load: async () => (await import('./stages.ts')).claim,
};
