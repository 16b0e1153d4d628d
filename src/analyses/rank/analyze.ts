import { min } from 'd3-array';
import { priceRuns } from '../../cost/price-runs.ts';
import { Ledger } from '../../model/ledger.ts';
import { additionalRunsFor } from '../../stats/power.ts';
import type { Outcome } from '../analysis.ts';
import type { Arm } from '../design/arms.ts';
import { isEmpty } from '../design/blocks.ts';
import { probabilityOf, type Stat } from '../design/stat.ts';
import {
  contrastPairs,
  type JudgedPair,
  judgePairs,
  type MetricContrasts,
  measureMetric,
  pairOf,
  rankArms,
  strataOf,
} from './contrasts.ts';
import { judgeDecisions } from './decisions.ts';
import { arrangeExperiment, arrangeField, chooseArms, type Field, noteLeftOut, type RankedBlock } from './design.ts';
import { auditDesign, auditPrices, auditRanking } from './diagnostics.ts';
import type { RankFacts } from './extract.ts';
import { contrastFactors, type FactorialSearch, findFactors } from './factorial.ts';
import type { RankOptions } from './options.ts';
import { findFronts } from './pareto.ts';
import { computeRegrets, type Regret } from './regret.ts';
import { compareToBlocks } from './relative.ts';
import type {
  ArmMetric,
  DroppedArm,
  RankBlock,
  RankedArm,
  RankedQuantile,
  RankResult,
  RelativeRuns,
} from './result.ts';
import { wordHeadlines } from './wording.ts';

/** All facts → every arm's level, rank and regret. `UserError` when no two arms can be ranked against each other. */
export function analyzeRanking(
  unordered: readonly RankFacts[],
  options: RankOptions,
  seed: number,
): Outcome<RankResult> {
  const ledger = new Ledger();
  const experiment = arrangeExperiment(priceRuns(unordered, options.prices?.table ?? null), options);
  const field = arrangeField(experiment, chooseArms(experiment, options, ledger), options);
  noteLeftOut(experiment, field, options, ledger);
  const { arms, common } = field;

  const { stat } = options;
  const isMean = stat === 'mean';
  const contrasts = options.metrics.map((metric) => contrastPairs(measureMetric(common, metric), seed, stat));
  const judged = judgePairs(contrasts);
  const metrics = contrasts.map((contrast, i) => describeMetric(contrast, judged[i] ?? [], arms.length, seed));
  const order = orderArms(contrasts[0], arms.length);
  // A quantile has no contrast of four arms, and a block by itself has none.
  const search = isMean ? findFactors(arms, common) : NO_FACTORS;
  const named = arms.map(nameArm);
  const ownName = (label: string) => named.find((own) => own.label === label)?.arm ?? label;
  const withoutWords = {
    blockKeys: options.blockKeys,
    stat,
    quantiles: describeQuantiles(contrasts, stat),
    blockCount: common.length,
    arms: order.map(
      (arm): RankedArm => ({
        ...(named[arm] as ArmNames),
        runCount: common.reduce((sum, { cells }) => sum + (cells[arm]?.facts.length ?? 0), 0),
        metrics: Object.fromEntries(options.metrics.map(({ key }, i) => [key, metrics[i]?.[arm] as ArmMetric])),
      }),
    ),
    droppedArms: field.dropped.map(({ arm, runCount }): DroppedArm => ({ ...nameArm(arm), runCount })),
    blocks: describeBlocks(field, contrasts, order),
    pareto: (isMean ? findFronts(common, options.front, seed) : []).map(({ place, scope, ...point }) => ({
      scope,
      ...(named[place] as ArmNames),
      ...point,
    })),
    costMetric: options.front[1].key,
    ...(options.prices === null ? {} : { prices: options.prices.table }),
    factorial: search.design && contrastFactors(search.design, field.blocks, options.metrics, seed),
    factors: search.design && {
      planners: [ownName(search.design.planners[0]), ownName(search.design.planners[1])] as const,
      optimizations: search.design.optimizations,
    },
    decisions: isMean && arePlanners(arms) ? judgeDecisions(factsOf(field.blocks)) : null,
  };
  const headlines = wordHeadlines(withoutWords, options.metrics);
  const result: RankResult = { headline: headlines[0] as string, headlines, ...withoutWords };
  return {
    result,
    ledger: ledger.entries(),
    warnings: [
      ...auditDesign(field, experiment, options, search),
      ...auditRanking(result, options.metrics, judged),
      ...auditPrices(
        options.prices,
        experiment.facts.map(({ run }) => run),
      ),
    ],
  };
}

const NO_FACTORS: FactorialSearch = { design: null, tooMany: [] };

interface ArmNames {
  readonly arm: string;
  readonly label: string;
}

const SINGLE_CLAUSE = /^[a-z]+=([^,]*)$/;

/** The record's own name where one name selects the arm, else the selection. */
const nameArm = ({ selector, label }: Arm): ArmNames => ({ arm: SINGLE_CLAUSE.exec(selector)?.[1] ?? selector, label });

const arePlanners = (arms: readonly Arm[]): boolean => arms.every(({ selector }) => /^planner=[^,]*$/.test(selector));

const factsOf = (blocks: readonly RankedBlock[]): RankFacts[] =>
  blocks.flatMap(({ cells }) => cells.flatMap(({ facts }) => facts));

/** Places of the arms, best first; the given order where there are no levels. */
function orderArms(contrast: MetricContrasts | undefined, armCount: number): number[] {
  const levels = contrast?.logLevels;
  const places = Array.from({ length: armCount }, (_, arm) => arm);
  return levels ? places.sort((a, b) => (levels[a] as number) - (levels[b] as number)) : places;
}

/** One metric of every arm, in the order of the arms. */
function describeMetric(
  contrast: MetricContrasts,
  pairs: readonly JudgedPair[],
  armCount: number,
  seed: number,
): ArmMetric[] {
  const logs = contrast.quantile ? null : contrast.logs;
  const regrets = computeRegrets({ logs }, armCount, seed);
  const relative = compareToBlocks(contrast, armCount);
  const ranks = rankArms(armCount, pairs);
  return Array.from({ length: armCount }, (_, arm) => ({
    ...describeLevel(contrast, pairs, arm),
    additionalRunsFor5Percent: countAdditionalRuns(contrast, arm),
    ...(regrets[arm] as Regret),
    rankLow: ranks[arm]?.low as number,
    rankHigh: ranks[arm]?.high as number,
    relative: relative[arm] as RelativeRuns,
  }));
}

const toChange = (logRatio: number | null): number | null => (logRatio === null ? null : Math.expm1(logRatio));

function describeLevel(
  { metric, blocks, measuredCounts, logs, logLevels, best, quantile }: MetricContrasts,
  pairs: readonly JudgedPair[],
  arm: number,
) {
  const against = best === null ? null : pairOf(arm, best, pairs);
  return {
    level: logLevels ? Math.exp(logLevels[arm] as number) : null,
    unit: metric.unit,
    blockCount: blocks.length,
    runCount: blocks.reduce((sum, { cells }) => sum + (cells[arm]?.facts.length ?? 0), 0),
    measuredCount: measuredCounts[arm] ?? 0,
    changeFromBestFraction: best === arm ? 0 : toChange(against?.difference ?? null),
    ciLow: toChange(against?.ciLow ?? null),
    ciHigh: toChange(against?.ciHigh ?? null),
    intervalMethod: against?.pair.estimate.method ?? ('none' as const),
    quantileRunCount: countQuantileRuns({ quantile, logs }, arm),
    pValue: against?.pair.pValue ?? null,
    pAdjusted: against?.pair.pAdjusted ?? null,
  };
}

/** Counts the runs of an arm that intervals rest on: blocks × its smallest cell. */
function countQuantileRuns({ quantile, logs }: Pick<MetricContrasts, 'quantile' | 'logs'>, arm: number): number | null {
  if (quantile === null || 'reason' in quantile) return null;
  const { places } = quantile;
  return places.length * (min(places, (place) => logs?.[place]?.[arm]?.length ?? 0) ?? 0);
}

function describeQuantiles(contrasts: readonly MetricContrasts[], stat: Stat): RankResult['quantiles'] {
  const probability = probabilityOf(stat);
  if (probability === null) return null;
  return Object.fromEntries(
    contrasts.flatMap(({ metric, quantile }): [string, RankedQuantile][] => {
      if (quantile === null) return [];
      const told =
        'reason' in quantile
          ? { blockCount: 0, refusal: quantile }
          : { blockCount: quantile.places.length, refusal: null };
      return [[metric.key, { probability, ...told }]];
    }),
  );
}

/** The change that `additionalRunsFor5Percent` is about. */
const TARGET_CHANGE = Math.log(1.05);

function countAdditionalRuns({ logs, best, quantile }: MetricContrasts, arm: number): number | null {
  if (logs === null || best === null || quantile !== null || arm === best) return null;
  return additionalRunsFor(strataOf(logs, best, arm), TARGET_CHANGE);
}

function describeBlocks(
  { arms, blocks }: Field,
  contrasts: readonly MetricContrasts[],
  order: readonly number[],
): RankBlock[] {
  const levels = contrasts.map(
    ({ blocks: measured, logs }) => new Map(measured.map(({ label }, i) => [label, logs?.[i]?.map(meanOf)])),
  );
  return blocks.map(({ label, names, cells }) => {
    const lacking = order.flatMap((arm) =>
      isEmpty(cells[arm] ?? { facts: [] }) ? [nameArm(arms[arm] as Arm).arm] : [],
    );
    return {
      label,
      keys: names,
      isCommon: lacking.length === 0,
      lacking,
      runCount: cells.reduce((sum, { facts }) => sum + facts.length, 0),
      levels: Object.fromEntries(
        contrasts.map(({ metric }, i) => {
          const own = levels[i]?.get(label);
          return [metric.key, own ? order.map((arm) => Math.exp(own[arm] as number)) : null];
        }),
      ),
    };
  });
}

const meanOf = (logs: readonly number[]): number => logs.reduce((sum, log) => sum + log, 0) / logs.length;
