import { desc, from, op } from 'arquero';
import { wordCount } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import type { RunRow } from './extract.ts';

/** What in the data will limit an analysis. */
export function findTroubles(rows: readonly RunRow[]): Warning[] {
  return [...countTroubles(rows), ...findStructures(rows), ...findEngineVersions(rows)];
}

/** A prediction this many times off is more likely a broken history than a bad planner. */
const ABSURD_RATIO = 10;

interface Trouble {
  readonly code: string;
  readonly severity: Warning['severity'];
  readonly holds: (row: RunRow) => boolean;
  /** Follows `3 runs`. */
  readonly words: string;
}

const TROUBLES: readonly Trouble[] = [
  {
    code: 'not-submitted',
    severity: 'warning',
    holds: ({ run }) => run.submittedAtMs === null,
    words: 'without submission time: failed, or never sent',
  },
  {
    code: 'incomplete',
    severity: 'warning',
    holds: ({ run }) => !run.traits.complete,
    words: 'with tasks that left no metrics: their totals over tasks count as not measured',
  },
  {
    code: 'sink-without-metrics',
    severity: 'warning',
    holds: ({ run }) => !run.traits.sinkRecorded,
    words: 'whose sink left no metrics: no makespan',
  },
  {
    code: 'makespan-too-short',
    severity: 'warning',
    holds: ({ run }) => run.traits.sinkWaitMissing,
    words: "whose sink's wait for inputs was not recorded: the makespan is a lower bound",
  },
  {
    code: 'startup-never-ended',
    severity: 'warning',
    holds: ({ run }) => run.traits.unfinishedStartupCount > 0,
    words: 'with worker start-ups that never ended',
  },
  {
    code: 'without-plan',
    severity: 'note',
    holds: ({ run }) => !run.traits.planned,
    words: 'without plan, for want of history: left out of comparisons of planners',
  },
  {
    code: 'resource-usage-not-measured',
    severity: 'note',
    holds: ({ run }) => !run.traits.resourceUsageMeasured,
    words: 'without measured resource usage: they only reused containers, or failed',
  },
  {
    code: 'clock-differences',
    severity: 'note',
    holds: ({ run }) => run.negativeGapCount > 0,
    words: 'with instants out of order: clocks differ, or a wait was not recorded',
  },
  {
    code: 'absurd-prediction',
    severity: 'note',
    holds: ({ makespanMs, predictedMakespanMs }) =>
      makespanMs !== null && predictedMakespanMs !== null && predictedMakespanMs > ABSURD_RATIO * makespanMs,
    words: `whose plan predicted more than ${ABSURD_RATIO} times the actual makespan`,
  },
];

function countTroubles(rows: readonly RunRow[]): Warning[] {
  return TROUBLES.flatMap(({ code, severity, holds, words }) => {
    const count = rows.filter(holds).length;
    return count === 0 ? [] : [{ code, severity, message: `${wordCount(count, 'run')} ${words}`, args: { count } }];
  });
}

function findStructures(rows: readonly RunRow[]): Warning[] {
  if (rows.length === 0) return [];
  const structures = from(rows.map(({ run }) => ({ workflow: run.traits.workflow, structure: run.traits.structure })))
    .groupby('workflow')
    .rollup({ count: op.distinct('structure') })
    .orderby(desc('count'), 'workflow')
    .objects() as { workflow: string; count: number }[];
  return structures
    .filter(({ count }) => count > 1)
    .map(({ workflow, count }) => ({
      code: 'several-structures',
      severity: 'note',
      message: `${workflow} has ${count} structures: the workflow was edited, and each is compared by itself`,
      args: { workflow, count },
    }));
}

function findEngineVersions(rows: readonly RunRow[]): Warning[] {
  const measures = new Set(rows.map(({ run }) => run.traits.resourceMeasure).filter((measure) => measure !== null));
  if (measures.size < 2) return [];
  const message = 'runs of two engine versions: resource usage was measured in two ways';
  return [{ code: 'mixed-engine-versions', severity: 'warning', message, args: { measures: [...measures] } }];
}
