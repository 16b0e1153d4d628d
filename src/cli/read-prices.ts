import type { RawOptions } from '../analyses/analysis.ts';
import { CONFIGURED_PRICES } from '../analyses/prices-option.ts';
import { BUILT_IN_PRICES, findPrices } from '../cost/built-in-prices.ts';
import { UserError } from '../errors.ts';
import { matchName } from '../model/names.ts';
import { readText } from './read-text.ts';

/** Puts the table itself in place of a file of prices: a question holds all that its answer depends on. `UserError` when it cannot be read. */
export async function inlinePrices(raw: RawOptions): Promise<RawOptions> {
  const key = raw.options['prices'] === undefined ? CONFIGURED_PRICES : 'prices';
  const given = raw.options[key];
  if (typeof given !== 'string' || findPrices(given)) return raw;
  const text = await readText(given, `--prices '${given}'`);
  if (text === null) throw noSuchTable(given);
  const { parsePriceTable } = await import('../cost/parse-price-table.ts');
  return { ...raw, options: { ...raw.options, [key]: JSON.stringify(parsePriceTable(text, given)) } };
}

function noSuchTable(given: string): UserError {
  const names = BUILT_IN_PRICES.map(({ name }) => name);
  const match = matchName(given, names);
  const nearest = 'nearest' in match && match.nearest ? `Did you mean ${match.nearest}? ` : '';
  return new UserError('bad-prices', `--prices '${given}': there is neither a table nor a file of that name`, {
    hint: `${nearest}The tables are ${names.join(', ')}.`,
  });
}
