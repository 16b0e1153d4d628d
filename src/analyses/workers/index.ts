import type { AnalysisDefinition } from '../analysis.ts';
import { PRICES_OPTION } from '../prices-option.ts';

/**
 * The analysis packs workers onto containers: recorded sessions, plans or the rows of an invocation log come in; containers with their
 * periods, GB-seconds by state and the bounds of both go out. It takes from later events nothing that the pool could not have known.
 */
export const workersDefinition: AnalysisDefinition = {
  name: 'workers',
  summary: 'when containers were starting, busy and idle, start-up time included; as recorded, or as planned',
  description:
    'Packs worker sessions onto containers in one forward pass: whether a start is cold or warm is decided at the instant of the ' +
    'request, from earlier events only, so start-up times and active periods need no circle. Shows containers, their GB-seconds ' +
    'by state, how sure that is, and how long start-ups take. With --plan, every plan is replayed through the same pass, ' +
    'knowing only what runs that had ended before its submission recorded, and held against what happened.',
  arguments: [],
  options: [
    {
      flags: '--keep-alive <seconds>',
      description:
        'how long an idle container lives; `inf` for ever (default: estimated from the recorded states; for a plan, of runs ended before it)',
    },
    {
      flags: '--exit-lag <seconds>',
      description: 'from the end of the last task until the container is free (default: estimated likewise)',
    },
    {
      flags: '--reuse <policy>',
      description: 'which idle container is taken: mru, lru, oldest or newest (default: mru)',
    },
    {
      flags: '--pool-key <keys>',
      description: 'who can share containers: memory, and planner, workflow, source, … (default: memory)',
    },
    { flags: '--concurrency <count>', description: 'workers that a container takes at a time (default: 1)' },
    {
      flags: '--map <key=column,…>',
      description:
        "read any platform's invocation log (CSV, NDJSON): start, end or duration, ready, init, cold, pool, memory, container, id, used, billed",
      repeatable: true,
    },
    { flags: '--time-unit <unit>', description: 'of the instants in the log: s, ms, us, or iso for ISO 8601' },
    { flags: '--duration-unit <unit>', description: 'of the durations in the log: s, ms or us (default: as instants)' },
    {
      flags: '--memory-unit <unit>',
      description:
        'of the memory in the log: bytes, KiB, MB, or decimal-bytes as CloudWatch Insights writes (default: MB)',
    },
    {
      ...PRICES_OPTION,
      description: `the bill of an invocation log with billed durations: ${PRICES_OPTION.description.replace('of a cost: ', '').replace(' (default)', '')}`,
    },
    { flags: '--score', description: 'with container=… in the map: how the reconstruction without it compares' },
    { flags: '--plan', description: 'replay the plans too, and score them' },
    {
      flags: '--no-startup',
      description: 'with --plan: planned periods as the engine reckons them, without start-up time',
    },
  ],
  ownFilters: ['map', 'timeUnit', 'durationUnit', 'memoryUnit'],
  chartKinds: {
    lanes: 'a lane per container: starting, busy, idle, tail',
    alive: 'containers alive over time, by what they are doing',
  },
  gates: {
    cold: 'share of cold starts',
    containers: 'number of containers',
    'plan-error': 'with --plan: median error of corrected makespans',
  },
  gateExample: 'cold>50%',
  examples: [
    { command: 'wfa workers --data sample:', comment: 'containers of the bundled runs' },
    {
      command: 'wfa workers --workflow gemm --data runs.ndjson.gz --chart lanes.svg',
      comment: 'a swim lane for every container',
    },
    {
      command: 'wfa workers --plan --data runs.ndjson.gz',
      comment: 'what the plans would have been with start-up times',
    },
    {
      command:
        'wfa workers --map start=requested,end=ended,pool=function --time-unit iso --keep-alive 60 --data sample:invocations',
      comment: "the containers behind any platform's invocation log",
    },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).workers,
  rows: { option: 'map', load: async () => (await import('./log/stages.ts')).invocationLog },
};
