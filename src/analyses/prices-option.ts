import { BUILT_IN_PRICES } from '../cost/built-in-prices.ts';
import type { OptionSpec } from './analysis.ts';

const [byDefault, ...others] = BUILT_IN_PRICES.map(({ name }) => name);

/** The option of every analysis that can be asked for a cost. Facts hold what was used, whatever its price. */
export const PRICES_OPTION: OptionSpec = {
  flags: '--prices <table>',
  description: `of a cost: ${byDefault} (default), ${others.join(', ')}, or a JSON file`,
  leavesFacts: true,
};

/** The raw option under which a project's own prices stand: costs are made by them, but they ask for none, as `--prices` may. */
export const CONFIGURED_PRICES = 'configuredPrices';
