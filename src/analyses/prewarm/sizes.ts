import { branchOf } from '../../model/group-by.ts';
import type { ResourceMeasure } from '../../model/run.ts';
import type { EndedStartups, PrewarmFacts } from './extract.ts';

/** Start-ups of one engine version and memory size: these are alike. */
export interface Size {
  readonly resourceMeasure: ResourceMeasure | null;
  readonly memoryMb: number;
  readonly coldMs: number[];
  /** Without those that a prewarm was meant for. */
  readonly warmMs: number[];
  /** By workflow, those that no prewarm was meant for. */
  readonly without: Map<string, StartCount>;
}

/** A count of start-ups, and of the warm ones among them. */
export interface StartCount {
  count: number;
  warmCount: number;
}

/** By engine version, then by memory size, in the order in which they come. */
export type Sizes = ReadonlyMap<ResourceMeasure | null, ReadonlyMap<number, Size>>;

/** Gathers all start-ups in one pass. */
export function gatherSizes(facts: readonly PrewarmFacts[]): Sizes {
  const sizes = new Map<ResourceMeasure | null, Map<number, Size>>();
  for (const { run, startups } of facts) {
    for (const own of startups)
      addStartups(sizeOf(sizes, run.traits.resourceMeasure, own.memoryMb), own, run.traits.workflow);
  }
  return sizes;
}

function addStartups(size: Size, { state, prewarmed, startupsMs }: EndedStartups, workflow: string): void {
  const isWarm = state === 'warm';
  if (!(isWarm && prewarmed)) {
    const durationsMs = isWarm ? size.warmMs : size.coldMs;
    for (const startupMs of startupsMs) durationsMs.push(startupMs);
  }
  if (!prewarmed) countStarts(size.without, workflow, startupsMs.length, isWarm);
}

function sizeOf(
  sizes: Map<ResourceMeasure | null, Map<number, Size>>,
  resourceMeasure: ResourceMeasure | null,
  memoryMb: number,
): Size {
  const ofVersion = branchOf(sizes, resourceMeasure);
  const known = ofVersion.get(memoryMb);
  if (known) return known;
  const size = { resourceMeasure, memoryMb, coldMs: [], warmMs: [], without: new Map() };
  ofVersion.set(memoryMb, size);
  return size;
}

function countStarts(counts: Map<string, StartCount>, workflow: string, count: number, isWarm: boolean): void {
  const known = counts.get(workflow) ?? { count: 0, warmCount: 0 };
  counts.set(workflow, known);
  known.count += count;
  if (isWarm) known.warmCount += count;
}
