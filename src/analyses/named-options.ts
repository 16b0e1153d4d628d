import { DEFAULT_PRICES, findPrices } from '../cost/built-in-prices.ts';
import type { PriceTable } from '../cost/price-table.ts';
import { UserError } from '../errors.ts';
import { METRIC_SYNONYMS } from '../model/metric-synonyms.ts';
import { asksCost, DEFAULT_METRIC_KEYS, findMetric, METRICS, type Metric } from '../model/metrics.ts';
import { matchName } from '../model/names.ts';
import { parseRunKey, type RunKey } from '../model/select.ts';
import type { RawOptions } from './analysis.ts';
import type { ArmRequest } from './design/arms.ts';
import { STATS, type Stat } from './design/stat.ts';
import { CONFIGURED_PRICES } from './prices-option.ts';

/** Options that several analyses take, parsed in one place. */

/** Parses `--metric`, given any number of times: the default metrics when it was not given; `UserError` `unknown-metric`. */
export function parseMetrics({ options }: Pick<RawOptions, 'options'>): Metric[] {
  const names = (options['metric'] ?? []) as readonly string[];
  const known = METRICS.map(({ key }) => key);
  const keys = names.length === 0 ? DEFAULT_METRIC_KEYS : pickNames('metric', names, known);
  return keys.map((key) => findMetric(key) as Metric);
}

/** The prices that costs are made by. */
export interface ChosenPrices {
  readonly table: PriceTable;
  /** Is true when nobody asked for this table. */
  readonly isDefault: boolean;
}

/** Parses `--prices`, or what a configuration says for it: the name of a built-in table, or a table as JSON, which whoever read the file has checked. */
export function parsePrices({ options }: Pick<RawOptions, 'options'>): ChosenPrices {
  const given = (options['prices'] ?? options[CONFIGURED_PRICES]) as string | undefined;
  if (given === undefined) return { table: DEFAULT_PRICES, isDefault: true };
  return { table: findPrices(given) ?? (JSON.parse(given) as PriceTable), isDefault: false };
}

/** Parses `--prices` for these metrics; `null`: none of them is a cost. `UserError` where prices are given all the same. */
export function parsePricesOf(metrics: readonly Metric[], raw: Pick<RawOptions, 'options'>): ChosenPrices | null {
  if (asksCost(metrics)) return parsePrices(raw);
  if (raw.options['prices'] === undefined) return null;
  throw new UserError('bad-option', '--prices is given, but no metric is a cost', { hint: 'Add --metric cost.' });
}

/** Parses `--block KEY[,KEY…]`; `null` when it was not given. */
export function parseBlockKeys({ options }: Pick<RawOptions, 'options'>): RunKey[] | null {
  const text = options['block'] as string | undefined;
  return text === undefined ? null : text.split(',').map((name) => parseRunKey(name.trim(), '--block'));
}

/**
 * Picks the known names that were asked for, each once, `all` for every one. `option` is the flag without dashes and also the
 * noun of the error, `unknown-metric`.
 */
export function pickNames<Name extends string>(
  option: string,
  asked: readonly string[],
  known: readonly Name[],
): readonly Name[] {
  const names = asked.flatMap((name) => name.split(',')).map((name) => name.trim());
  if (names.includes('all')) return known;
  const picked = names.map((name) => {
    const match = matchName(name, known);
    if ('found' in match) return match.found as Name;
    const nearest = METRIC_SYNONYMS[name.toLowerCase()] ?? ('nearest' in match ? match.nearest : null);
    const proposal = nearest && known.includes(nearest as Name) ? `Did you mean ${nearest}? ` : '';
    throw new UserError('unknown-metric', `--${option}: there is no ${option} '${name}'`, {
      hint: `${proposal}The ${option === 'quantity' ? 'quantities' : `${option}s`} are ${known.join(', ')}, and all.`,
    });
  });
  return [...new Set(picked)];
}

const DEFAULT_BLOCK_KEYS: readonly RunKey[] = ['workflow', 'structure', 'sla'];
const DEFAULT_EQUIVALENCE_FRACTION = 0.02;

/** Gives the block keys of these arms: a key on which the arms themselves differ cannot be held equal: by default it makes no blocks. */
export function defaultBlockKeys(arms: readonly ArmRequest[]): RunKey[] {
  const selected = new Set(arms.flatMap((arm) => arm.clauses.map((clause) => clause.key)));
  return DEFAULT_BLOCK_KEYS.filter((key) => !selected.has(key));
}

/** Parses `--stat`: the mean when it was not given; `UserError` for another word than those of `STATS`. */
export function parseStat({ options }: Pick<RawOptions, 'options'>): Stat {
  const asked = options['stat'] as string | undefined;
  if (asked === undefined) return 'mean';
  const found = STATS.find((stat) => stat === asked.trim().toLowerCase());
  if (found) return found;
  throw new UserError('bad-option', `--stat '${asked}' is none that can be told`, {
    hint: `There are ${STATS.join(', ')}.`,
  });
}

/** Parses `--equivalence PERCENT`: the half-width of the margin of no change, as a fraction. */
export function parseEquivalence({ options }: Pick<RawOptions, 'options'>): number {
  const text = options['equivalence'] as string | undefined;
  if (text === undefined) return DEFAULT_EQUIVALENCE_FRACTION;
  const percent = Number(text.replace(/\s*%$/, ''));
  if (!(percent > 0) || percent >= 100) {
    throw new UserError('bad-option', `--equivalence '${text}' is no percentage between 0 and 100`);
  }
  return percent / 100;
}
