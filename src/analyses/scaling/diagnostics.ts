import { wordCount, wordList } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { diagnoseClockOffsets } from '../diagnostics/common.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import type { ScalingFacts } from './extract.ts';
import { explain } from './fit.ts';
import type { ScalingResult } from './result.ts';

type Unworded = Omit<ScalingResult, 'headline' | 'headlines'>;

/** Says what slopes rest on, and what they cannot tell apart. */
export function auditScaling(result: Unworded, facts: readonly ScalingFacts[]): Warning[] {
  return keepFindings([
    diagnoseMixed(result),
    diagnoseFewRuns(result),
    diagnoseStructures(result),
    diagnoseFewStructures(result),
    diagnoseWaiting(facts),
    diagnoseClockOffsets(facts.map(({ run }) => run)),
  ]);
}

function diagnoseMixed({ fanouts }: Unworded): Finding {
  const mixed = fanouts.filter(({ last }) => last.perChildReason === 'goes-with-new-workers');
  return (
    mixed.length > 0 &&
    note(
      'width-goes-with-workers',
      `${wordList(mixed.map(({ planner }) => planner))}: every child gets a worker of its own, or widths and workers go together: what a worker adds holds what a child adds`,
      { planners: mixed.map(({ planner }) => planner) },
    )
  );
}

function diagnoseFewRuns({ fanouts }: Unworded): Finding {
  const weak = fanouts.filter(({ last }) => last.perWorkerReason === 'few-runs-decide');
  return (
    weak.length > 0 &&
    note(
      'slope-by-few-runs',
      `${wordList(weak.map(({ planner }) => planner))}: so few runs differ in the workers started that they decide the slope: its interval is too narrow, and nothing rests on it`,
      { planners: weak.map(({ planner }) => planner) },
    )
  );
}

function diagnoseStructures({ makespans }: Unworded): Finding {
  const told = makespans.filter(({ makespan }) => explain(makespan) === null);
  return (
    told.length > 0 &&
    warn(
      'structures-differ-in-more',
      `${wordList(told.map(({ workflow }) => workflow))}: structures of one workflow were edited, and at other times: they may differ in more than width, and intervals are of runs of these structures, not of others`,
      { workflows: told.map(({ workflow }) => workflow) },
    )
  );
}

/** Intercept, tasks and edges take three structures; intervals of them four. */
const FEWEST_STRUCTURES = 4;

function diagnoseFewStructures({ dag }: Unworded): Finding {
  return (
    dag !== null &&
    dag.structureCount < FEWEST_STRUCTURES &&
    note(
      'few-structures',
      `bytes of DAGs of ${wordCount(dag.structureCount, 'structure')}: too few for an interval of what a task and an edge take`,
      { count: dag.structureCount },
    )
  );
}

function diagnoseWaiting(facts: readonly ScalingFacts[]): Finding {
  const count = facts.reduce((sum, { waitingCount }) => sum + waitingCount, 0);
  return (
    count > 0 &&
    note(
      'children-wait-for-others',
      `${wordCount(count, 'child', 'children')} of fan-outs that wait for other tasks as well: their start tells of those, and is left out`,
      { count },
    )
  );
}
