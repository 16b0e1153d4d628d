import { UserError } from '../../errors.ts';
import type { RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';
import { parseBlockKeys } from '../named-options.ts';

/** The options of `wfa breakdown`, parsed. */
export interface BreakdownOptions {
  readonly blockKeys: readonly RunKey[];
  readonly includeUnplanned: boolean;
  /** Rows of the answer: planners, functions, or parts of start-ups. */
  readonly by: 'planner' | 'function' | 'startup';
}

const DEFAULT_BLOCK_KEYS: readonly RunKey[] = ['workflow', 'structure', 'sla'];

function parseBy(text = 'planner'): BreakdownOptions['by'] {
  if (text === 'planner' || text === 'function' || text === 'startup') return text;
  throw new UserError('bad-option', `--by '${text}' is neither planner nor function nor startup`, {
    hint: 'As in: --by function',
  });
}

export const parseBreakdown = (raw: RawOptions): BreakdownOptions => ({
  blockKeys: parseBlockKeys(raw) ?? DEFAULT_BLOCK_KEYS,
  includeUnplanned: raw.options['includeUnplanned'] === true,
  by: parseBy(raw.options['by'] as string | undefined),
});
