import { auditPreload } from '../../../src/analyses/preload/diagnostics.ts';
import { type Case, type CaseTable, type Facts, lay } from './cases.ts';

const contrast = (over: Facts = {}): unknown =>
  lay(
    {
      outcome: 'ready-lag',
      differenceMs: -100,
      ciLow: -150,
      ciHigh: -50,
      outcomeClass: 'inconclusive',
      pAdjusted: 0.5,
      preloadedRunCount: 4,
      controlRunCount: 4,
      intervalMethod: 'welch',
      permutationExact: true,
      arrangementCount: 4900,
      blocks: [],
    },
    over,
  );
const control = (over: Facts = {}): unknown => contrast({ differenceMs: -50, ciLow: -10, ciHigh: 10, ...over });
const moved = (differenceMs: number, ciLow = 0.1): Facts => ({
  result: { negativeControls: [control({ differenceMs, ciLow })] },
});
const block = (baseline: readonly number[], candidate: readonly number[]): Facts => {
  const toMember = (submittedAtMs: number) => ({ fact: { run: { submittedAtMs } } });
  return { blocks: [{ baseline: baseline.map(toMember), candidate: candidate.map(toMember) }] };
};
const contrasts = (...own: readonly Facts[]): Facts => ({ result: { contrasts: own.map(contrast) } });

const PLAIN = {
  result: {
    heading: 'effect',
    bundledWith: ['PreWarm'],
    matchKeys: [],
    contrasts: [contrast()],
    negativeControls: [control()],
    withTaskDuplication: [],
    hiddenDownload: { refetchedCount: 0, inputCount: 9 },
  },
  design: { blocks: [], unmatched: [] },
};

const cases: readonly Case[] = [
  {
    code: 'bundled-optimizations',
    fires: { result: { heading: 'association' } },
    quiet: { result: { heading: 'effect' } },
  },
  {
    code: 'no-negative-control',
    fires: { result: { negativeControls: [control({ differenceMs: null })] } },
    quiet: { result: { negativeControls: [control({ differenceMs: 0 })] } },
  },
  { code: 'negative-control-moves-as-much', fires: moved(-50), quiet: moved(-49.9) },
  { code: 'negative-control-moves-as-much', fires: moved(-50), quiet: moved(50) },
  { code: 'negative-control-moves', fires: moved(-49.9), quiet: moved(-50) },
  { code: 'negative-control-moves', fires: moved(-49.9), quiet: moved(-49.9, 0) },
  {
    code: 'negative-control-too-wide',
    fires: { result: { negativeControls: [control({ ciLow: -100.1, ciHigh: 100 })] } },
    quiet: { result: { negativeControls: [control({ ciLow: -100, ciHigh: 100 })] } },
  },
  {
    code: 'preloaded-runs-unmatched',
    fires: { design: { unmatched: [{}] } },
    quiet: { design: { unmatched: [] } },
  },
  {
    code: 'arms-apart-in-time',
    fires: { design: block([0, 1, 2, 4], [3, 5]) },
    quiet: { design: block([0, 1, 2, 4], [1.5, 5]) },
  },
  {
    code: 'arms-apart-in-time',
    fires: { design: block([3, 5], [0, 1, 2, 4]) },
    quiet: { design: block([1.5, 5], [0, 1, 2, 4]) },
  },
  {
    code: 'single-run-cells',
    fires: contrasts({ intervalMethod: 'welch-borrowed', blocks: [{ controlRunCount: 1, preloadedRunCount: 2 }] }),
    quiet: contrasts({ intervalMethod: 'paired-t', blocks: [{ controlRunCount: 1, preloadedRunCount: 2 }] }),
  },
  {
    code: 'test-and-interval-disagree',
    fires: contrasts({ pAdjusted: 0.0499 }),
    quiet: contrasts({ pAdjusted: 0.05 }),
  },
  {
    code: 'test-and-interval-disagree',
    fires: contrasts({ outcomeClass: 'hint', pAdjusted: 0.05 }),
    quiet: contrasts({ outcomeClass: 'different', pAdjusted: 0.0499 }),
  },
  {
    code: 'outcome-not-recorded',
    fires: contrasts({}, { controlRunCount: 3 }),
    quiet: contrasts({}, { controlRunCount: 4 }),
  },
  {
    code: 'preloads-fetched-again',
    fires: { result: { hiddenDownload: { refetchedCount: 1 } } },
    quiet: { result: { hiddenDownload: { refetchedCount: 0 } } },
  },
  {
    code: 'with-task-duplication',
    fires: { result: { withTaskDuplication: [0] } },
    quiet: { result: { withTaskDuplication: [] } },
  },
];

function diagnose(facts: Facts) {
  const { result, design } = lay(PLAIN, facts) as typeof PLAIN;
  return auditPreload(result as never, design as never);
}

export const preload: CaseTable = { analysis: 'preload', diagnose, cases };
