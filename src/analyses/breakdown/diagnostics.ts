import { shortenPlanners } from '../../model/names.ts';
import { PATH_PART_LABELS } from '../../view/part-marks.ts';
import { wordCount, wordList } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { areMixed, diagnoseClockOffsets, diagnoseEngines, diagnoseUnplannedIncluded } from '../diagnostics/common.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import type { BreakdownFacts } from './extract.ts';
import type { BreakdownOptions } from './options.ts';
import type { BreakdownResult } from './result.ts';
import { unrecordedParts } from './wording.ts';

/** Audits what a careful reader would hold against the breakdown. */
export function auditBreakdown(
  result: BreakdownResult,
  facts: readonly BreakdownFacts[],
  options: BreakdownOptions,
): Warning[] {
  const findings: Finding[] = [
    options.by === 'planner' && auditBalance(result),
    auditGaps(result),
    diagnoseClockOffsets(facts.map(({ run }) => run)),
    auditWaits(result),
    auditInvocations(result),
    auditUnrecorded(result),
    auditPaths(result, facts),
    auditUnplanned(facts, options),
    auditEngines(facts),
    options.by === 'planner' && auditRuns(result),
  ];
  return keepFindings(findings);
}

function auditBalance({ criticalPath, tasks, planners }: BreakdownResult): Finding {
  const { blocksUsed, blocks, leftOutBlocks } = criticalPath.blocks.length > 0 ? criticalPath : tasks;
  if (planners.length < 2) return false;
  if (blocksUsed === 'own') {
    return warn(
      'mixes-differ',
      'no block holds every planner: each planner is averaged over its own blocks, so differences between planners may be differences between workflows; narrow with --planner, or coarsen with --block workflow',
    );
  }
  if (leftOutBlocks.length === 0) return false;
  return note(
    'blocks-left-out',
    `${wordCount(leftOutBlocks.length, 'block')} of ${blocks.length + leftOutBlocks.length} left out because not every planner ran there: ${leftOutBlocks.slice(0, 3).join(', ')}${leftOutBlocks.length > 3 ? ', \u2026' : ''}; fewer planners (--planner) may keep more`,
    { blocks: leftOutBlocks },
  );
}

const pathsOf = ({ planners }: BreakdownResult) => planners.flatMap(({ criticalPath }) => criticalPath ?? []);

function auditGaps(result: BreakdownResult): Finding {
  const count = pathsOf(result).reduce((sum, path) => sum + path.negativeGapCount, 0);
  const totalMs = pathsOf(result).reduce((sum, path) => sum + path.negativeGapMs, 0);
  if (count === 0) return false;
  return warn(
    'negative-gaps',
    `${wordCount(count, 'task')} on critical paths began before what they had to wait for (${Math.round(-totalMs)} ms in all, kept in 'other' with their sign): clocks differ`,
    { count, totalMs },
  );
}

function auditWaits(result: BreakdownResult): Finding {
  const count = pathsOf(result).reduce((sum, path) => sum + path.unrecordedWaitCount, 0);
  if (count === 0) return false;
  return warn(
    'input-wait-not-recorded',
    `${wordCount(count, 'task')} on critical paths whose wait for inputs was not recorded: it shows as queueing of the next task, or is missing from the makespan`,
    { count },
  );
}

function auditInvocations({ planners }: BreakdownResult): Finding {
  const shorten = shortenPlanners(planners);
  const unrecorded = planners.flatMap(({ planner, criticalPath }) =>
    criticalPath !== null && unrecordedParts(criticalPath).join() === 'invocation' ? [shorten(planner)] : [],
  );
  if (unrecorded.length === 0) return false;
  return warn(
    'invocations-not-recorded',
    `invocations of ${wordList(unrecorded)} are not recorded: on the path their time is in queueing and other; in the sums it is missing`,
    { planners: unrecorded },
  );
}

/** Of a source that lacks more than the invocations. */
function auditUnrecorded({ planners }: BreakdownResult): Finding {
  const lacking = planners.flatMap(({ criticalPath }) => {
    const parts = criticalPath ? unrecordedParts(criticalPath) : [];
    return parts.join() === 'invocation' ? [] : parts;
  });
  const parts = [...new Set(lacking)];
  if (parts.length === 0) return false;
  return note(
    'parts-not-recorded',
    `${wordList(parts.map((part) => PATH_PART_LABELS[part]))} not recorded: what they took counts as execution where a task's own times hold it, and otherwise as waiting or other`,
    { parts },
  );
}

function auditPaths({ planners }: BreakdownResult, facts: readonly BreakdownFacts[]): Finding {
  const count = facts.filter(({ path }) => path === 'edges-not-recorded').length;
  if (count === 0) return false;
  const isOnly = planners.every(({ criticalPath }) => criticalPath === null);
  return note(
    'edges-not-recorded',
    `the records of ${wordCount(count, 'run')} do not say which task waits for which: no critical path${isOnly ? ', only sums over all tasks, which overlap in time' : ''}`,
    { count },
  );
}

function auditUnplanned(facts: readonly BreakdownFacts[], { includeUnplanned }: BreakdownOptions): Finding {
  const count = facts.filter(({ run }) => !run.traits.planned).length;
  if (!includeUnplanned) return false;
  return diagnoseUnplannedIncluded(count, 'without plan counted as if their planner had planned them');
}

function auditEngines(facts: readonly BreakdownFacts[]): Finding {
  const measures = new Set(facts.flatMap(({ run }) => run.traits.resourceMeasure ?? []));
  return diagnoseEngines(
    areMixed(measures),
    'runs of two engine versions, which take their time differently and may be mixed within a block: read the data of one version only, or each with --data of its own and source in --block',
    { measures: [...measures].sort() },
  );
}

function auditRuns(result: BreakdownResult): Finding {
  const without = result.planners.filter(({ criticalPath }) => criticalPath?.totalCiLow === null);
  if (without.length === 0) return false;
  const shorten = shortenPlanners(result.planners);
  const namesOf = (isSingle: boolean) =>
    without
      .filter(({ criticalPath }) => (criticalPath?.intervalMethod === 'none') === isSingle)
      .map(({ planner }) => shorten(planner));
  const [single, equal] = [namesOf(true), namesOf(false)];
  const reasons = [
    ...(single.length === 0
      ? []
      : [
          `${wordList(single)}: one block in five or more has a single run, whose spread cannot be borrowed from other workflows; a coarser --block, such as workflow,structure, may give one`,
        ]),
    ...(equal.length === 0 ? [] : [`${wordList(equal)}: the runs of each block do not differ`]),
  ];
  return note('no-interval', `no interval for ${reasons.join('; for ')}`, { planners: [...single, ...equal] });
}
