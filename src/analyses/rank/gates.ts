import type { GateFigure } from '../analysis.ts';
import type { ArmMetric, RankResult } from './result.ts';
import { isHint } from './wording.ts';

/**
 * Every arm's change against the best of each metric, and its regret in the first metric, by the metric's key and by `regret`; of one
 * arm alone with the arm's name behind, as in `regret-uniform-opt`.
 */
export function gateQuantities({ arms, stat }: RankResult): GateFigure[] {
  const vsBest = `vs the best${stat === 'mean' ? '' : ` (${stat})`}`;
  return arms.flatMap(({ label, metrics }) => {
    const [first] = Object.values(metrics);
    const changes = Object.entries(metrics).map(([key, of]) => ({
      name: key,
      of: `${label} ${vsBest}`,
      ...boundChange(of, arms.length),
    }));
    const regret = {
      name: 'regret',
      of: `${label} (mean over blocks, corrected for the winner's curse)`,
      low: first?.regretCorrectedLow ?? null,
      high: first?.regretCorrectedHigh ?? null,
      isHint: false,
    };
    const slug = label.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    // A block by itself has no quantile, so that there is no regret of one.
    return [...changes, ...(stat === 'mean' ? [regret] : [])].flatMap((quantity) => {
      const own = { ...quantity, unit: 'fraction' as const };
      return [own, { ...own, name: `${own.name}-${slug}` }];
    });
  });
}

/** The best arm is as good as itself; an arm that is alone was held against nothing, which decides no gate. */
function boundChange(of: ArmMetric, armCount: number): Pick<GateFigure, 'low' | 'high' | 'isHint'> {
  if (armCount > 1 && of.changeFromBestFraction === 0 && of.ciLow === null) return { low: 0, high: 0, isHint: false };
  return { low: of.ciLow, high: of.ciHigh, isHint: isHint(of) };
}
