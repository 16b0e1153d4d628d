import { groupBy } from '../../model/group-by.ts';
import { Ledger } from '../../model/ledger.ts';
import { bySubmission } from '../../model/run-facts.ts';
import { contrastStrata, type Stratum } from '../../stats/contrast.ts';
import { adjustHolm } from '../../stats/multiplicity.ts';
import { permuteP } from '../../stats/permutation.ts';
import { sampleMean } from '../../stats/summary.ts';
import type { Outcome } from '../analysis.ts';
import { judgeContrast } from '../design/outcome.ts';
import { commonNames, type GroupFigures, keepGroups, standardizeArms } from '../design/standardize.ts';
import { auditConflicts } from './diagnostics.ts';
import { type ConflictsFacts, OPTIMIZATIONS, type Optimization, type OptimizedTask } from './extract.ts';
import type { ConflictsResult, Meeting, MeetingContrast } from './result.ts';
import { wordHeadlines } from './wording.ts';

/** All facts → how tasks fared where two optimizations met. */
export function analyzeConflicts(
  unordered: readonly ConflictsFacts[],
  _options: unknown,
  seed: number,
): Outcome<ConflictsResult> {
  const facts = [...unordered].sort(bySubmission);
  const ledger = new Ledger();
  for (const { run, lacksLags } of facts) {
    if (lacksLags) ledger.add('input-wait-or-upstream-not-recorded', 'part', run.origin);
  }
  const pairs = OPTIMIZATIONS.flatMap((first, i) =>
    OPTIMIZATIONS.slice(i + 1).map((second) => [first, second] as const),
  );
  const meetings = judgeAll(pairs.flatMap(([first, second]) => describeMeeting(facts, first, second, seed) ?? []));
  const result = { runCount: facts.length, meetings };
  const headlines = wordHeadlines(result);
  return {
    result: { headline: headlines[0] as string, headlines, ...result },
    ledger: ledger.entries(),
    warnings: auditConflicts(result, facts),
  };
}

type Unjudged = Omit<MeetingContrast, 'pAdjusted' | 'outcome'>;
type UnjudgedMeeting = Omit<Meeting, 'contrasts'> & { readonly contrasts: readonly Unjudged[] };

/** Adjusts over all contrasts of all pairs. */
function judgeAll(meetings: readonly UnjudgedMeeting[]): Meeting[] {
  const adjusted = adjustHolm(meetings.flatMap(({ contrasts }) => contrasts.map(({ pValue }) => pValue)));
  let place = 0;
  return meetings.map((meeting) => ({
    ...meeting,
    contrasts: meeting.contrasts.map((contrast) => {
      const pAdjusted = adjusted[place++] ?? null;
      const { ciLow: low, ciHigh: high } = contrast;
      return { ...contrast, pAdjusted, outcome: judgeContrast({ low, high, pAdjusted, withinMargin: false }) };
    }),
  }));
}

/** `null`: the two met nowhere. */
function describeMeeting(
  facts: readonly ConflictsFacts[],
  first: Optimization,
  second: Optimization,
  seed: number,
): UnjudgedMeeting | null {
  const meets = ({ optimizations }: OptimizedTask) => optimizations.includes(first) && optimizations.includes(second);
  // Control runs have no meeting anywhere, so one of the two is one alone.
  const isAlone = ({ optimizations }: OptimizedTask) => optimizations.includes(first) || optimizations.includes(second);
  const counts = facts.map(({ tasks }) => tasks.filter(meets).length).filter((count) => count > 0);
  if (counts.length === 0) return null;
  const contrast = (against: MeetingContrast['against'], isControl: (task: OptimizedTask) => boolean) =>
    contrastMeeting(facts, against, meets, isControl, seed);
  return {
    first,
    second,
    on: first === 'PreWarm' || second === 'PreWarm' ? 'worker' : 'task',
    taskCount: counts.reduce((sum, count) => sum + count, 0),
    runCount: counts.length,
    contrasts: [contrast('alone', isAlone), contrast('without', () => true)],
  };
}

/** Runs in which they met, at the places where they did, against runs of the block in which they met nowhere, at the same places. */
function contrastMeeting(
  facts: readonly ConflictsFacts[],
  against: MeetingContrast['against'],
  meets: (task: OptimizedTask) => boolean,
  isControl: (task: OptimizedTask) => boolean,
  seed: number,
): Unjudged {
  const blocks = groupBy(
    facts,
    ({ run }) => run.traits.workflow,
    ({ run }) => run.traits.structure,
    ({ run }) => run.traits.sla,
  ).flatMap((own) => {
    const met = own.filter(({ tasks }) => tasks.some(meets)).map((fact) => averagePositions(fact, meets));
    const control = own.filter(({ tasks }) => !tasks.some(meets)).map((fact) => averagePositions(fact, isControl));
    const shared = keepShared(control, met);
    return shared === null ? [] : [shared];
  });
  const strata = blocks.map(({ baseline, candidate }) => standardizeArms(baseline, candidate));
  const { difference, ciLow, ciHigh, method } = contrastStrata(strata);
  const count = (side: keyof Stratum) => strata.reduce((sum, stratum) => sum + stratum[side].length, 0);
  const meanOf = (side: keyof Stratum) => sampleMean(strata.map((stratum) => sampleMean(stratum[side]) as number));
  return {
    against,
    blockCount: blocks.length,
    positionCount: blocks.reduce((sum, { positionCount }) => sum + positionCount, 0),
    metRunCount: count('candidate'),
    unmetRunCount: count('baseline'),
    meanControlMs: meanOf('baseline'),
    meanMetMs: meanOf('candidate'),
    differenceMs: blocks.length === 0 ? null : difference,
    ciLow,
    ciHigh,
    intervalMethod: method,
    pValue: blocks.length === 0 ? null : permuteP(strata, seed),
  };
}

/** The mean ready lag of a run's tasks of that kind at each place. */
function averagePositions({ tasks }: ConflictsFacts, isOne: (task: OptimizedTask) => boolean): GroupFigures {
  const byPosition = groupBy(tasks.filter(isOne), ({ position }) => position);
  return {
    names: byPosition.map((own) => own[0]?.position ?? ''),
    amounts: byPosition.map((own) => sampleMean(own.map(({ readyLagMs }) => readyLagMs)) as number),
  };
}

/** The places that runs of both arms have; `null`: there is none. */
function keepShared(baseline: readonly GroupFigures[], candidate: readonly GroupFigures[]) {
  const listsOf = (runs: readonly GroupFigures[]) => runs.map(({ names }) => names);
  const shared = commonNames(listsOf(baseline), listsOf(candidate));
  const keep = (runs: readonly GroupFigures[]) =>
    runs.map((run) => keepGroups(run, shared)).filter(({ names }) => names.length > 0);
  return shared.size === 0
    ? null
    : { baseline: keep(baseline), candidate: keep(candidate), positionCount: shared.size };
}
