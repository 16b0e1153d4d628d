import type { AnalysisDefinition } from '../analysis.ts';

/**
 * The analysis follows each prewarm to the start of its worker: recorded prewarms and start-ups come in; outcomes, savings and cost
 * per planner and target go out. It reconstructs no containers: that is the question of `workers`.
 */
export const prewarmDefinition: AnalysisDefinition = {
  name: 'prewarm',
  summary: 'which workers were prewarmed, and did they start warm',
  description:
    'For every recorded prewarm: whether the worker meant was started warm afterwards, how long the container waited for it, ' +
    'what the start-up took against cold starts of that memory size, and what the containers that nobody used cost.',
  arguments: [],
  options: [
    {
      flags: '--keep-alive <seconds>',
      description: 'how long an idle container lives, for the cost of unused ones (default: until the run ended)',
    },
  ],
  chartKinds: {
    startup: 'start-up times of prewarmed workers beside warm and cold starts',
    lead: 'time from a container being ready to its worker being asked for',
  },
  gates: {
    warm: 'share of prewarms whose worker started warm',
    saved: 'mean start-up time saved',
    unused: 'prewarms that no worker used',
  },
  gateExample: 'warm<50%',
  examples: [
    { command: 'wfa prewarm --data sample:newer', comment: 'every prewarm of the bundled runs of one engine version' },
    {
      command: 'wfa prewarm --keep-alive 8 --data runs.ndjson.gz',
      comment: 'unused containers count for 8 s at most',
    },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).prewarm,
};
