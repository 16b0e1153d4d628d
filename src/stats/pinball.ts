/**
 * Computes the pinball loss of a prediction q of the quantile at `level` (0…1) when y happened: (level − 1{y < q})(y − q), in the
 * unit of y, never negative. Its expectation is least where q is that quantile (Koenker & Bassett 1978; Gneiting 2011).
 */
export const pinballLoss = (level: number, predicted: number, actual: number): number =>
  (level - (actual < predicted ? 1 : 0)) * (actual - predicted);
