import { max, min } from 'd3-array';
import { jointKey } from '../../model/group-by.ts';
import { probabilityOfLess } from '../../stats/summary.ts';
import { wordCount, wordList } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import { auditPrices } from '../diagnostics/prices.ts';
import type { MemoryFacts } from './extract.ts';
import { isCarriedByFew, type ObservedFunction, type ObservedTask } from './fit.ts';
import type { MemoryOptions } from './options.ts';
import type { MemoryResult, UntoldReason } from './result.ts';

type Unworded = Omit<MemoryResult, 'headline' | 'headlines'>;

/** Says what else than memory may stand behind an exponent, and of which functions nothing can be told. */
export function auditMemory(
  result: Unworded,
  observed: readonly ObservedFunction[],
  facts: readonly MemoryFacts[],
  options: MemoryOptions,
): Warning[] {
  const fitted = keepFitted(result, observed);
  return [
    ...keepFindings([
      diagnoseConfounded(result),
      diagnoseFewRuns(result),
      diagnoseNeighbours(result),
      diagnoseOrder(fitted, options),
      diagnosePlanners(fitted),
      diagnoseDrift(result, options),
      diagnoseNotRecorded(facts),
      diagnoseReplay(result, facts),
    ]),
    ...auditPrices(
      options.prices,
      facts.map(({ run }) => run),
    ),
  ];
}

/** Functions named at most. */
const MOST_NAMES = 4;

function wordNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES);
  return wordList(names.length > shown.length ? [...shown, `${names.length - shown.length} more`] : shown);
}

const namesOf = ({ functions }: Unworded, reason: UntoldReason): string[] =>
  functions.filter((own) => own.reason === reason).map((own) => own.function);

function diagnoseConfounded(result: Unworded): Finding {
  const names = namesOf(result, 'confounded');
  return (
    names.length > 0 &&
    warn(
      'size-goes-with-position',
      `${wordNames(names)}: sizes go with the place in the DAG, with what runs beside the task or with its input: no exponent can be told apart from that`,
      { functions: names },
    )
  );
}

function diagnoseFewRuns(result: Unworded): Finding {
  const names = namesOf(result, 'few-runs-decide');
  return (
    names.length > 0 &&
    warn(
      'size-in-few-runs',
      `${wordNames(names)}: so few runs have another size that they decide the exponent alone: its interval is too narrow, and no verdict rests on it`,
      { functions: names },
    )
  );
}

function diagnoseNeighbours({ functions }: Unworded): Finding {
  const names = functions.flatMap((own) =>
    own.neighbourFactor && isCarriedByFew(own.neighbourFactor.effectiveRunCount) ? [own.function] : [],
  );
  return (
    names.length > 0 &&
    note(
      'neighbours-in-few-runs',
      `${wordNames(names)}: so few runs have tasks beside them that these decide what a neighbour adds: such intervals held the truth in 85 to 90 % of simulations, not in 95 %`,
      { functions: names },
    )
  );
}

/** From |2 · AUC − 1| on, sizes were run one after the other. */
const APART = 0.5;

/** Runs with the smallest size of a function against those with the largest, by submission; `null`: one size, or no instants. */
function findOrder(tasks: readonly ObservedTask[]): number | null {
  const sizes = tasks.map(({ row }) => row[0]);
  const [least, most] = [min(sizes), max(sizes)];
  if (least === most) return null;
  const instants = (size: number | undefined) => [
    ...new Set(tasks.flatMap(({ row, submittedAtMs }) => (row[0] === size ? (submittedAtMs ?? []) : []))),
  ];
  return probabilityOfLess(instants(least), instants(most));
}

function diagnoseOrder(fitted: readonly ObservedFunction[], { driftAtMs }: MemoryOptions): Finding {
  if (driftAtMs !== null) return false;
  const apart = fitted.flatMap(({ functionName, tasks }) => {
    const auc = findOrder(tasks);
    return auc !== null && Math.abs(2 * auc - 1) > APART ? [functionName] : [];
  });
  return (
    apart.length > 0 &&
    warn(
      'sizes-one-after-another',
      `${wordNames(apart)}: the smallest and the largest size were mostly run one after the other: drift of the workload would look like an effect of memory (--drift-at takes a known step out)`,
      { functions: apart },
    )
  );
}

/** Within no planner does the size vary. */
function diagnosePlanners(fitted: readonly ObservedFunction[]): Finding {
  const names = fitted.filter(followsPlanner).map(({ functionName }) => functionName);
  return (
    names.length > 0 &&
    warn(
      'size-goes-with-planner',
      `${wordNames(names)}: every planner gives one size only: whatever else planners do differently would look like an effect of memory`,
      { functions: names },
    )
  );
}

/** Functions that have an exponent. */
function keepFitted({ functions }: Unworded, observed: readonly ObservedFunction[]): ObservedFunction[] {
  const fitted = new Set(
    functions.flatMap((own) => (own.exponent === null ? [] : [jointKey(own.workflow, own.structure, own.function)])),
  );
  return observed.filter((own) => fitted.has(jointKey(own.workflow, own.structure, own.functionName)));
}

function followsPlanner({ tasks }: ObservedFunction): boolean {
  const sizeOf = new Map<string, number>();
  return tasks.every(({ planner, row: [memoryMb] }) => {
    const known = sizeOf.get(planner) ?? memoryMb;
    sizeOf.set(planner, known);
    return known === memoryMb;
  });
}

function diagnoseDrift({ functions }: Unworded, { driftAtMs }: MemoryOptions): Finding {
  return (
    driftAtMs !== null &&
    functions.length > 0 &&
    functions.every(({ driftFactor }) => driftFactor === null) &&
    warn(
      'drift-without-effect',
      'no function has runs on both sides of the instant of --drift-at, or enough of them: no step was taken out',
      { driftAtMs },
    )
  );
}

function diagnoseNotRecorded(facts: readonly MemoryFacts[]): Finding {
  const count = facts.filter(({ run }) => run.traits.lacks?.includes('workers')).length;
  return (
    count > 0 &&
    warn(
      'workers-not-recorded',
      `records of ${wordCount(count, 'run')} do not say which worker ran which task: tasks beside others cannot be told, and are not held equal`,
      { count },
    )
  );
}

function diagnoseReplay({ bestAllocation }: Unworded, facts: readonly MemoryFacts[]): Finding {
  if (bestAllocation !== null || facts.length === 0) return false;
  return note(
    'no-allocation',
    'no cheapest allocation: no run can be replayed, or no function has an exponent with an interval',
  );
}
