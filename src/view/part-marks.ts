/** The labels name the parts of a run's time, the same in every table and chart. */
export const PART_LABELS = {
  startup: 'worker start-up',
  queueing: 'queueing',
  'input-wait': 'input wait',
  execution: 'execution',
  upload: 'output upload',
  'dependency-update': 'dependency update',
  invocation: 'invocation',
  other: 'other',
} as const;

/** Colours of the parts, as indices into the palette's categories: large parts have the first ones, which are furthest apart. */
export const PART_COLOURS: Readonly<Record<keyof typeof PART_LABELS, number>> = {
  startup: 0,
  execution: 1,
  queueing: 2,
  'input-wait': 3,
  upload: 4,
  'dependency-update': 5,
  invocation: 6,
  other: 7,
};
