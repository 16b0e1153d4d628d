/** Compares two SLA labels: `average` first, percentiles in numeric order, `none` (no plan) last. NaN when one is no SLA. */
export const compareSlas = (a: string, b: string): number => rankOf(a) - rankOf(b);

/** Percentiles lie within 0…100. */
function rankOf(label: string): number {
  if (label === 'average') return -1;
  return label === 'none' ? 101 : Number(/^p(\d[\d.]*)$/.exec(label)?.[1]);
}
