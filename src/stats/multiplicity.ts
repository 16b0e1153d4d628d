/**
 * Adjusts a family of p-values by Holm's step-down method (Holm 1979), in the order given, each at most 1. `null` (no test) stays
 * `null` and does not count towards the size of the family.
 */
export function adjustHolm(pValues: readonly (number | null)[]): (number | null)[] {
  const order = pValues.flatMap((p, index) => (p === null ? [] : [{ p, index }])).sort((x, y) => x.p - y.p);
  const adjusted: (number | null)[] = pValues.map(() => null);
  let running = 0;
  order.forEach(({ p, index }, rank) => {
    running = Math.max(running, Math.min(1, p * (order.length - rank)));
    adjusted[index] = running;
  });
  return adjusted;
}
