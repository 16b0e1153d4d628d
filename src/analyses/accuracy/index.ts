import type { AnalysisDefinition } from '../analysis.ts';

/**
 * The analysis judges predictions: plans and records of the runs come in, in order of submission; errors, scores, trends and change
 * points per planner and SLA go out. It knows no planner's method of prediction, only the figures and the level that was asked for.
 */
export const accuracyDefinition: AnalysisDefinition = {
  name: 'accuracy',
  summary: 'how good are the predictions that plans are made from, and do they get better with history',
  description:
    'Compares what each plan predicted with what happened, run by run in order of submission: relative errors, whether a ' +
    'prediction asked for as the 90th percentile covers 90 % of runs, whether it beats the plain percentile of earlier runs, ' +
    'whether errors shrink as history grows, and where the workload or the errors changed from one run to the next.',
  arguments: [],
  options: [
    {
      flags: '--quantity <name>',
      description: 'what was predicted: makespan, execution-time, download-time, …, or all (default: all)',
      repeatable: true,
    },
    { flags: '--level <level>', description: 'run, or task: each task by itself, by function (default: run)' },
    { flags: '--x <axis>', description: 'of the chart over time: time of submission, or index (default: time)' },
    { flags: '--window <runs>', description: 'runs in the rolling median of the chart over time (default: 7)' },
  ],
  chartKinds: {
    'over-time': 'absolute error of each prediction by time of submission',
    calibration: 'share of runs asked for against the share within the prediction',
    learning: 'median error by length of history',
  },
  gates: {
    mdape: 'median absolute percentage error of the first quantity',
    bias: 'median of predicted ÷ actual − 1: above 0 is too high',
    coverage: 'share of runs within the prediction',
    '<quantity>-mdape': 'the same of any quantity, as in execution-time-mdape',
    '<quantity>-bias': 'likewise',
    '<quantity>-coverage': 'likewise',
  },
  gateExample: 'mdape>20%',
  examples: [
    { command: 'wfa accuracy --data sample:', comment: 'every quantity of the bundled runs, makespan in detail' },
    {
      command: 'wfa accuracy --quantity execution-time --data runs.ndjson.gz --chart errors.svg',
      comment: 'one quantity, with its error over time as a chart',
    },
  ],
  schema: () => import('./result.schema.json', { with: { type: 'json' } }),
  load: async () => (await import('./stages.ts')).accuracy,
};
