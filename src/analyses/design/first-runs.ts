import { least } from 'd3-array';
import { groupBy } from '../../model/group-by.ts';
import { bySubmission } from '../../model/run-facts.ts';
import type { OfRun } from './conditions.ts';

/**
 * The first planned run of each workflow and structure among the runs of one arm: it was planned with the shortest history. Runs
 * without a plan are never first.
 */
export function findFirstRuns<Facts extends OfRun>(ofArm: readonly Facts[]): Facts[] {
  const workloads = groupBy(
    ofArm.filter(({ run }) => run.traits.planned),
    ({ run }) => run.traits.workflow,
    ({ run }) => run.traits.structure,
  );
  return workloads.map((workload) => least(workload, bySubmission) as Facts);
}
