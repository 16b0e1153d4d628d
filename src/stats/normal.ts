/**
 * Computes P(Z ≤ z) of the standard normal: by a power series of Φ about 0 for |z| < 3, by Laplace's continued fraction beyond
 * (Abramowitz & Stegun 26.2.11 and 26.2.14).
 */
export function normalCdf(z: number): number {
  const tail = Math.abs(z) < 3 ? 0.5 - centralArea(Math.abs(z)) : tailArea(Math.abs(z));
  return z < 0 ? tail : 1 - tail;
}

/** Computes the area between 0 and z: φ(z) Σ z^(2k+1) ÷ (2k+1)!! (Abramowitz & Stegun 26.2.11). */
function centralArea(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return density(z) * sum;
}

/** Computes the area beyond z: φ(z) ÷ (z + 1/(z + 2/(z + 3/(z + …)))) (26.2.14); 120 levels serve z ≥ 3. */
function tailArea(z: number): number {
  let fraction = z;
  for (let k = 120; k >= 1; k--) fraction = z + k / fraction;
  return density(z) / fraction;
}

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
