import { createBiller } from '../../cost/bill.ts';
import { listReplayedSessions } from '../../model/replay.ts';
import type { ChosenPrices } from '../named-options.ts';
import type { WhatIfFacts } from './extract.ts';
import type { ScenarioBiller } from './replays.ts';

/** Makes the biller of replays. Prewarms stay as recorded, each as the median cold start of its size as recorded. */
export function createScenarioBiller(facts: readonly WhatIfFacts[], prices: ChosenPrices | null): ScenarioBiller {
  if (prices === null) return () => null;
  const bill = createBiller(
    prices.table,
    facts.flatMap(({ use }) => use ?? []),
  );
  return ({ network, use }, replayed, isWarm) => {
    if (use === undefined || typeof use === 'string') return null;
    const sessions = listReplayedSessions(network, replayed, isWarm);
    if (sessions === null) return null;
    const written = bill({ sessions, prewarmsMb: use.prewarmsMb });
    return typeof written === 'string' ? null : written.totalUsd;
  };
}
