import { groupBy } from '../model/group-by.ts';
import type { RunFacts } from '../model/run-facts.ts';

/** What has to be known of the data before questions that name planners can be asked. */
export interface Survey {
  readonly runCount: number;
  /** The two planners with most planned runs, baseline first; those that were named where some were. `null`: there are no two. */
  readonly pair: readonly string[] | null;
  /** A planner that preloads, the one with most runs that do; `null`: none does. */
  readonly preloading: string | null;
}

/** Surveys the runs. Which planners are compared is told by how often they ran, never by how well: that would bias the comparison. */
export function surveyRuns(runs: readonly RunFacts[], named: readonly string[]): Survey {
  const planned = runs.filter(({ traits }) => traits.planned);
  const preloading = planned.filter(({ traits }) => traits.optimizations.includes('PreLoad'));
  const [first, second] = byCount(planned);
  const pair = first === undefined || second === undefined ? null : [first, second].sort();
  return {
    runCount: runs.length,
    pair: named.length > 1 ? named : pair,
    preloading: byCount(preloading)[0] ?? null,
  };
}

/** The planners of the runs, those with most runs first; ties by name. */
const byCount = (runs: readonly RunFacts[]): string[] =>
  groupBy(runs, ({ traits }) => traits.planner)
    .map((own) => ({ planner: own[0]?.traits.planner ?? '', count: own.length }))
    .sort((a, b) => b.count - a.count || (a.planner < b.planner ? -1 : 1))
    .map(({ planner }) => planner);
