/** The engine names its keys in Redis in these ways. */

/** One stored part of a run. */
export type PartName = 'dag' | 'plan' | 'submission' | 'resource-usage' | 'task' | 'worker-startup' | 'dag-download';

export interface PartKey {
  readonly part: PartName;
  readonly runId: string;
  /** Tells parts of one kind apart: the task's node id; of the others nothing but that it differs. */
  readonly id: string;
}

/** Every key of the engine's metrics begins with one of these. */
export const KEY_PREFIXES = ['dag-', 'md-storage-'] as const;

/** The longer prefix first: `md-storage-dag+` is another thing than `md-storage-dag-resource-usage+`. */
const PATTERNS: readonly (readonly [PartName, RegExp])[] = [
  ['dag', /^dag-(?<runId>\d+[.].+)$/],
  ['plan', /^md-storage-plan\+(?<runId>\d+[.].+)$/],
  ['submission', /^md-storage-user-dag-submission\+(?<runId>\d+[.].+)$/],
  ['resource-usage', /^md-storage-dag-resource-usage\+(?<runId>\d+[.].+)$/],
  ['task', /^md-storage-tasks\+(?<id>[^+]+\+[^+]+)\+(?<runId>\d+[.].+)$/],
  ['worker-startup', /^md-storage-worker-startup\+(?<runId>\d+[.].+)_(?<id>[0-9a-f]{64})$/],
  ['dag-download', /^md-storage-dag\+(?<runId>\d+[.].+)(?<id>[0-9a-f]{32})$/],
];

/** Reads a key's name; `null`: nothing that the engine is known to store. */
export function parseKey(key: string): PartKey | null {
  for (const [part, pattern] of PATTERNS) {
    const found = pattern.exec(key)?.groups;
    if (found) return { part, runId: found['runId'] as string, id: found['id'] ?? '' };
  }
  return null;
}

/** Run ids begin with the time of their creation in ms: by that, then as texts. */
export function compareRunIds(a: string, b: string): number {
  const difference = Number.parseInt(a, 10) - Number.parseInt(b, 10);
  if (difference !== 0 && !Number.isNaN(difference)) return difference;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export const isEngineKey = (key: string): boolean => KEY_PREFIXES.some((prefix) => key.startsWith(prefix));

/**
 * The reader of a live server adds these auxiliary fields to the snapshot that it makes, for the decoder; every other reader of
 * snapshots passes over them.
 */
export const STORE_NOTES = {
  /** All parts of the runs so far have come. */
  runsComplete: 'wfa-runs-complete',
  /** A key could not be read: its name, a line feed, and why. */
  lostKey: 'wfa-lost-key',
} as const;
