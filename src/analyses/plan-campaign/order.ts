import { createRandom } from '../../stats/random.ts';
import type { CampaignCell, CampaignRun } from './result.ts';

/** Runs in an order at most. */
export const MOST_ORDERED = 20_000;

/** Orders the runs of a campaign: round by round through all cells that still need one, each round shuffled (Fisher and Yates 1938). */
export function orderRuns(cells: readonly CampaignCell[], seed: number): CampaignRun[] {
  const random = createRandom(seed);
  const runs: CampaignRun[] = [];
  for (let round = 1; runs.length < MOST_ORDERED; round++) {
    const due = cells.filter(({ toRunCount }) => toRunCount >= round);
    if (due.length === 0) break;
    for (const { block, planner, label } of shuffle(due, random)) {
      runs.push({ place: runs.length + 1, round, block, planner, label });
    }
  }
  return runs.slice(0, MOST_ORDERED);
}

function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j] as Item, shuffled[i] as Item];
  }
  return shuffled;
}
