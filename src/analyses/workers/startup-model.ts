import type { ResourceMeasure } from '../../model/run.ts';
import { sampleMedian, sampleQuantile } from '../../stats/summary.ts';
import type { StartupKind, StartupSummary } from './result.ts';
import { RunningMedian } from './running-median.ts';

// Predicts start-ups by engine version, memory size, state, and the number of others in the way.

/** A start-up, of a worker or of a container ahead of its worker, as it can be learned from. */
export interface LearnedStartup {
  /** Versions of the engine start workers differently. */
  readonly engine: ResourceMeasure | null;
  readonly memoryMb: number;
  readonly state: StartupKind;
  /** Start-ups of the same burst in the way: cold ones launched before a cold one, all others of a warm one or a prewarm. */
  readonly rivalCount: number;
  readonly durationMs: number;
}

/** A predicted start-up. */
export interface StartupPrediction {
  readonly durationMs: number;
  /** The memory size that it was learned on. */
  readonly memoryMb: number;
}

/** With fewer, the nearest number of rivals lends its start-ups. */
const ENOUGH = 3;

/** Grows with each run that is learned; knows nothing of later ones. */
export class StartupModel {
  /** By engine and state, by memory size, by number of rivals: in ms. */
  readonly #medians = new Map<string, Map<number, Map<number, RunningMedian>>>();

  learn({ engine, memoryMb, state, rivalCount, durationMs }: LearnedStartup): void {
    const key = keyOf(engine, state);
    const bySize = this.#medians.get(key) ?? new Map<number, Map<number, RunningMedian>>();
    this.#medians.set(key, bySize);
    const byRivals = bySize.get(memoryMb) ?? new Map<number, RunningMedian>();
    bySize.set(memoryMb, byRivals);
    const median = byRivals.get(rivalCount) ?? new RunningMedian();
    byRivals.set(rivalCount, median);
    median.add(durationMs);
  }

  /** The median of the start-ups learned that are most alike: nearest memory size, then nearest number of rivals. `null`: none is known. */
  predict(
    engine: ResourceMeasure | null,
    memoryMb: number,
    state: StartupKind,
    rivalCount: number,
  ): StartupPrediction | null {
    const bySize = this.#medians.get(keyOf(engine, state));
    if (!bySize) return null;
    const nearestMb = nearest([...bySize.keys()], memoryMb, Math.log);
    const byRivals = bySize.get(nearestMb) as Map<number, RunningMedian>;
    const counts = [...byRivals.keys()];
    const enough = counts.filter((count) => (byRivals.get(count)?.count ?? 0) >= ENOUGH);
    const nearestCount = nearest(enough.length > 0 ? enough : counts, rivalCount, (count) => count);
    return { durationMs: byRivals.get(nearestCount)?.median ?? 0, memoryMb: nearestMb };
  }
}

const keyOf = (engine: ResourceMeasure | null, state: StartupKind): string => `${engine} ${state}`;

/** The candidate at the least distance; the smaller of two. */
function nearest(candidates: readonly number[], wanted: number, scale: (x: number) => number): number {
  let best = candidates[0] as number;
  const distance = (x: number) => Math.abs(scale(x) - scale(wanted));
  for (const candidate of candidates) {
    const closer = distance(candidate) - distance(best);
    if (closer < 0 || (closer === 0 && candidate < best)) best = candidate;
  }
  return best;
}

/** A summary of start-ups whose memory size is known, or stood for. */
type SizedSummary = StartupSummary & { readonly memoryMb: number };

/** Per engine, memory size and state: how many start-ups and how long they took. */
export function summarizeStartups(startups: readonly LearnedStartup[]): SizedSummary[] {
  const groups = new Map<string, LearnedStartup[]>();
  for (const startup of startups) {
    const key = `${startup.engine} ${startup.memoryMb} ${startup.state}`;
    const group = groups.get(key);
    if (group) group.push(startup);
    else groups.set(key, [startup]);
  }
  const summaries = [...groups.values()].map((group): SizedSummary => {
    const { engine, memoryMb, state } = group[0] as LearnedStartup;
    const durations = group.map(({ durationMs }) => durationMs);
    const alone = group.filter(({ rivalCount }) => rivalCount === 0).map(({ durationMs }) => durationMs);
    const quantile = (p: number) => sampleQuantile(durations, p) as number;
    return {
      resourceMeasure: engine,
      memoryMb,
      state,
      count: group.length,
      p10Ms: quantile(0.1),
      medianMs: quantile(0.5),
      p90Ms: quantile(0.9),
      aloneCount: alone.length,
      aloneMedianMs: sampleMedian(alone),
    };
  });
  const engineName = ({ resourceMeasure }: SizedSummary) => resourceMeasure ?? '';
  return summaries.sort(
    (a, b) => compareText(engineName(a), engineName(b)) || a.memoryMb - b.memoryMb || compareText(a.state, b.state),
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
