import { UserError } from '../../errors.ts';
import type { RawOptions } from '../analysis.ts';
import type { GroupKey } from './result.ts';
import { BUILT_IN, parseStrategy, type Strategy } from './strategies.ts';

/** The options of `wfa backtest`, parsed. */
export interface BacktestOptions {
  readonly strategies: readonly Strategy[];
  /** Levels that predictions are made for, 0…1, ascending. */
  readonly taus: readonly number[];
  /** Levels in the tables: two at most. */
  readonly shownTaus: readonly number[];
  readonly by: GroupKey | null;
  readonly withBudget: boolean;
}

const DEFAULT_TAUS: readonly number[] = [0.5, 0.75, 0.9, 0.95];
const DEFAULT_SHOWN: readonly number[] = [0.5, 0.9];
const MOST_SHOWN = 2;
const GROUP_KEYS: readonly GroupKey[] = ['planner', 'workflow', 'history'];

/** Parses the flags; `UserError` `bad-option` for a strategy, a level or a group that cannot be used. */
export function parseBacktest({ options }: RawOptions): BacktestOptions {
  const composed = ((options['strategy'] ?? []) as readonly string[]).map(parseStrategy);
  const asked = ((options['tau'] ?? []) as readonly string[]).flatMap((text) => text.split(',')).map(parseTau);
  const taus = [...new Set(asked.length > 0 ? asked : DEFAULT_TAUS)].sort((a, b) => a - b);
  return {
    strategies: [...new Map([...BUILT_IN, ...composed].map((strategy) => [strategy.name, strategy])).values()],
    taus,
    shownTaus: asked.length > 0 ? taus.slice(0, MOST_SHOWN) : DEFAULT_SHOWN,
    by: parseGroup(options['by'] as string | undefined),
    withBudget: options['budget'] === true,
  };
}

/** `0.9`, `p90` and `90` are the same level. */
function parseTau(text: string): number {
  const figure = Number(text.trim().replace(/^p/i, ''));
  const tau = figure >= 1 || /^\s*p/i.test(text) ? figure / 100 : figure;
  if (tau > 0 && tau < 1) return tau;
  throw new UserError('bad-option', `--tau '${text}' is no level between 0 and 1`, {
    hint: 'As in --tau 0.9 or --tau p90.',
  });
}

function parseGroup(text: string | undefined): GroupKey | null {
  if (text === undefined) return null;
  const key = GROUP_KEYS.find((candidate) => candidate === text.toLowerCase());
  if (key) return key;
  throw new UserError('bad-option', `--by '${text}' is not known`, { hint: `There are ${GROUP_KEYS.join(', ')}.` });
}
