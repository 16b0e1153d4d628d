import { max, min, sum } from 'd3-array';
import { groupBy } from '../../model/group-by.ts';
import type { Metric } from '../../model/metrics.ts';
import { fisherExactP } from '../../stats/fisher.ts';
import { wordCount, wordList, wordP } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import type { Arm } from '../design/arms.ts';
import { isEmpty } from '../design/blocks.ts';
import { SIGNIFICANCE_LEVEL } from '../design/outcome.ts';
import { findOverlapping, type Survey, surveyRuns } from '../design/survey.ts';
import { areMixed, diagnoseClockOffsets, diagnoseEngines, diagnoseUnplannedIncluded } from '../diagnostics/common.ts';
import { auditClocks, auditSinkWait } from '../diagnostics/design-audit.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import { findArmsApart } from '../diagnostics/order.ts';
import { type AskedQuantile, auditQuantiles } from '../diagnostics/quantiles.ts';
import type { JudgedPair } from './contrasts.ts';
import type { Experiment, Field, RankedBlock } from './design.ts';
import type { FactorialSearch } from './factorial.ts';
import { measuredMetrics, type RankOptions } from './options.ts';
import type { RankResult } from './result.ts';
import { armsOf, bestOf, isHint, labelOf } from './wording.ts';

export { auditPrices } from '../diagnostics/prices.ts';

/**
 * These checks say what a careful reader would hold against the ranking: first the design of the experiment, then its numbers.
 */

/** Checks how the runs of the arms were made. */
export function auditDesign(
  field: Field,
  experiment: Experiment,
  options: RankOptions,
  search: FactorialSearch,
): Warning[] {
  const { arms, common } = field;
  const overlapping = findOverlapping(experiment.facts);
  const blocks = common.map(({ label, cells }) => ({
    label,
    surveys: cells.map(({ facts }) => surveyRuns(facts, overlapping)),
  }));
  const surveys = blocks.flatMap((block) => block.surveys);
  const byArm = arms.map((_, arm) => blocks.flatMap((block) => block.surveys[arm] ?? []));
  return keepFindings([
    auditNeverMet(field),
    auditCommon(field),
    auditOrder(field),
    auditBalance(field),
    auditUnplanned(experiment, options),
    auditOverlap(surveys),
    auditAliases(byArm, arms),
    auditFactors(search),
    auditMemory(byArm, arms),
    auditEngines(blocks),
    auditClocks(surveys),
    diagnoseClockOffsets(surveys.flatMap((survey) => survey.runs)),
    auditSinkWait(surveys, measuredMetrics(options)),
  ]);
}

function auditNeverMet({ dropped, arms }: Field): Finding {
  if (dropped.length === 0) return false;
  const names = dropped.map(({ arm, runCount }) => `${arm.label} (${wordCount(runCount, 'run')})`);
  return warn(
    'arms-never-met',
    `${wordList(names)} left out: no block holds ${dropped.length === 1 ? 'it' : 'them'} beside ${wordList(arms.map(({ label }) => label))}`,
    { arms: dropped.map(({ arm }) => arm.label) },
  );
}

/** Blocks that are left out for want of an arm, and the arm that most of them lack alone. */
function auditCommon({ arms, blocks, common }: Field): Finding {
  const left = blocks.filter(({ cells }) => cells.some(isEmpty));
  if (left.length === 0) return false;
  const runCount = sum(left, ({ cells }) => sum(cells, ({ facts }) => facts.length));
  const lackOnly = arms.map((_, arm) =>
    left.filter(({ cells }) => cells.every((cell, i) => isEmpty(cell) === (i === arm))),
  );
  const gained = max(lackOnly, ({ length }) => length) ?? 0;
  const worst = arms[lackOnly.findIndex(({ length }) => length === gained)];
  const hint =
    arms.length > 2 && gained > 0 ? `; without ${worst?.label} there would be ${common.length + gained}` : '';
  return note(
    'blocks-without-all-arms',
    `${wordCount(runCount, 'run')} left out, in ${left.length} of ${wordCount(blocks.length, 'block')} that lack an arm (--common shows them)${hint}`,
    { runCount, blockCount: left.length },
  );
}

const MOST_NAMED = 2;

/** Arms run one after the other: any drift of the platform looks like an effect. Judged inside workflows. */
function auditOrder({ arms, common }: Field): Finding {
  const workloads = instantsByWorkload(common, arms.length);
  const apart = arms.flatMap((first, i) =>
    arms.slice(i + 1).flatMap((second, offset) => {
      const auc = findArmsApart(
        workloads.map((of) => ({ baseline: of[i] as number[], candidate: of[i + 1 + offset] as number[] })),
      );
      if (auc === null) return [];
      return [auc > 0.5 ? { first, second, auc } : { first: second, second: first, auc: 1 - auc }];
    }),
  );
  if (apart.length === 0) return false;
  const words = apart.slice(0, MOST_NAMED).map(({ first, second }) => `${second.label} after ${first.label}`);
  const most = max(apart, ({ auc }) => auc) as number;
  return warn(
    'arms-apart-in-time',
    `${wordCount(apart.length, 'pair')} of arms mostly ran one after the other (${words.join(', ')}${apart.length > MOST_NAMED ? ', …' : ''}; AUC up to ${most.toFixed(2)}): drift of the platform or the workload would look like an effect; interleave the arms`,
    { pairs: apart.map(({ first, second, auc }) => ({ first: first.label, second: second.label, auc })) },
  );
}

/** When the runs of each workflow and structure were submitted, by arm. */
function instantsByWorkload(blocks: readonly RankedBlock[], armCount: number): number[][][] {
  const runs = blocks.flatMap(({ cells }) => cells.flatMap(({ facts }, arm) => facts.map(({ run }) => ({ run, arm }))));
  const workloads = groupBy(
    runs,
    ({ run }) => run.traits.workflow,
    ({ run }) => run.traits.structure,
  );
  return workloads.map((members) => {
    const instants = Array.from({ length: armCount }, (): number[] => []);
    for (const { run, arm } of members) if (run.submittedAtMs !== null) instants[arm]?.push(run.submittedAtMs);
    return instants;
  });
}

/** Runs of one arm for each of another from which a block counts as unbalanced. */
const UNBALANCED_RATIO = 3;

function auditBalance({ common }: Field): Finding {
  const unbalanced = common.filter(({ cells }) => {
    const counts = cells.map(({ facts }) => facts.length);
    return (max(counts) ?? 0) >= UNBALANCED_RATIO * (min(counts) ?? 0);
  });
  if (unbalanced.length === 0) return false;
  const words = unbalanced.slice(0, MOST_NAMED).map(({ label }) => label);
  return note(
    'unbalanced-blocks',
    `${wordCount(unbalanced.length, 'block')} of ${common.length} with three times as many runs of one arm as of another: ${words.join(', ')}${unbalanced.length > MOST_NAMED ? ', …' : ''}`,
    { blocks: unbalanced.map(({ label }) => label) },
  );
}

function auditUnplanned({ conditions: { firsts, counts } }: Experiment, options: RankOptions): Finding {
  const count = sum(firsts, ({ run }, i) => (run.traits.planned ? 0 : counts[i]));
  if (count === 0) return false;
  const percent = `${Math.round((100 * count) / sum(counts))} %`;
  return options.includeUnplanned
    ? diagnoseUnplannedIncluded(count, `without plan (${percent}) may be among the ranked: no planner shaped them`)
    : note(
        'unplanned-left-out',
        `${wordCount(count, 'run')} without plan (${percent}) left out; --include-unplanned takes them in`,
        {
          count,
        },
      );
}

function auditOverlap(surveys: readonly Survey[]): Finding {
  const count = sum(surveys, (survey) => survey.overlappingCount);
  return (
    count > 0 &&
    warn(
      'overlapping-runs',
      `${wordCount(count, 'ranked run')} overlapped another run in time: they may have shared workers and slowed each other`,
      { count },
    )
  );
}

/** Optimizations that no arm has apart from each other: their effects are aliased. */
function auditAliases(byArm: readonly (readonly Survey[])[], arms: readonly Arm[]): Finding {
  const ofArms = byArm.map((surveys) => new Set(surveys.flatMap(({ optimizations }) => [...optimizations])));
  const names = [...new Set(ofArms.flatMap((of) => [...of]))].sort();
  const patternOf = (name: string) => ofArms.map((of) => of.has(name)).join();
  const differing = names.filter((name) => new Set(ofArms.map((of) => of.has(name))).size > 1);
  const groups = [...new Set(differing.map(patternOf))].map((pattern) =>
    differing.filter((name) => patternOf(name) === pattern),
  );
  const aliased = groups.filter((group) => group.length > 1);
  if (aliased.length === 0) return false;
  const holders = arms.filter((_, arm) => ofArms[arm]?.has(aliased[0]?.[0] as string)).map(({ label }) => label);
  return warn(
    'aliased-optimizations',
    `${aliased.map(wordList).join('; ')} always come together (${wordList(holders)}): the effect of one of them is aliased with the others' and cannot be told apart`,
    { aliased },
  );
}

function auditFactors({ tooMany }: FactorialSearch): Finding {
  return (
    tooMany.length > 0 &&
    note(
      'factorial-needs-two-planners',
      `no 2 × 2 of planner and optimizations, because ${tooMany.length} planners are there with and without them (${wordList(tooMany)}): name the four arms of two planners`,
      { planners: tooMany },
    )
  );
}

function auditMemory(byArm: readonly (readonly Survey[])[], arms: readonly Arm[]): Finding {
  const sizes = byArm.map((surveys) => {
    const all = surveys.flatMap(({ memories }) => [...memories].flatMap((memory) => memory.split('+')));
    return [...new Set(all)].sort((a, b) => Number(a) - Number(b));
  });
  const kinds = [...new Set(sizes.map((of) => of.join(', ')))];
  if (kinds.length < 2) return false;
  const words = kinds.map(
    (kind) =>
      `${wordList(arms.filter((_, arm) => sizes[arm]?.join(', ') === kind).map(({ label }) => label))} ${kind} MB`,
  );
  return note('memory-differs', `memory sizes differ: ${words.join('; ')}`, {
    sizes: Object.fromEntries(arms.map(({ label }, arm) => [label, sizes[arm]])),
  });
}

interface SurveyedBlock {
  readonly label: string;
  readonly surveys: readonly Survey[];
}

/** Two engine versions measure resources in two ways; inside a block they must not meet. */
function auditEngines(blocks: readonly SurveyedBlock[]): Finding {
  const mixed = blocks.filter(({ surveys }) => areMixed(surveys.flatMap(({ measures }) => [...measures])));
  return diagnoseEngines(
    mixed.length > 0,
    `${wordCount(mixed.length, 'block')} hold runs of two engine versions, which measure resource usage differently; add source or day to --block, or rank them apart`,
    { blocks: mixed.map(({ label }) => label) },
  );
}

/** Tests adjusted together beyond which 9,999 permutations cannot confirm any: the smallest p is 1/10,000. */
const LARGE_FAMILY = SIGNIFICANCE_LEVEL * 10_000;

/** Checks what the numbers themselves give away. `judged`: the pairs of each metric. */
export function auditRanking(
  result: RankResult,
  metrics: readonly Metric[],
  judged: readonly (readonly JudgedPair[])[],
): Warning[] {
  const found = metrics.map(({ key }) => ({ key, arms: armsOf(result, key) }));
  const about = (
    holds: (of: (typeof found)[number]) => boolean,
    say: (words: string, keys: string[]) => Warning,
  ): Finding => {
    const keys = found.filter(holds).map(({ key }) => key);
    return keys.length > 0 && say(wordList(keys.map(labelOf)), keys);
  };
  const blocksOf = ({ arms }: (typeof found)[number]) => arms[0]?.of.blockCount ?? 0;
  const isRefused = ({ key }: (typeof found)[number]) => (result.quantiles?.[key]?.refusal ?? null) !== null;
  const familySize = sum(judged, (pairs) => pairs.length);
  return keepFindings([
    about(
      (of) => blocksOf(of) === 0,
      (words, keys) => warn('not-measured', `${words}: no block has figures of all arms`, { metrics: keys }),
    ),
    ...auditQuantiles(askedQuantiles(result)),
    about(
      (of) => blocksOf(of) > 0 && !isRefused(of) && of.arms.every(({ of: { level } }) => level === null),
      (words, keys) =>
        warn('zero-figures', `${words}: some runs have 0, so there are no levels that ratios could be taken of`, {
          metrics: keys,
        }),
    ),
    about(
      (of) => blocksOf(of) > 0 && blocksOf(of) < result.blockCount,
      (words, keys) =>
        warn('fewer-blocks', `${words}: only a part of the ${result.blockCount} blocks has figures of all arms`, {
          metrics: keys,
        }),
    ),
    auditLoss(result, metrics),
    about(
      ({ arms }) => arms.some(({ of }) => isHint(of)),
      (words, keys) =>
        warn(
          'interval-finds-test-does-not',
          `${words}: intervals tell some arms worse than the best, but the permutation test does not confirm it after Holm over ${wordCount(familySize, 'pair')} of arms and metrics: take it as a hint`,
          { metrics: keys },
        ),
    ),
    about(
      ({ arms }) => bestOf(arms) !== null && arms.length > 1 && arms.every(({ of }) => of.ciLow === null),
      (words, keys) =>
        warn('no-interval', `${words}: too few runs, or no variation between them, for any interval`, {
          metrics: keys,
        }),
    ),
    about(
      ({ arms }) =>
        arms.length > 1 && arms.some(({ of }) => of.regretMeanFraction !== null && of.regretCorrected === null),
      (words, keys) =>
        note(
          'regret-not-corrected',
          `${words}: some cells have one run, so regret cannot be corrected for the winner's curse, and is too large: the best of noisy figures looks better than it is`,
          { metrics: keys },
        ),
    ),
    familySize > LARGE_FAMILY &&
      note(
        'large-family',
        `${familySize} tests were adjusted together (Holm), and none of them can be confirmed by 9,999 permutations: ask for fewer metrics or arms`,
        { familySize },
      ),
  ]);
}

/** The metrics that arms are ranked by a quantile of. */
const askedQuantiles = ({ quantiles, arms, stat }: RankResult): AskedQuantile[] =>
  Object.entries(quantiles ?? {}).map(([metric, { blockCount, refusal }]) => ({
    metric,
    words: labelOf(metric),
    stat,
    refusal,
    blockCount,
    measuredBlockCount: arms[0]?.metrics[metric]?.blockCount ?? 0,
    smallestCell: (min(arms, ({ metrics: own }) => own[metric]?.quantileRunCount ?? 0) ?? 0) / blockCount,
  }));

/** Arms that lost more or fewer runs of the common blocks than the others did. */
function auditLoss({ arms }: RankResult, metrics: readonly Metric[]): Finding {
  const unequal = metrics.flatMap(({ key }) => {
    const tallies = arms.map(({ runCount, metrics: of }) => ({
      yes: of[key]?.measuredCount ?? 0,
      no: runCount - (of[key]?.measuredCount ?? 0),
    }));
    const pValues = tallies.map((own, i) => {
      const others = tallies.filter((_, other) => other !== i);
      return fisherExactP(own, { yes: sum(others, ({ yes }) => yes), no: sum(others, ({ no }) => no) });
    });
    const least = (min(pValues) ?? 1) * arms.length;
    const worst = pValues.indexOf(min(pValues) as number);
    return least < SIGNIFICANCE_LEVEL
      ? [{ key, label: arms[worst]?.label ?? '', pValue: least, ...tallies[worst] }]
      : [];
  });
  if (unequal.length === 0) return false;
  const words = unequal.map(
    ({ key, label, pValue, yes = 0, no = 0 }) =>
      `${labelOf(key)}: ${no} of ${yes + no} of ${label} without a figure (Fisher's exact p ${wordP(pValue)})`,
  );
  return warn(
    'unequal-loss',
    `the arms did not lose runs alike (${words.join('; ')}): those that are left may be the easy ones`,
    { metrics: unequal.map(({ key }) => key) },
  );
}
