import { shortenPlanners } from '../../model/names.ts';
import { sampleMedian } from '../../stats/summary.ts';
import { wordChange, wordCount, wordNumber, wordPercentChange } from '../../view/words.ts';
import { isCarriedByFew } from './fit.ts';
import { ASSUMED_EXPONENT } from './planners.ts';
import type { BestAllocation, Factor, FunctionMemory, MemoryResult, PlannerPair, UntoldReason } from './result.ts';

type Unworded = Omit<MemoryResult, 'headline' | 'headlines'>;

/** The answers in a sentence each: memory, with what it explains of planners; neighbours; the cheapest sizes. */
export const wordHeadlines = ({ functions, planners, bestAllocation }: Unworded): string[] => [
  planners?.explained ? `${wordMemory(functions)}: ${wordPair(planners)}` : wordMemory(functions),
  ...wordNeighbours(functions),
  ...(bestAllocation ? [wordAllocation(bestAllocation)] : []),
];

/** `−0.01`, `0.30`. */
export const wordExponent = (exponent: number | null): string => wordNumber(exponent, 2);

const isFitted = ({ exponent }: FunctionMemory): boolean => exponent !== null;

/** Words what memory does to the functions together. */
function wordMemory(functions: readonly FunctionMemory[]): string {
  const fitted = functions.filter(isFitted);
  const told = functions.filter(({ verdict }) => verdict !== 'cannot-tell');
  const count = (verdict: FunctionMemory['verdict']) => functions.filter((own) => own.verdict === verdict).length;
  if (functions.length === 0) return 'no task of 5 ms or more';
  if (fitted.length === 0)
    return `whether more memory helps cannot be told of any of ${wordCount(functions.length, 'function')}: ${wordReasons(functions)}`;
  const [helped, unhelped, untold] = [count('helps'), count('no-help'), count('cannot-tell')];
  const answer =
    told.length === 0
      ? 'whether more memory makes functions faster cannot be told'
      : helped === 0
        ? 'more memory makes no function faster'
        : `more memory makes ${helped} of ${wordCount(functions.length, 'function')} faster`;
  const median = sampleMedian(fitted.flatMap(({ exponent }) => exponent ?? []));
  const details = [
    ...(unhelped > 0 ? [`it does not help ${unhelped} of ${functions.length}`] : []),
    ...(untold > 0 ? [`of ${untold} it cannot be told`] : []),
  ];
  const power = [
    `speed goes with memory to the power of ${wordExponent(median)} in the median`,
    ...wordAssumed(fitted),
  ];
  return `${answer}${details.length > 0 ? ` (${details.join(', ')})` : ''}; ${power.join(', and ')}`;
}

/** How many upper bounds lie below what the engine assumes. */
function wordAssumed(fitted: readonly FunctionMemory[]): string[] {
  const bounds = fitted.flatMap(({ ciHigh }) => ciHigh ?? []);
  const below = bounds.filter((bound) => bound < ASSUMED_EXPONENT).length;
  if (below === 0) return [];
  return [
    `${below === bounds.length ? `all ${below}` : `${below} of ${bounds.length}`} intervals exclude the ${ASSUMED_EXPONENT} that the engine assumes`,
  ];
}

/** `non-uniform against uniform: 3.6 times the memory, resource usage +260 % [+230, +290], makespan +1.2 % [−2.0, +4.5] (cannot tell)`. */
function wordPair(pair: PlannerPair): string {
  const shorten = shortenPlanners([pair.baselinePlanner, pair.candidatePlanner].map((planner) => ({ planner })));
  const changes = [
    ['resource usage', pair.resourceUsage],
    ['makespan', pair.makespan],
  ] as const;
  const words = changes.flatMap(([name, change]) => {
    if (change === null) return [];
    const { changeFraction, ciLow, ciHigh, outcome } = change;
    const remark = {
      different: '',
      hint: ' (a hint only)',
      equivalent: ' (no change)',
      inconclusive: ' (cannot tell)',
    };
    return [`${name} ${wordChange(changeFraction, ciLow, ciHigh)}${remark[outcome]}`];
  });
  return `${shorten(pair.candidatePlanner)} against ${shorten(pair.baselinePlanner)} has ${wordNumber(pair.memoryRatio, 1)} times the memory, ${words.join(', ')}`;
}

/** Functions slower or quicker beside others, each by its own interval. */
function wordNeighbours(functions: readonly FunctionMemory[]): string[] {
  const factors = functions.flatMap(({ neighbourFactor }) => neighbourFactor ?? []);
  if (factors.length === 0) return [];
  const slower = factors.filter(({ ciLow }) => ciLow !== null && ciLow > 1);
  const quicker = factors.filter(({ ciHigh }) => ciHigh !== null && ciHigh < 1);
  const median = sampleMedian(slower.map(({ factor }) => factor));
  const weak = slower.filter(({ effectiveRunCount }) => isCarriedByFew(effectiveRunCount)).length;
  const more = `${weak > 0 ? `; few runs decide ${weak} of them` : ''}${quicker.length > 0 ? `; ${quicker.length} ${quicker.length === 1 ? 'is' : 'are'} quicker` : ''}`;
  return [
    slower.length === 0
      ? `tasks beside them in their worker make none of ${wordCount(factors.length, 'function')} slower for certain${more}`
      : `${slower.length} of ${wordCount(factors.length, 'function')} ${slower.length === 1 ? 'is' : 'are'} slower beside other tasks in their worker, by ${wordPercentChange((median ?? 1) - 1)} % in the median for each of these${more}`,
  ];
}

function wordAllocation(best: BestAllocation): string {
  const {
    runCount,
    costChangeFraction,
    makespanChangeFraction,
    makespanChangeLowFraction,
    makespanChangeHighFraction,
  } = best;
  const cost = costChangeFraction === null ? 'no bill' : `bill ${wordPercentChange(costChangeFraction)} %`;
  return `with the size that is cheapest for its functions in every worker: ${cost}, makespan ${wordPercentChange(makespanChangeFraction)} % (${wordPercentChange(makespanChangeLowFraction)} to ${wordPercentChange(makespanChangeHighFraction)} with exponents at the ends of their intervals), by replay of ${wordCount(runCount, 'run')}`;
}

const REASONS: Readonly<Record<UntoldReason, string>> = {
  'too-few-runs': 'fewer than 12 runs',
  'one-size': 'one size only',
  confounded: 'size goes with something else',
  'no-interval': 'no interval',
  'few-runs-decide': 'few runs decide',
  'interval-too-wide': 'interval too wide',
};

/** Words why an exponent cannot be told. */
export const wordReason = (reason: UntoldReason): string => REASONS[reason];

function wordReasons(functions: readonly FunctionMemory[]): string {
  const reasons = [...new Set(functions.flatMap(({ reason }) => reason ?? []))];
  return reasons
    .map((reason) => `${REASONS[reason]} (${functions.filter((own) => own.reason === reason).length})`)
    .join(', ');
}

/** What each task beside it adds, in %: `+5.8 [+2.0, +9.6]`. */
export const wordFactor = (factor: Factor | null): string =>
  factor === null ? '–' : wordPercentChange(factor.factor - 1);
