import { RECORDED_KINDS, type RecordedKind } from '../../model/recorded.ts';
import { wordCount, wordList } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import {
  ABSURD_RATIO,
  areMixed,
  diagnoseAbsurdPredictions,
  diagnoseClockOffsets,
  diagnoseClocks,
  diagnoseEngines,
  diagnoseNotSubmitted,
  diagnoseSinkWait,
  isAbsurdPrediction,
  isNotSubmitted,
} from '../diagnostics/common.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import type { RunRow } from './extract.ts';

/** Finds what in the data will limit an analysis. */
export function findTroubles(rows: readonly RunRow[]): Warning[] {
  const clocks = keepFindings([diagnoseClockOffsets(rows.map(({ run }) => run))]);
  return [
    ...countTroubles(rows),
    ...findNotRecorded(rows),
    ...clocks,
    ...findStructures(rows),
    ...findEngineVersions(rows),
  ];
}

interface Trouble {
  readonly holds: (row: RunRow) => boolean;
  readonly find: (count: number) => Finding;
}

const runs = (count: number, words: string): string => `${wordCount(count, 'run')} ${words}`;

const TROUBLES: readonly Trouble[] = [
  {
    holds: ({ run }) => isNotSubmitted(run),
    find: (count) =>
      diagnoseNotSubmitted(count, runs(count, 'without submission time: failed, or never sent'), { count }),
  },
  {
    holds: ({ run }) => !run.traits.complete,
    find: (count) =>
      warn(
        'incomplete',
        runs(count, 'with tasks that left no metrics: their totals over tasks count as not measured'),
        { count },
      ),
  },
  {
    holds: ({ run }) => !run.traits.sinkRecorded,
    find: (count) => warn('sink-without-metrics', runs(count, 'whose sink left no metrics: no makespan'), { count }),
  },
  {
    holds: ({ run }) => run.traits.sinkWaitMissing,
    find: (count) =>
      diagnoseSinkWait(
        count,
        runs(count, "whose sink's wait for inputs was not recorded: the makespan is a lower bound"),
      ),
  },
  {
    holds: ({ run }) => run.traits.unfinishedStartupCount > 0,
    find: (count) => warn('startup-never-ended', runs(count, 'with worker start-ups that never ended'), { count }),
  },
  {
    holds: ({ run }) => !run.traits.planned,
    find: (count) =>
      note('without-plan', runs(count, 'without plan, for want of history: left out of comparisons of planners'), {
        count,
      }),
  },
  {
    holds: (row) => !row.run.traits.resourceUsageMeasured && !isLacking(row, 'resource-usage'),
    find: (count) =>
      note(
        'resource-usage-not-measured',
        runs(count, 'without measured resource usage: they only reused containers, or failed'),
        { count },
      ),
  },
  {
    holds: ({ run }) => run.negativeGapCount > 0,
    find: (count) =>
      diagnoseClocks(
        count,
        runs(count, 'with instants out of order: clocks differ, or a wait was not recorded'),
        'note',
        { count },
      ),
  },
  {
    holds: ({ makespanMs, predictedMakespanMs }) =>
      makespanMs !== null && predictedMakespanMs !== null && isAbsurdPrediction(predictedMakespanMs, makespanMs),
    find: (count) =>
      diagnoseAbsurdPredictions(count, `whose plan predicted more than ${ABSURD_RATIO} times the actual makespan`),
  },
];

function countTroubles(rows: readonly RunRow[]): Warning[] {
  const counted = TROUBLES.map(({ holds, find }) => ({ count: rows.filter(holds).length, find }));
  return keepFindings(counted.map(({ count, find }) => count > 0 && find(count)));
}

const isLacking = ({ run }: RunRow, kind: RecordedKind): boolean => run.traits.lacks?.includes(kind) ?? false;

/** A source may not record some kinds at all: said in a note for each number of runs that this is so of. */
function findNotRecorded(rows: readonly RunRow[]): Warning[] {
  const kindsByCount = new Map<number, RecordedKind[]>();
  for (const kind of Object.keys(RECORDED_KINDS) as RecordedKind[]) {
    const count = rows.filter((row) => isLacking(row, kind)).length;
    if (count > 0) kindsByCount.set(count, [...(kindsByCount.get(count) ?? []), kind]);
  }
  return [...kindsByCount].map(([count, kinds]) =>
    note(
      'not-recorded',
      runs(count, `whose records do not hold ${wordList(kinds)}: figures that need them are left out`),
      {
        count,
        kinds,
      },
    ),
  );
}

function findStructures(rows: readonly RunRow[]): Warning[] {
  const structures = new Map<string, Set<string>>();
  for (const { run } of rows) {
    const known = structures.get(run.traits.workflow);
    if (known) known.add(run.traits.structure);
    else structures.set(run.traits.workflow, new Set([run.traits.structure]));
  }
  return [...structures]
    .map(([workflow, { size }]) => ({ workflow, count: size }))
    .filter(({ count }) => count > 1)
    .sort((a, b) => b.count - a.count || (a.workflow < b.workflow ? -1 : 1))
    .map(({ workflow, count }) =>
      note(
        'several-structures',
        `${workflow} has ${count} structures: the workflow was edited, and each is compared by itself`,
        { workflow, count },
      ),
    );
}

function findEngineVersions(rows: readonly RunRow[]): Warning[] {
  const measures = new Set(rows.map(({ run }) => run.traits.resourceMeasure).filter((measure) => measure !== null));
  return keepFindings([
    diagnoseEngines(areMixed(measures), 'runs of two engine versions: resource usage was measured in two ways', {
      measures: [...measures],
    }),
  ]);
}
