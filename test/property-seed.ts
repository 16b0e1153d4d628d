import fc from 'fast-check';

/**
 * One seed for every property in CI, so that a change is judged by the same examples twice; by hand each run draws others.
 * FC_SEED=number repeats those of a failure, which names its seed.
 */
const CI_SEED = 20_261_130;
const asked = process.env['FC_SEED'];
const seed = asked === undefined || asked === '' ? (process.env['CI'] ? CI_SEED : undefined) : Number(asked);
if (seed !== undefined && !Number.isSafeInteger(seed)) throw new Error(`FC_SEED is no integer: ${asked}`);
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
