import type { PathPart } from '../../model/critical-path.ts';

/** Which metric sums a part over all tasks and workers; queueing and other have no such sum. */
export const TASK_METRIC_KEYS = {
  startup: 'startup-time',
  'input-wait': 'input-wait',
  execution: 'execution-time',
  upload: 'upload-time',
  'dependency-update': 'dependency-update-time',
  invocation: 'invocation-time',
} as const satisfies Partial<Record<PathPart, string>>;

/** Metrics shown beside the parts. */
export const BESIDE_KEYS = [
  'workers',
  'cold-starts',
  'warm-starts',
  'bytes-downloaded',
  'bytes-uploaded',
  'download-time',
] as const;
