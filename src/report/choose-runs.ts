import { least } from 'd3-array';
import { shortPlannerName } from '../model/names.ts';
import { bySubmission, type RunFacts } from '../model/run-facts.ts';

/** A run that may be shown by itself. */
export interface RunCandidate {
  readonly run: RunFacts;
  /** `null`: its end was not recorded. */
  readonly makespanMs: number | null;
  /** Its tasks; `null`: they were let go of. */
  readonly detail: unknown;
}

/** Details that are kept before the first are let go of: some hundred megabytes. */
const MOST_DETAILS = 4000;
/** Of every so many runs one keeps its detail, so that there is one near the median. */
const SAMPLED = 50;

/** Lets go of the details of runs that cannot be among the `most` that are shown: neither slow, nor failed, nor in the sample. */
export function createThinner(most: number): (candidate: Thinned) => void {
  let detailed: Thinned[] = [];
  let count = 0;
  return (candidate) => {
    const isSampled = count++ % SAMPLED === 0;
    if (isSampled) return;
    detailed.push(candidate);
    if (detailed.length <= MOST_DETAILS) return;
    const kept = new Set([...slowestFirst(detailed).slice(0, most), ...listFailed(detailed).slice(0, most)]);
    for (const each of detailed) if (!kept.has(each)) each.detail = null;
    detailed = [...kept];
  };
}

type Thinned = Omit<RunCandidate, 'detail'> & { detail: unknown };

/** A run that is shown, and why. */
export interface ChosenRun {
  readonly runId: string;
  readonly why: string;
}

/**
 * Chooses the slowest run, the median one, those that failed, and then the next slowest: so many at most, of those with details. After the
 * first failed one come the slowest planned runs of the planners that are compared, whose charts lead to them.
 */
export function chooseRuns(
  candidates: readonly RunCandidate[],
  compared: readonly string[],
  most: number,
): ChosenRun[] {
  const ordered = [...candidates].sort(bySubmission);
  const ended = slowestFirst(ordered);
  const median = ended[Math.floor(ended.length / 2)];
  const known = ended.filter(({ detail }) => detail !== null);
  const [slowest, ...others] = known;
  const failed = listFailed(ordered)
    .filter(({ detail }) => detail !== null)
    .flatMap((candidate) => name(candidate, 'failed run'));
  const wanted: ChosenRun[] = [
    ...name(slowest, 'slowest run'),
    ...(median === undefined ? [] : name(nearest(known, median), 'median run')),
    ...failed.slice(0, 1),
    ...compared.flatMap((planner) =>
      name(
        known.find(({ run }) => run.traits.planned && run.traits.planner === planner),
        `slowest planned run of ${shortPlannerName(planner)}`,
      ),
    ),
    ...failed.slice(1, most),
    ...others.slice(0, most + 1).flatMap((candidate, i) => name(candidate, `slowest run but ${i + 1}`)),
  ];
  const first = wanted.filter(({ runId }, i) => wanted.findIndex((other) => other.runId === runId) === i);
  return first.slice(0, most);
}

/** The run itself where it has details, else the one whose makespan is nearest. */
const nearest = (known: readonly RunCandidate[], wanted: RunCandidate): RunCandidate | undefined =>
  known.includes(wanted)
    ? wanted
    : least(known, ({ makespanMs }) => Math.abs((makespanMs as number) - (wanted.makespanMs as number)));

const hasEnded = ({ run, makespanMs }: Pick<RunCandidate, 'run' | 'makespanMs'>): boolean =>
  makespanMs !== null && run.traits.sinkRecorded;

/** The runs that ended, the slowest first; ties as they stand. */
const slowestFirst = <Candidate extends Pick<RunCandidate, 'run' | 'makespanMs'>>(
  candidates: readonly Candidate[],
): Candidate[] => candidates.filter(hasEnded).sort((a, b) => (b.makespanMs as number) - (a.makespanMs as number));

const listFailed = <Candidate extends Pick<RunCandidate, 'run'>>(candidates: readonly Candidate[]): Candidate[] =>
  candidates.filter(({ run }) => !run.traits.sinkRecorded);

const name = (candidate: RunCandidate | undefined, why: string): ChosenRun[] =>
  candidate === undefined ? [] : [{ runId: candidate.run.runId, why }];
