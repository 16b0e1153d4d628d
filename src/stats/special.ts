// Special functions behind the intervals: accurate to about 1e-13 relative in the range that the analyses use.

// Lanczos approximation with g = 607/128 and 15 terms (Godfrey 2001): relative error below 1e-15 for x > 0.
const LANCZOS_G = 607 / 128;
const LANCZOS = [
  0.9999999999999971, 57.15623566586292, -59.59796035547549, 14.136097974741746, -0.4919138160976202,
  3.399464998481189e-5, 4.652362892704858e-5, -9.837447530487956e-5, 0.0001580887032249125, -0.00021026444172410488,
  0.00021743961811521265, -0.0001643181065367639, 8.441822398385275e-5, -2.6190838401581408e-5, 3.6899182659531625e-6,
];

/** Computes ln Γ(x) for x > 0. */
export function lnGamma(x: number): number {
  let sum = LANCZOS[0] as number;
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] as number) / (x + i - 1);
  const t = x + LANCZOS_G - 0.5;
  return (x - 0.5) * Math.log(t) - t + Math.log(Math.sqrt(2 * Math.PI) * sum);
}

/**
 * Computes the regularized incomplete beta function I_x(a, b), a, b > 0, 0 ≤ x ≤ 1, by Lentz's continued fraction (DLMF 8.17.22);
 * 0 for x below, 1 for x above that range.
 */
export function regularizedIncompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast only left of the mean; the other side follows by symmetry.
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedIncompleteBeta(1 - x, b, a);
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  return front * betaContinuedFraction(x, a, b);
}

function betaContinuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const nonZero = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  // The number of terms grows with √max(a, b); 10,000 serves a, b up to about 1e7.
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return fraction;
}

/** Computes P(T ≤ t) of Student's t with `degreesOfFreedom` > 0, not necessarily whole. */
export function studentTCdf(t: number, degreesOfFreedom: number): number {
  const tail =
    0.5 * regularizedIncompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/**
 * Computes the p-quantile of Student's t, 0 < p < 1, by Newton's method on the tail probability. That is convex right of 0, so each
 * step comes closer from the left and none goes too far; where the next one leads no further, the last bit is reached.
 */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentTQuantile(1 - p, degreesOfFreedom);
  const half = degreesOfFreedom / 2;
  const atZero = Math.exp(lnGamma(half + 0.5) - lnGamma(half)) / Math.sqrt(Math.PI * degreesOfFreedom);
  for (let t = 0; ; ) {
    const density = atZero * Math.exp(-(half + 0.5) * Math.log1p((t * t) / degreesOfFreedom));
    const next = t + (studentTCdf(-t, degreesOfFreedom) - (1 - p)) / density;
    if (!(next > t)) return t;
    t = next;
  }
}

/**
 * Computes the p-quantile of F(2, d), 0 ≤ p < 1, in closed form: a numerator of two degrees of freedom makes the survival function
 * a power.
 */
export function fQuantileTwo(p: number, degreesOfFreedom: number): number {
  return (degreesOfFreedom / 2) * ((1 - p) ** (-2 / degreesOfFreedom) - 1);
}

/**
 * Computes P(Z > z) of the standard normal, z ≥ 0: by a power series of Φ about 0 below 3, from there by Laplace's continued
 * fraction (Abramowitz & Stegun 26.2.11 and 26.2.14).
 */
export function normalTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z >= 3) {
    let fraction = z;
    for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
    return density / fraction;
  }
  let [sum, term] = [z, z];
  for (let k = 3; term > sum * 1e-17; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 - density * sum;
}
