import { UserError } from '../../errors.ts';
import type { RawOptions } from '../analysis.ts';

/** A match key is held equal besides workflow, structure, SLA and position. */
export type MatchKey = 'memory' | 'worker-state';
const MATCH_KEYS: readonly MatchKey[] = ['memory', 'worker-state'];

export interface PreloadOptions {
  readonly planner: string;
  /** `null`: the same planner without `-opt`, else every planner without a preloaded task. */
  readonly against: string | null;
  readonly matchKeys: readonly MatchKey[];
}

export function parsePreload({ options }: RawOptions): PreloadOptions {
  const planner = options['planner'];
  if (typeof planner !== 'string') {
    throw new UserError('bad-option', 'preload needs --planner: whose preloaded tasks are to be looked at', {
      hint: 'Name it behind preload, as in: preload --planner uniform-opt',
    });
  }
  return {
    planner,
    against: (options['against'] as string | undefined) ?? null,
    matchKeys: parseMatch(options['match'] as string | undefined),
  };
}

function parseMatch(text: string | undefined): MatchKey[] {
  if (text === undefined) return [...MATCH_KEYS];
  if (text.trim() === 'none') return [];
  return text.split(',').map((name) => {
    const key = MATCH_KEYS.find((known) => known === name.trim().toLowerCase());
    if (key) return key;
    throw new UserError('bad-option', `--match: there is no key '${name.trim()}'`, {
      hint: `The keys are ${MATCH_KEYS.join(', ')}; none for neither.`,
    });
  });
}
