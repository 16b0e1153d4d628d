import { priceMemory } from '../../cost/bill.ts';
import { Ledger } from '../../model/ledger.ts';
import { bySubmission } from '../../model/run-facts.ts';
import type { Outcome } from '../analysis.ts';
import { replayBestAllocation } from './allocate.ts';
import { auditMemory } from './diagnostics.ts';
import type { MemoryFacts } from './extract.ts';
import { fitFunction, gatherFunctions } from './fit.ts';
import type { MemoryOptions } from './options.ts';
import { contrastPlanners } from './planners.ts';
import type { FunctionMemory, MemoryResult } from './result.ts';
import { wordHeadlines } from './wording.ts';

/** All facts → what memory and neighbours do to every function. */
export function analyzeMemory(
  unordered: readonly MemoryFacts[],
  options: MemoryOptions,
  seed: number,
): Outcome<MemoryResult> {
  const facts = [...unordered].sort(bySubmission);
  const ledger = new Ledger();
  const { table } = options.prices;
  const observed = gatherFunctions(facts).filter(({ tasks }) => tasks.length > 0);
  const functions = observed
    .map((own) => fitFunction(own, options.driftAtMs, (memoryMb) => priceMemory(memoryMb, table)))
    .sort(byPath);
  const planned = facts.filter(({ run }) => {
    const isKept = options.includeUnplanned || run.traits.planned;
    if (!isKept) ledger.add('without-plan', 'metric', run.origin, 'planners');
    return isKept;
  });
  for (const { run, network } of planned)
    if (typeof network === 'string') ledger.add(network, 'metric', run.origin, 'replay');
  const result = {
    runCount: facts.length,
    priceTable: table.name,
    driftAtMs: options.driftAtMs,
    functions,
    planners: contrastPlanners(planned, functions, seed),
    bestAllocation: replayBestAllocation(planned, functions, table),
  };
  const headlines = wordHeadlines(result);
  return {
    result: { headline: headlines[0] as string, headlines, ...result },
    ledger: ledger.entries(),
    warnings: auditMemory(result, observed, facts, options),
  };
}

/** Those with an exponent first, of them the largest share of critical paths, ties by name. */
function byPath(a: FunctionMemory, b: FunctionMemory): number {
  if ((a.exponent === null) !== (b.exponent === null)) return a.exponent === null ? 1 : -1;
  const difference = (b.criticalPathFraction ?? -1) - (a.criticalPathFraction ?? -1);
  if (difference !== 0) return difference;
  const nameOf = (own: FunctionMemory) => `${own.workflow}\n${own.function}\n${own.structure}`;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}
