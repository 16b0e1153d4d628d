import { parseRunKey, type RunKey } from '../../model/select.ts';
import type { RawOptions } from '../analysis.ts';

export interface BreakdownOptions {
  readonly blockKeys: readonly RunKey[];
  readonly includeUnplanned: boolean;
}

const DEFAULT_BLOCK_KEYS: readonly RunKey[] = ['workflow', 'structure', 'sla'];

export function parseBreakdown({ options }: RawOptions): BreakdownOptions {
  const text = options['block'] as string | undefined;
  return {
    blockKeys:
      text === undefined ? DEFAULT_BLOCK_KEYS : text.split(',').map((name) => parseRunKey(name.trim(), '--block')),
    includeUnplanned: options['includeUnplanned'] === true,
  };
}
