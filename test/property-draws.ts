/**
 * Gives the number of examples that a costly property is held to: all of them by hand, where each run draws others, and a quarter in
 * CI, which draws the same ones each time.
 */
export const draws = (byHand: number): number => (process.env['CI'] ? Math.ceil(byHand / 4) : byHand);
