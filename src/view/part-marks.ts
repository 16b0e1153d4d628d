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

/** The labels of parts of a critical path, which may join two. */
export const PATH_PART_LABELS = { ...PART_LABELS, pending: 'start-up or queueing' } as const;
