import type { Metric } from '../../model/metrics.ts';
import { contrastArms } from '../../stats/contrast.ts';
import { signFlipP } from '../../stats/sign-flips.ts';
import type { Arm } from '../design/arms.ts';
import { measureMetric } from './contrasts.ts';
import type { RankedBlock } from './design.ts';
import type { Factorial, FactorialEffect, Factors } from './result.ts';

/** The arms of a 2 × 2: two planners, each without and with the same optimizations. */
export interface FactorialDesign extends Factors {
  /** Places of: the first planner without and with, the second without and with. */
  readonly places: readonly [number, number, number, number];
}

/** The arms have this of the 2 × 2. */
export interface FactorialSearch {
  readonly design: FactorialDesign | null;
  /** Labels of planners that could all be a factor, where more than two could. */
  readonly tooMany: readonly string[];
}

interface WithAndWithout {
  readonly plain: number;
  readonly optimized: number;
  readonly label: string;
  /** Optimizations that only the optimized arm has. */
  readonly own: readonly string[];
}

const OPTIMIZED = /-opt(?=,|$)/;

/** Finds two planners that are both there without and with the same optimizations. */
export function findFactors(arms: readonly Arm[], blocks: readonly RankedBlock[]): FactorialSearch {
  const optimizations = arms.map((_, arm) => optimizationsOf(blocks, arm));
  const found = arms.flatMap(({ selector }, optimized): WithAndWithout[] => {
    const plain = arms.findIndex((arm) => OPTIMIZED.test(selector) && arm.selector === selector.replace(OPTIMIZED, ''));
    if (plain === -1) return [];
    const own = (optimizations[optimized] ?? []).filter((name) => !optimizations[plain]?.includes(name));
    return own.length === 0 ? [] : [{ plain, optimized, own, label: arms[plain]?.label ?? '' }];
  });
  // Another planner's optimizations are another factor.
  const alike = found.map((one) => found.filter(({ own }) => own.join() === one.own.join()));
  const several = alike.find((group) => group.length > 1) ?? [];
  if (several.length !== 2) return { design: null, tooMany: several.map(({ label }) => label) };
  // As in `non-uniform against uniform`: the planner of the longer name refines that of the shorter one.
  const [first, second] = [...several].sort((a, b) => a.label.length - b.label.length) as [
    WithAndWithout,
    WithAndWithout,
  ];
  const places = [first.plain, first.optimized, second.plain, second.optimized] as const;
  return { design: { places, planners: [first.label, second.label], optimizations: first.own }, tooMany: [] };
}

function optimizationsOf(blocks: readonly RankedBlock[], arm: number): string[] {
  const names = new Set<string>();
  for (const { cells } of blocks)
    for (const { run } of cells[arm]?.facts ?? []) for (const name of run.traits.optimizations) names.add(name);
  return [...names].sort();
}

/** Weights of the four arms, all of one size in each contrast. */
const WEIGHTS = {
  planner: [-0.5, -0.5, 0.5, 0.5],
  optimizations: [-0.5, 0.5, -0.5, 0.5],
  interaction: [1, -1, -1, 1],
} as const;

/** Estimates both main effects and their interaction by metric, in the blocks that hold all four arms; metrics without ratios are left out. */
export function contrastFactors(
  { places }: FactorialDesign,
  blocks: readonly RankedBlock[],
  metrics: readonly Metric[],
  seed: number,
): Record<string, Factorial> {
  const four = blocks.map((block) => ({ ...block, cells: places.map((arm) => block.cells[arm] ?? { facts: [] }) }));
  const held = four.filter(({ cells }) => cells.every(({ facts }) => facts.length > 0));
  return Object.fromEntries(
    metrics.flatMap((metric) => {
      const { logs } = measureMetric(held, metric);
      if (logs === null) return [];
      const estimate = (key: keyof typeof WEIGHTS) => estimateEffect(logs, WEIGHTS[key], seed);
      const effects = {
        planner: estimate('planner'),
        optimizations: estimate('optimizations'),
        interaction: estimate('interaction'),
      };
      return [[metric.key, { ...effects, blockCount: logs.length }]];
    }),
  );
}

function estimateEffect(
  logs: readonly (readonly (readonly number[])[])[],
  weights: readonly number[],
  seed: number,
): FactorialEffect {
  const { difference, ciLow, ciHigh, method, differences } = contrastArms(logs, weights);
  return {
    changeFraction: Math.expm1(difference),
    ciLow: ciLow === null ? null : Math.expm1(ciLow),
    ciHigh: ciHigh === null ? null : Math.expm1(ciHigh),
    intervalMethod: method,
    pValue: signFlipP(differences, seed),
  };
}
