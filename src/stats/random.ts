/** A source gives the next random number at each call: uniform in [0, 1), or standard normal from `createNormal`. */
export type Random = () => number;

/**
 * Creates a source of uniform numbers in [0, 1) by sfc32 (Doty-Humphrey 2010), which passes PractRand: the same seed gives the
 * same numbers on every machine. `seed`: a whole number.
 */
export function createRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed >>> 0;
  let counter = Math.floor(seed / 2 ** 32) + 1;
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // sfc32 needs about twelve rounds before the seed has reached every bit of the state.
  for (let round = 0; round < 15; round++) next();
  return next;
}

/** Creates a source of standard normal numbers from uniform ones by the polar method (Marsaglia & Bray 1964). */
export function createNormal(random: Random): Random {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    for (;;) {
      const x = 2 * random() - 1;
      const y = 2 * random() - 1;
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  };
}
