import { wordCount, wordList, wordP } from '../../view/words.ts';
import type { Warning } from '../analysis.ts';
import { excludesNoChange, SIGNIFICANCE_LEVEL } from '../design/outcome.ts';
import { diagnoseSingleRuns } from '../diagnostics/common.ts';
import { type Finding, keepFindings, note, warn } from '../diagnostics/finding.ts';
import { findArmsApart } from '../diagnostics/order.ts';
import type { ArmNames } from './arms.ts';
import type { Block, Design } from './design.ts';
import type { MatchKey } from './options.ts';
import type { PreloadContrast, PreloadResult } from './result.ts';
import { countCells, labelOf, wordMs, wordMsInterval } from './wording.ts';

/** The audit says what a careful reader would hold against the comparison. */

/** Lists in what else, besides preloading, the runs of the two sides differ: other optimizations, another planner. */
export function listBundled(blocks: readonly Block[], { planner, against }: ArmNames): string[] {
  if (blocks.length === 0) return [];
  const optimizationsOf = (side: 'baseline' | 'candidate') =>
    new Set(blocks.flatMap((block) => block[side].flatMap(({ fact }) => fact.run.traits.optimizations)));
  const [candidate, baseline] = [optimizationsOf('candidate'), optimizationsOf('baseline')];
  const differing = [...candidate, ...baseline].filter((name) => candidate.has(name) !== baseline.has(name));
  const others = differing.filter((name) => name !== 'PreLoad').sort();
  const samePlanner = against.every((name) => name === planner.replace(/-opt$/, ''));
  return samePlanner ? others : [...others, 'another planner'];
}

export function auditPreload(result: PreloadResult, design: Design): Warning[] {
  return keepFindings([
    auditBundling(result),
    ...auditNegativeControl(result),
    auditUnmatched(design, result),
    auditOrder(design.blocks),
    auditBorrowing(result.contrasts),
    auditTest(result.contrasts),
    auditMissing(result.contrasts),
    auditRefetched(result),
    result.withTaskDuplication.length > 0 &&
      note(
        'with-task-duplication',
        'tasks that also had a TaskDup decision are shown apart, and not in the first table',
      ),
  ]);
}

const auditBundling = ({ bundledWith, heading }: PreloadResult): Finding =>
  heading === 'association' &&
  warn(
    'bundled-optimizations',
    `the two sides differ in more than preloading (${wordList(bundledWith)}): an association, not the effect of PreLoad`,
    { bundledWith },
  );

/** Fraction of the effect from which the control moves as much: what remains may well be nothing. */
const AS_MUCH = 0.5;

/** The negative control answers whether something else moved the runs. */
function auditNegativeControl({ contrasts, negativeControls }: PreloadResult): Finding[] {
  const lag = contrasts.find(({ outcome }) => outcome === 'ready-lag');
  const control = negativeControls.find(({ outcome }) => outcome === 'ready-lag');
  if (!lag || lag.differenceMs === null) return [];
  if (!control || control.differenceMs === null) {
    return [
      warn('no-negative-control', 'no task that was not preloaded could be compared: there is no negative control'),
    ];
  }
  if (!excludesNoChange(control.ciLow, control.ciHigh)) return auditBlindControl(control, lag.differenceMs);
  const words = `tasks that were not preloaded moved too: ready lag ${wordMs(control.differenceMs, true)} ms ${wordMsInterval(control.ciLow, control.ciHigh)}`;
  const args = { differenceMs: control.differenceMs, ciLow: control.ciLow, ciHigh: control.ciHigh };
  const sameWay = control.differenceMs * lag.differenceMs > 0;
  return sameWay && Math.abs(control.differenceMs) >= AS_MUCH * Math.abs(lag.differenceMs)
    ? [warn('negative-control-moves-as-much', `${words}: what moved the preloaded ones is not preloading`, args)]
    : [warn('negative-control-moves', `${words}: part of the difference is not preloading`, args)];
}

/** A control that could not have seen a movement as large as the effect clears nothing. */
function auditBlindControl({ ciLow, ciHigh }: PreloadContrast, effectMs: number): Finding[] {
  const blind = ciLow === null || ciHigh === null || (ciHigh - ciLow) / 2 > Math.abs(effectMs);
  if (!blind) return [];
  return [
    warn(
      'negative-control-too-wide',
      `the negative control ${wordMsInterval(ciLow, ciHigh)} is too wide to rule out that something else moved the tasks by ${wordMs(Math.abs(effectMs))} ms`,
      { ciLow, ciHigh },
    ),
  ];
}

const MATCH_WORDS: Readonly<Record<MatchKey, string>> = { memory: 'memory', 'worker-state': 'state (cold or warm)' };

function auditUnmatched({ unmatched }: Design, { matchKeys }: PreloadResult): Finding {
  if (unmatched.length === 0) return false;
  const equal =
    matchKeys.length > 0 ? ` on a worker of the same ${wordList(matchKeys.map((key) => MATCH_WORDS[key]))}` : '';
  const advice = matchKeys.length > 0 ? `; --match none matches without ${wordList(matchKeys)}` : '';
  return warn(
    'preloaded-runs-unmatched',
    `${wordCount(unmatched.length, 'run')} with preloaded tasks left out: no run without preloading, of the same workflow, structure and SLA, has any of these tasks${equal}${advice}`,
    { runCount: unmatched.length },
  );
}

function auditOrder(blocks: readonly Block[]): Finding {
  const instants = (side: Block['baseline']) => side.flatMap(({ fact }) => fact.run.submittedAtMs ?? []);
  const auc = findArmsApart(
    blocks.map(({ baseline, candidate }) => ({ baseline: instants(baseline), candidate: instants(candidate) })),
  );
  if (auc === null) return false;
  return warn(
    'arms-apart-in-time',
    `runs with preloaded tasks were mostly submitted ${auc > 0.5 ? 'after' : 'before'} those without (AUC ${auc.toFixed(2)}): drift would look like an effect`,
    { auc },
  );
}

function auditBorrowing(contrasts: readonly PreloadContrast[]): Finding {
  const [borrowing] = contrasts.filter(({ intervalMethod }) => intervalMethod === 'welch-borrowed');
  if (!borrowing) return false;
  const counts = countCells(borrowing.blocks);
  return diagnoseSingleRuns(counts.filter((count) => count === 1).length, counts.length);
}

/** Reports outcomes of which interval and test say different things. */
function auditTest(contrasts: readonly PreloadContrast[]): Finding {
  const split = contrasts.filter(
    ({ outcomeClass, pAdjusted }) =>
      outcomeClass === 'hint' ||
      (outcomeClass === 'inconclusive' && pAdjusted !== null && pAdjusted < SIGNIFICANCE_LEVEL),
  );
  if (split.length === 0) return false;
  const familySize = contrasts.filter(({ pAdjusted }) => pAdjusted !== null).length;
  const words = split.map((contrast) => `${labelOf(contrast.outcome)} (${wordTest(contrast, familySize)})`);
  return warn(
    'test-and-interval-disagree',
    `${wordList(words)}: permutation test and interval disagree on whether there is a difference: take it as a hint at most`,
    { outcomes: split.map(({ outcome }) => outcome) },
  );
}

/**
 * Says whether the test could have confirmed anything: of so many arrangements the observed one is always as extreme as itself, and
 * where both sides of each block have as many runs, so is its mirror image.
 */
function wordTest(
  { pAdjusted, permutationExact, arrangementCount, blocks }: PreloadContrast,
  familySize: number,
): string {
  const mirrored = blocks.every(({ preloadedRunCount, controlRunCount }) => preloadedRunCount === controlRunCount);
  const leastP =
    permutationExact && arrangementCount !== null ? ((mirrored ? 2 : 1) * familySize) / arrangementCount : 0;
  const arrangements = wordCount(arrangementCount ?? 0, 'arrangement');
  const cannot = leastP >= SIGNIFICANCE_LEVEL ? `; ${arrangements} of the runs cannot give less than 0.05` : '';
  return `p ${wordP(pAdjusted)} after Holm${cannot}`;
}

function auditMissing(contrasts: readonly PreloadContrast[]): Finding {
  const most = Math.max(
    ...contrasts.map(({ preloadedRunCount, controlRunCount }) => preloadedRunCount + controlRunCount),
  );
  const fewer = contrasts.filter(
    ({ preloadedRunCount, controlRunCount }) => preloadedRunCount + controlRunCount < most,
  );
  if (fewer.length === 0) return false;
  return note(
    'outcome-not-recorded',
    `${wordList(fewer.map(({ outcome }) => labelOf(outcome)))}: not recorded in some runs (the engine leaves out the wait on flexible workers); those are left out`,
    { outcomes: fewer.map(({ outcome }) => outcome) },
  );
}

const auditRefetched = ({ hiddenDownload: { refetchedCount, inputCount } }: PreloadResult): Finding =>
  refetchedCount > 0 &&
  note(
    'preloads-fetched-again',
    `${refetchedCount} of ${wordCount(inputCount, 'preloaded input')} were fetched again by the task: the preload came too late`,
    { refetchedCount, inputCount },
  );
