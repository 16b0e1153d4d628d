import { bySubmission, type RunFacts } from '../model/run-facts.ts';

/** A run that may be shown by itself. */
export interface RunCandidate {
  readonly run: RunFacts;
  /** `null`: its end was not recorded. */
  readonly makespanMs: number | null;
}

/** A run that is shown, and why. */
export interface ChosenRun {
  readonly runId: string;
  readonly why: string;
}

/** Chooses the slowest run, the median one, those that failed, and then the next slowest: so many at most. */
export function chooseRuns(candidates: readonly RunCandidate[], most: number): ChosenRun[] {
  const ordered = [...candidates].sort(bySubmission);
  const ended = ordered
    .filter(({ makespanMs, run }) => makespanMs !== null && run.traits.sinkRecorded)
    .sort((a, b) => (b.makespanMs as number) - (a.makespanMs as number));
  const failed = ordered.filter(({ run }) => !run.traits.sinkRecorded);
  const [slowest, ...others] = ended;
  const wanted: ChosenRun[] = [
    ...name(slowest, 'slowest run'),
    ...name(ended[Math.floor(ended.length / 2)], 'median run'),
    ...failed.flatMap((candidate) => name(candidate, 'failed run')),
    ...others.flatMap((candidate, i) => name(candidate, `slowest run but ${i + 1}`)),
  ];
  const first = wanted.filter(({ runId }, i) => wanted.findIndex((other) => other.runId === runId) === i);
  return first.slice(0, most);
}

const name = (candidate: RunCandidate | undefined, why: string): ChosenRun[] =>
  candidate === undefined ? [] : [{ runId: candidate.run.runId, why }];
