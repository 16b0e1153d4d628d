import { priceRuns } from '../../cost/price-runs.ts';
import { groupBy } from '../../model/group-by.ts';
import { Ledger } from '../../model/ledger.ts';
import type { Metric } from '../../model/metrics.ts';
import { additionalRunsFor } from '../../stats/power.ts';
import type { Outcome, Warning } from '../analysis.ts';
import { type Arm, resolveArms } from '../design/arms.ts';
import { isEmpty } from '../design/blocks.ts';
import { figureOf, type MeasuredRun, measureBlocks } from '../design/cells.ts';
import type { Comparison } from '../design/comparison.ts';
import {
  contrastMetric,
  judgeFamily,
  type MeasuredPairing,
  pairMeasured,
  type Unjudged,
} from '../design/contrast-metric.ts';
import {
  arrangeArms,
  arrangeExperiment,
  type Experiment,
  noteMissing,
  noteUnplanned,
  noteUnusedRuns,
  type Pairing,
  pairWithBaseline,
} from '../design/pairing.ts';
import { logStrataOf } from '../design/pairs.ts';
import { findOverlapping } from '../design/survey.ts';
import { auditClaim, auditClaims, auditDesign, auditPrices } from './diagnostics.ts';
import { type Claim, type ClaimOptions, placing } from './options.ts';
import type { ClaimResult, JudgedClaim } from './result.ts';
import type { ClaimedChange } from './sentence.ts';
import { judgeClaim } from './verdict.ts';
import { type ArmRuns, type Arms, dropOneRun, findChanceOfMatch, findWays } from './ways.ts';
import { wordClaim } from './wording.ts';

/** All facts → whether each claim is so. `UserError` when an arm is not in the data. */
export function analyzeClaims(
  unordered: readonly MeasuredRun[],
  options: ClaimOptions,
  seed: number,
): Outcome<ClaimResult> {
  const runs = priceRuns(unordered, options.prices?.table ?? null);
  const trials = options.claims.map((claim) => placing(claim, () => prepareTrial(claim, runs, options, seed)));
  // Every claim of a list is a test of its own: together they are the family.
  const comparisons = judgeFamily(trials.map(({ comparison }) => comparison));
  const claims = trials.map((trial, i) => judgeTrial(trial, comparisons[i] as Comparison, options));
  return {
    result: options.isList ? { claims } : (claims[0] as JudgedClaim),
    ledger: noteLeftOut(trials, options).entries(),
    warnings: [
      ...auditDesigns(trials, options),
      ...claims.flatMap((claim, i) => auditClaim(claim, options.claims[i] as Claim, options)),
      ...auditClaims(claims),
      ...auditPrices(
        options.prices,
        runs.map(({ run }) => run),
      ),
    ],
  };
}

/** A claim with the runs that it is about. */
interface Trial {
  readonly claim: Claim;
  readonly experiment: Experiment;
  readonly arms: readonly Arm[];
  readonly measured: MeasuredPairing;
  /** The runs of both arms with a figure, whether they may be compared or not. */
  readonly every: Arms;
  readonly comparison: Unjudged;
}

function prepareTrial(
  claim: Claim,
  unordered: readonly MeasuredRun[],
  { includeUnplanned, equivalenceFraction }: ClaimOptions,
  seed: number,
): Trial {
  const { baseline, candidate, blockKeys, metric } = claim;
  const experiment = arrangeExperiment(unordered, { baseline, candidates: [candidate], blockKeys, includeUnplanned });
  const arms = resolveArms([baseline, candidate], experiment.conditions);
  const blocks = arrangeArms(experiment, arms, claim);
  const pairing = pairWithBaseline(blocks, arms, 1);
  const measured = pairMeasured(
    pairing,
    measureBlocks(blocks, (fact) => figureOf(fact, metric.key)),
    1,
  );
  return {
    claim,
    experiment,
    arms,
    measured,
    every: {
      baseline: measureArm(experiment, arms[0] as Arm, metric),
      candidate: measureArm(experiment, arms[1] as Arm, metric),
    },
    comparison: contrastMetric(measured, metric, equivalenceFraction, seed),
  };
}

/** Every run of an arm that has a figure. */
function measureArm({ facts }: Experiment, { holds }: Arm, { key }: Metric): ArmRuns {
  const own = facts.flatMap((fact) => {
    const amount = holds(fact.run) ? figureOf(fact, key) : null;
    return amount === null ? [] : [{ fact, amount }];
  });
  return { facts: own.map(({ fact }) => fact), amounts: own.map(({ amount }) => amount) };
}

function judgeTrial({ claim, measured, every }: Trial, comparison: Comparison, options: ClaimOptions): JudgedClaim {
  const { claimed, otherReading } = claim;
  const { overall } = comparison;
  const blocks = measured.blocks.filter((block) => !isEmpty(block.baseline) && !isEmpty(block.candidate));
  const waysTo = (change: ClaimedChange) => findWays({ blocks, eligible: measured.pooled, every }, change);
  const ways = waysTo(claimed);
  const strata = logStrataOf(blocks);
  const judged = {
    claim: claim.text,
    line: claim.line,
    baseline: comparison.baseline,
    candidate: comparison.candidate,
    metric: comparison.metric,
    unit: comparison.unit,
    claimedFraction: claimed.fraction,
    claimedLow: claimed.low,
    claimedHigh: claimed.high,
    verdict: judgeClaim(claimed, overall, ways),
    otherReading: otherReading && {
      claimedFraction: otherReading.fraction,
      verdict: judgeClaim(otherReading, overall, waysTo(otherReading)),
    },
    blocked: overall,
    ways,
    chanceMatchFraction: findChanceOfMatch(ways, claimed),
    composition: comparison.pooled.composition,
    armsWithGap: comparison.pooled.armsWithGap,
    pooledMedianWithoutOneRun: dropOneRun(measured.pooled),
    additionalRunsForClaim: strata && additionalRunsFor(strata, Math.abs(Math.log1p(claimed.fraction))),
  };
  return { ...judged, ...wordClaim(judged, comparison, options) };
}

/** The design of every pair of arms that is claimed about, audited once. */
function auditDesigns(trials: readonly Trial[], { includeUnplanned }: ClaimOptions): Warning[] {
  return groupBy(trials, keyOf).flatMap((own) => {
    const { experiment, measured } = own[0] as Trial;
    const options = { includeUnplanned, metrics: own.map(({ claim }) => claim.metric) };
    return auditDesign(measured.pairing, experiment, findOverlapping(experiment.facts), options);
  });
}

const keyOf = ({ arms, claim }: Trial): string =>
  JSON.stringify([...arms.map(({ selector }) => selector), ...claim.blockKeys]);

/** Every run and figure that no claim uses. */
function noteLeftOut(trials: readonly Trial[], { metrics }: ClaimOptions): Ledger {
  const ledger = new Ledger();
  const pairings = trials.map(({ measured }): Pairing => measured.pairing);
  const { experiment } = trials[0] as Trial;
  noteUnplanned(experiment, ledger);
  noteUnusedRuns(
    experiment,
    trials.flatMap(({ arms }) => arms),
    pairings,
    ledger,
  );
  for (const metric of metrics) {
    const own = trials.filter(({ claim }) => claim.metric === metric);
    noteMissing(
      own.map(({ measured }) => measured.pairing),
      [metric],
      ledger,
    );
  }
  return ledger;
}
